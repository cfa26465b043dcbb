import { placementOf } from '../store/cluster.ts'
import type { Store } from '../store/port.ts'
import { sqlInstant, sqlStringSet } from '../store/sql-text.ts'
import { foldSql } from './fold-sql.ts'
import type { Cut } from './known-events.ts'
import { liveRows, stamps } from './live-rows.ts'
import { mergeComponents, mergedRelation, resolveMerges } from './merge-lookup.ts'

/**
 * What is known at a cut, as relations to stand after FROM: subqueries with the columns of `matters`
 * and of `petitions` (less the stamps of knowledge).
 */
export type Relations = {
  readonly matters: string
  readonly petitions: string
  /**
   * To be asked after reading: false where rows were folded meanwhile that may have been read too. A
   * reading may also fail for that reason (`foldedMeanwhile`).
   */
  readonly held: () => Promise<boolean>
}

const petitionOf = [
  'origin_matter',
  'petition_id',
  'present',
  'matter_id',
  'time',
  'channel',
  'region',
  'category',
  'org',
  'purpose',
  'flags',
  'people',
  'received_level',
  'competent_level',
  'home_level',
  'leader_reception',
  'supplement',
  'voided',
  'counted',
  'repeat',
]
  .map((column, index) => `p.${index + 1} AS ${column}`)
  .join(', ')

/** Matters to be folded with the cut, and what of the live rows stands beside them. */
type Between = {
  /** Never merged: a list, or where they are many a SELECT of them; nothing where there is none. */
  readonly alone?: { readonly subjects: string; readonly few: boolean }
  readonly groups: readonly (readonly string[])[]
  /** Conditions over the live rows. */
  readonly matters: string
  readonly petitions: string
}

/** So many matters are handled as a list; more are picked by the engine, at the price of reading all twice. */
export const LISTED = 5_000

/** A matter of which a row, replaced since or not, knows more than a cut. */
type Later = {
  readonly id: string
  /** Something of it was known at the cut. */
  readonly alive: boolean
  /** Of the fold that saw most of it. */
  readonly version: string
}

/** Condition on rows that know more than the cut. */
const knowsMore = ({ asOf, receivedBy }: Cut): string =>
  `(known_until > ${sqlInstant(asOf)} OR received_until > ${sqlInstant(receivedBy)})`

/** Condition on rows of which something was known at the cut. */
const wasKnown = ({ asOf, receivedBy }: Cut, least = (stamp: string) => stamp): string =>
  `(${least('known_from')} <= ${sqlInstant(asOf)} AND ${least('received_from')} <= ${sqlInstant(receivedBy)})`

/**
 * Every row of both tables that meets a condition over the stamps, by the matters it speaks of (`id`):
 * a petition of the one it was registered under and of the one it counts for. Both tables, because a
 * fold becomes visible in one after the other, in any order and up to seconds apart. Without collapsing
 * rows: a later row of a matter knows all that an earlier one knew.
 */
const rowsWhere = (
  tables: { readonly matters: string; readonly petitions: string },
  where: string,
) =>
  `SELECT matter_id AS id, known_from, received_from, version FROM ${tables.matters} WHERE ${where}
   UNION ALL
   SELECT arrayJoin(arrayFilter(m -> m != '', [origin_matter, matter_id])) AS id, known_from, received_from, version
   FROM ${tables.petitions} WHERE ${where}`

const tablesOf = (local: (table: string) => string) => ({
  matters: local('matters'),
  petitions: local('petitions'),
})

/** Matters that know more than the cut, in order: of all, or of those that meet a condition over `id`. */
const laterSql = (store: Store, cut: Cut, where = 'true'): string => {
  const { local, relation } = placementOf(store)
  const here = `SELECT id, ${wasKnown(cut, (stamp) => `min(${stamp})`)} AS alive_here, max(version) AS version_here
    FROM (${rowsWhere(tablesOf(local), knowsMore(cut))}) WHERE ${where} GROUP BY id`
  return `SELECT id, max(alive_here) AS alive, toString(max(version_here)) AS version FROM ${relation(here)} GROUP BY id ORDER BY id`
}

/** All of them; `undefined`: more than `most`. The engine gives up grouping soon behind that many. */
const listed = async (
  store: Store,
  cut: Cut,
  most: number,
): Promise<readonly Later[] | undefined> => {
  const rows = await store.query<Later>(
    `${laterSql(store, cut)} LIMIT ${most + 1} SETTINGS max_rows_to_group_by = ${most + 1}, group_by_overflow_mode = 'break'`,
  )
  return rows.length > most ? undefined : rows
}

/** Those of merge components. */
const listedMerged = async (
  store: Store,
  cut: Cut,
  groups: readonly (readonly string[])[],
): Promise<readonly Later[]> =>
  groups.length === 0
    ? []
    : store.query<Later>(laterSql(store, cut, `id IN ${sqlStringSet(groups.flat())}`))

