import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { type ExchangedTable, next } from '../projector/beside.ts'
import type { MatterRange } from '../projector/ranges.ts'

/** The columns that name a row; the first is the matter. */
const keys: Readonly<Record<ExchangedTable, readonly [matter: string, ...rest: string[]]>> = {
  matters: ['matter_id'],
  petitions: ['origin_matter', 'petition_id'],
}

/** What two folds of a table say otherwise, of the rows that are present. */
export type TableDifference = {
  readonly onlyLive: number
  readonly onlyNew: number
  readonly differ: number
  /** Not counted in these three: rows that saw something received after the bound, which is on its way. */
  readonly inFlight: number
  /** By how many rows each column differs, of those that differ at all. */
  readonly columns: ReadonlyMap<string, number>
  /** Some of the matters of each kind. */
  readonly samples: Readonly<Record<DifferenceKind, readonly string[]>>
}

export type DifferenceKind = 'onlyLive' | 'onlyNew' | 'differ'
export const kinds: readonly DifferenceKind[] = ['onlyLive', 'onlyNew', 'differ']

export type CompareOptions = {
  readonly ranges: readonly MatterRange[]
  /** Epoch ms: what was received by then both tables have seen; a row that saw more is on its way. Absent: all. */
  readonly seenUpTo?: number | undefined
  /** Looked at before each range: once aborted, the call rejects with the reason. */
  readonly signal?: AbortSignal | undefined
}

/** Matters named of each kind of difference. */
const SAMPLES = 10

/**
 * The version of a row is what its fold saw, as a number: it says which of two rows stands, and
 * nothing a reader sees. What differs in it alone is no difference.
 */
const NOT_COMPARED = ['version']

const comparedColumns = async (store: Store, table: ExchangedTable): Promise<string[]> => {
  const rows = await store.query<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = ${sqlString(table)} AND default_kind = '' ORDER BY position`,
  )
  return rows
    .map((row) => row.name)
    .filter((column) => !keys[table].includes(column) && !NOT_COMPARED.includes(column))
}

/** A print of values; a tuple, since the print of a lone NULL is NULL. */
const printOf = (columns: readonly string[]): string => `cityHash64(tuple(${columns.join(', ')}))`

const conditionOf = (matter: string, { from, to }: MatterRange): string =>
  [
    'present',
    ...(from === undefined ? [] : [`${matter} >= ${sqlString(from)}`]),
    ...(to === undefined ? [] : [`${matter} < ${sqlString(to)}`]),
  ].join(' AND ')

/** Whether both tables say the same in a range: as many rows, and the sum of their prints. */
const equalIn = async (
  store: Store,
  table: ExchangedTable,
  columns: readonly string[],
  range: MatterRange,
): Promise<boolean> => {
  const key = keys[table]
  const summed = (name: string) =>
    `(SELECT (count(), sum(${printOf([...key, ...columns])})) FROM ${name} FINAL WHERE ${conditionOf(key[0], range)})`
  const [row] = await store.query<{ same: number }>(
    `SELECT toUInt8(${summed(table)} = ${summed(next(table))}) AS same`,
  )
  return row?.same === 1
}

type DifferenceRow = Record<DifferenceKind | 'inFlight', number> & {
  readonly columns: readonly number[]
  readonly onlyLiveMatters: readonly string[]
  readonly onlyNewMatters: readonly string[]
  readonly differMatters: readonly string[]
}

/**
 * The differences of one range: the rows of both tables are put together by what names them, so that
 * one of either side only is found alone.
 */
const differencesSql = (
  table: ExchangedTable,
  columns: readonly string[],
  { seenUpTo }: CompareOptions,
  range: MatterRange,
): string => {
  const key = keys[table]
  const side = (name: string, number: number) =>
    `SELECT ${number} AS side, ${key.join(', ')}, version AS saw, toUnixTimestamp64Milli(received_until) AS seen, [${columns.map((column) => printOf([column])).join(', ')}] AS prints
     FROM ${name} FINAL WHERE ${conditionOf(key[0], range)}`
  const kind = `multiIf(sides = 1, 'onlyLive', sides = 2, 'onlyNew', 'differ')`
  const moving =
    seenUpTo === undefined
      ? 'false'
      : `(sides != 3 OR least_saw != most_saw) AND last_seen > ${seenUpTo}`
  return `SELECT ${kinds.map((wanted) => `countIf(kind = '${wanted}' AND NOT moving) AS ${wanted}, arraySort(groupUniqArrayIf(${SAMPLES})(matter, kind = '${wanted}' AND NOT moving)) AS ${wanted}Matters`).join(', ')},
      countIf(moving) AS inFlight, sumForEachIf(changed, kind = 'differ' AND NOT moving) AS columns
    FROM (
      SELECT matter, ${kind} AS kind, ${moving} AS moving, arrayMap(at -> live_prints[at] != next_prints[at], range(1, ${columns.length + 1})) AS changed
      FROM (
        SELECT ${key.join(', ')}, ${key[0]} AS matter, sum(side) AS sides, min(saw) AS least_saw, max(saw) AS most_saw, max(seen) AS last_seen,
          anyIf(prints, side = 1) AS live_prints, anyIf(prints, side = 2) AS next_prints
        FROM (${side(table, 1)} UNION ALL ${side(next(table), 2)}) GROUP BY ${key.join(', ')}
        HAVING sides != 3 OR live_prints != next_prints
      )
    )`
}

const sampled = (before: readonly string[], more: readonly string[]): readonly string[] =>
  [...new Set([...before, ...more])].slice(0, SAMPLES)

/**
 * Compares a live table with the one beside it, range by range: whole ranges by a print of their
 * rows, and row by row only those of another print. Bounded memory: that of the rows of one range.
 */
export const compareTables = async (
  store: Store,
  table: ExchangedTable,
  options: CompareOptions,
): Promise<TableDifference> => {
  const columns = await comparedColumns(store, table)
  const counted = { onlyLive: 0, onlyNew: 0, differ: 0, inFlight: 0 }
  const changed = columns.map(() => 0)
  let samples: TableDifference['samples'] = { onlyLive: [], onlyNew: [], differ: [] }
  for (const range of options.ranges) {
    options.signal?.throwIfAborted()
    if (await equalIn(store, table, columns, range)) continue
    const [row] = await store.query<DifferenceRow>(differencesSql(table, columns, options, range))
    if (row === undefined) continue
    counted.onlyLive += row.onlyLive
    counted.onlyNew += row.onlyNew
    counted.differ += row.differ
    counted.inFlight += row.inFlight
    for (const [index, rows] of row.columns.entries()) changed[index] = (changed[index] ?? 0) + rows
    samples = {
      onlyLive: sampled(samples.onlyLive, row.onlyLiveMatters),
      onlyNew: sampled(samples.onlyNew, row.onlyNewMatters),
      differ: sampled(samples.differ, row.differMatters),
    }
  }
  return {
    ...counted,
    samples,
    columns: new Map(
      columns
        .map((column, index): readonly [string, number] => [column, changed[index] ?? 0])
        .filter(([, rows]) => rows > 0),
    ),
  }
}
