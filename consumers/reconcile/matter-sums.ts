import { placementOf } from '../../schemas/store/cluster.ts'
import type { Store } from '../../schemas/store/port.ts'

/**
 * Of each matter: the sums of `earliness` of its events, and the `version` of its folded rows, which
 * is that sum over the events its fold saw. Numbers of 64 bits travel as text.
 */
export type MatterSums = {
  readonly matter: string
  /** Of the events that had to be folded. */
  readonly due: string
  /** Of all its events, and how many there are. */
  readonly whole: string
  readonly events: number
  /** Events that did not have to be folded yet. */
  readonly fresh: number
  /** 0: it has no row in `matters`. */
  readonly rows: number
  readonly version: string
  /** The least and the greatest of the rows in `petitions` of petitions registered under it; 0 rows: none. */
  readonly petitions: number
  readonly petitionsFrom: string
  readonly petitionsUntil: string
}

/** A condition over the column of each table that holds the matter. */
export type MattersIn = (column: string) => string

/** Rows of MatterSums for the matters of a condition; `due` is a condition over `case_events`. */
const sumsSql = (matters: MattersIn, due: string, table: (name: string) => string): string => `
  SELECT matter,
    sum(due_sum) AS due_part, sum(whole_sum) AS whole_part, sum(event_rows) AS event_count, sum(fresh_rows) AS fresh_count,
    sum(matter_rows) AS row_count, max(row_version) AS matter_version,
    sum(petition_rows) AS petition_count, min(least_version) AS petitions_least, max(greatest_version) AS petitions_greatest
  FROM (
    SELECT subject AS matter, sumIf(earliness, ${due}) AS due_sum, sum(earliness) AS whole_sum, count() AS event_rows, countIf(NOT (${due})) AS fresh_rows,
      toUInt64(0) AS matter_rows, toUInt64(0) AS row_version, toUInt64(0) AS petition_rows, toUInt64(-1) AS least_version, toUInt64(0) AS greatest_version
    FROM ${table('case_events')} FINAL PREWHERE ${matters('subject')} GROUP BY subject
    UNION ALL
    SELECT matter_id, 0, 0, 0, 0, 1, version, 0, toUInt64(-1), 0 FROM ${table('matters')} FINAL WHERE ${matters('matter_id')}
    UNION ALL
    SELECT origin_matter, 0, 0, 0, 0, 0, 0, count(), min(version), max(version) FROM ${table('petitions')} FINAL WHERE ${matters('origin_matter')} GROUP BY origin_matter)
  GROUP BY matter`

const asText = `matter, toString(due_part) AS due, toString(whole_part) AS whole, event_count AS events, fresh_count AS fresh,
  row_count AS rows, toString(matter_version) AS version, petition_count AS petitions,
  toString(petitions_least) AS petitionsFrom, toString(petitions_greatest) AS petitionsUntil`

/**
 * What does not add up for a matter that was never merged: its fold saw less than it had to, or more
 * than there is; or the rows of its petitions are of another fold.
 */
const wrong =
  'matter_version < due_part OR matter_version > whole_part OR (petition_count > 0 AND (petitions_least != matter_version OR petitions_greatest != matter_version))'

/** Of matters never merged, how many there are, how many of them do not add up, and the first few of those. */
export type WrongSums = {
  readonly looked: number
  readonly found: number
  readonly some: readonly string[]
}

/** Matters never merged that do not add up. All of one matter is on one shard. */
export const wrongSums = async (
  store: Pick<Store, 'query' | 'cluster'>,
  matters: MattersIn,
  due: string,
  most: number,
): Promise<WrongSums> => {
  const { local, relation } = placementOf(store)
  const [row] = await store.query<WrongSums>(`
    SELECT count() AS looked, countIf(is_wrong) AS found, groupArrayIf(${most})(matter, is_wrong) AS some
    FROM ${relation(`SELECT matter, (${wrong}) AS is_wrong FROM (${sumsSql(matters, due, local)})`)}`)
  return row ?? { looked: 0, found: 0, some: [] }
}

/** Whether the rows of its petitions are of the same fold. */
export const petitionsAgree = ({ petitions, petitionsFrom, petitionsUntil, version }: MatterSums) =>
  petitions === 0 || (petitionsFrom === version && petitionsUntil === version)

/** Whether the sums of a matter never merged add up. */
export const addsUp = (sums: MatterSums): boolean =>
  BigInt(sums.version) >= BigInt(sums.due) &&
  BigInt(sums.version) <= BigInt(sums.whole) &&
  petitionsAgree(sums)

/** The sums of these matters. */
export const sumsOf = (
  store: Pick<Store, 'query' | 'cluster'>,
  matters: MattersIn,
  due: string,
): Promise<MatterSums[]> => {
  const { local, relation } = placementOf(store)
  return store.query<MatterSums>(
    `SELECT ${asText} FROM ${relation(sumsSql(matters, due, local))} ORDER BY matter`,
  )
}