const same = (a: readonly Later[], b: readonly Later[] | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

/** The components one of these matters belongs to. */
const groupsOf = (
  groups: readonly (readonly string[])[],
  changing: readonly Later[],
): readonly (readonly string[])[] => {
  const ids = new Set(changing.map(({ id }) => id))
  return groups.filter((group) => group.some((matter) => ids.has(matter)))
}

/** The matter a petition counts for; one that is nothing now, the matter it was registered under. */
const ownerOfPetition = "if(matter_id = '', origin_matter, matter_id)"

const betweenListed = (groups: readonly (readonly string[])[], rows: readonly Later[]): Between => {
  const merged = new Set(groups.flat())
  const regrouped = groupsOf(groups, rows)
  const alone = rows.filter(({ id, alive }) => alive && !merged.has(id))
  const away = sqlStringSet([...new Set([...rows.map(({ id }) => id), ...regrouped.flat()])])
  return {
    ...(alone.length === 0
      ? {}
      : {
          alone: { subjects: `subject IN ${sqlStringSet(alone.map(({ id }) => id))}`, few: true },
        }),
    groups: regrouped,
    matters: `matter_id NOT IN ${away}`,
    petitions: `${ownerOfPetition} NOT IN ${away}`,
  }
}

/**
 * Where they are many the engine tells them apart while it reads: a row that knows more than the cut
 * does not stand, and neither does any row of a matter that is folded with the cut, since one of the
 * two tables may show a later fold than the other. A statement reads each table in one state.
 */
const betweenMany = (
  store: Store,
  groups: readonly (readonly string[])[],
  regrouped: readonly (readonly string[])[],
  cut: Cut,
): Between => {
  const { local } = placementOf(store)
  const merged = sqlStringSet(groups.flat())
  const folded = `SELECT id FROM (${rowsWhere(tablesOf(local), `${knowsMore(cut)} AND ${wasKnown(cut)}`)}) WHERE id NOT IN ${merged}`
  const away = sqlStringSet(regrouped.flat())
  const stands = (owner: string) =>
    `NOT ${knowsMore(cut)} AND ${owner} NOT IN ${away} AND ${owner} NOT IN (${folded})`
  return {
    alone: { subjects: `subject IN (${folded})`, few: false },
    groups: regrouped,
    matters: stands('matter_id'),
    petitions: stands(ownerOfPetition),
  }
}

/** Relations of a store by the cut; `moving`: such that hold whatever is folded while they are read, at a price. */
export const relationsOf =
  (store: Store, timezone: string) =>
  (cut: Cut, moving = false): Promise<Relations> =>
    relationsAt(store, cut, timezone, { moving })

export type RelationsOptions = {
  /** Default LISTED. */
  readonly mostListed?: number
  /** As in `relationsOf`. Default false. */
  readonly moving?: boolean
  /** As in `liveRows`. */
  readonly leastRowsApart?: number | undefined
}

/**
 * A row whose newest event was known by the cut stands as it is; one whose oldest was not is not
 * there; the matters between are folded with the cut. Their number, not that of all matters, is the
 * price of a figure as of a date.
 *
 * Few of them are a list, and then what is folded before the relations are read is not told apart:
 * `held` says whether anything was. Where they are many that is so of merged matters only, and not even
 * of them where `moving`: then all of them are folded.
 */
export const relationsAt = async (
  store: Store,
  cut: Cut,
  timezone: string,
  { mostListed = LISTED, moving = false, leastRowsApart }: RelationsOptions = {},
): Promise<Relations> => {
  const { local, gather, relation } = placementOf(store)
  const rows = moving ? undefined : await listed(store, cut, mostListed)
  const live = await liveRows(store, leastRowsApart)
  // merges after the rows: the merge of a row that is there is there too
  const groups = rows?.length === 0 ? [] : await mergeComponents(store)
  const changing = rows ?? (moving ? [] : await listedMerged(store, cut, groups))
  const held = async (): Promise<boolean> => {
    if (moving || (rows !== undefined && live.sealed)) return true
    const again =
      rows === undefined ? listedMerged(store, cut, groups) : listed(store, cut, mostListed)
    return same(changing, await again)
  }
  const beyond = rows === undefined ? undefined : knowsMore(cut)
  if (rows?.length === 0)
    return {
      matters: relation(live.matters(undefined, beyond)),
      petitions: relation(live.petitions(undefined, beyond)),
      held,
    }
  const divided = () =>
    groupsOf(
      groups,
      changing.filter(({ alive }) => alive),
    )
  const between =
    rows === undefined
      ? betweenMany(store, groups, moving ? groups : divided(), cut)
      : betweenListed(groups, rows)
  // matters by themselves are folded where they are; those of a component may be on several shards
  const aloneFolds: string[] = []
  const componentFolds: string[] = []
  if (between.alone !== undefined)
    aloneFolds.push(foldSql({ ...between.alone, events: local('case_events'), timezone, cut }))
  if (between.groups.length > 0)
    componentFolds.push(
      foldSql({
        subjects: `subject IN ${sqlStringSet(between.groups.flat())}`,
        few: true,
        timezone,
        cut,
        merged: mergedRelation(await resolveMerges(store, between.groups, cut)),
      }),
    )
  const all = (standing: string, folded: (fold: string) => string) => {
    const here = [standing, ...aloneFolds.map(folded)].join(' UNION ALL ')
    return componentFolds.length === 0
      ? relation(here)
      : `(${[gather(here), ...componentFolds.map(folded)].join(' UNION ALL ')})`
  }
  return {
    held,
    matters: all(
      live.matters(between.matters, beyond),
      (fold) => `SELECT * EXCEPT (${stamps}, petition_rows) FROM (${fold})`,
    ),
    petitions: all(
      live.petitions(between.petitions, beyond),
      (fold) => `SELECT ${petitionOf} FROM (${fold}) ARRAY JOIN petition_rows AS p`,
    ),
  }
}
