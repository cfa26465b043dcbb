import type { Store } from '../../schemas/store/port.ts'
import type { MatterRow, PetitionRow } from '../../schemas/tables/rows.ts'

const ms = (column: string) => `toUnixTimestamp64Milli(${column})`

const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

const renamed = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [camel(name), value]))

const texts = (...names: string[]) => names.map((name) => `toString(${name}) AS ${name}`)
const plain = (...names: string[]) => names.map((name) => `${name} AS ${name}`)
const flags = (...names: string[]) => names.map((name) => `toBool(${name}) AS ${name}`)
const times = (...names: string[]) => names.map((name) => `${ms(name)} AS ${name}`)
const lists = (...names: string[]) =>
  names.map((name) => `arrayMap(t -> ${ms('t')}, ${name}) AS ${name}`)

const matterColumns = [
  ...texts('matter_id', 'merged_into', 'region', 'category', 'channel', 'purpose', 'org', 'route'),
  ...texts('outcome', 'first_outcome', 'unit_rating', 'office_rating', 'review_result'),
  ...texts('recheck_result'),
  ...flags('present', 'voided', 'in_scope', 'cross_boundary', 'supervised', 'settled'),
  ...times('declined_at', 'withdrawn_at', 'terminated_at', 'registered_at', 'forwarded_at'),
  ...times('accepted_at', 'notified_at', 'due_at', 'closed_at', 'first_closed_at', 'returned_at'),
  ...times('review_decided_at', 'recheck_decided_at', 'settled_at'),
  ...lists('petition_times', 'review_requested_at', 'recheck_requested_at'),
  ...plain('flags', 'received_level', 'competent_level', 'home_level', 'channel_count'),
  ...plain('petitions_at_accepted', 'petitions_at_first_closing', 'lead_level'),
  `arrayMap(c -> (toString(c.1), toString(c.2), toString(c.3), ${ms('c.4')}, ${ms('c.5')}), campaigns) AS campaigns`,
  `arrayMap(r -> (${ms('r.1')}, r.2), relief) AS relief`,
  `arrayMap(s -> (${ms('s.1')}, ${ms('s.2')}, ${ms('s.3')}), open_spells) AS open_spells`,
]

const petitionColumns = [
  ...texts('origin_matter', 'petition_id', 'matter_id', 'channel', 'region', 'category', 'org'),
  ...texts('purpose'),
  ...flags('present', 'leader_reception', 'supplement', 'voided', 'counted', 'repeat'),
  ...times('time'),
  ...plain('flags', 'people', 'received_level', 'competent_level', 'home_level'),
]

/** A tuple without names arrives as an array. */
type Tuple = readonly unknown[]

/** Rows of a relation with the columns of `matters`, in the shape and order of the reference fold. */
export const matterRows = async (store: Store, relation: string): Promise<MatterRow[]> => {
  const rows = await store.query<Record<string, unknown>>(
    `SELECT m.* FROM (SELECT ${matterColumns.join(', ')} FROM ${relation} AS r) AS m ORDER BY m.matter_id SETTINGS output_format_json_named_tuples_as_objects = 0`,
  )
  return rows.map((row) => {
    const named = renamed(row)
    return {
      ...named,
      campaigns: (named['campaigns'] as Tuple[]).map(
        ([campaign, cohort, reason, listedAt, resolvedAt]) => ({
          campaign,
          cohort,
          reason,
          listedAt,
          resolvedAt,
        }),
      ),
      relief: (named['relief'] as Tuple[]).map(([at, amountFen]) => ({ at, amountFen })),
      openSpells: (named['openSpells'] as Tuple[]).map(([opened, ended, due]) => ({
        opened,
        ended,
        due,
      })),
    } as MatterRow
  })
}

/** The same for `petitions`. */
export const petitionRows = async (store: Store, relation: string): Promise<PetitionRow[]> => {
  const rows = await store.query<Record<string, unknown>>(
    `SELECT p.* FROM (SELECT ${petitionColumns.join(', ')} FROM ${relation} AS r) AS p ORDER BY p.origin_matter, p.petition_id`,
  )
  return rows.map(renamed) as PetitionRow[]
}
