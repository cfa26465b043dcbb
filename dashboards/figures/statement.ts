import type { Dimension } from '../../schemas/metrics/dimensions.ts'
import { type Expression, type Metric, views } from '../../schemas/metrics/metric.ts'
import { sqlStrings } from '../../schemas/store/sql-text.ts'
import type { Cell } from './cell.ts'
import type { Slice } from './slices.ts'
import type { Where } from './where-text.ts'

/** A row of a figure's statement: the dimensions as key0, key1 …; the rest is the statement's own. */
export type StatementRow = Readonly<Record<string, string | number | null>>

/** What a row adds to the cell of a slice (`slice` is an index into the layer). */
export type Contribution = {
  readonly slice: number
  readonly keys: readonly string[]
  readonly cell: Cell
}

export type Statement = {
  readonly sql: string
  readonly read: (rows: readonly StatementRow[]) => Iterable<Contribution>
}

/** All that a statement depends on. */
export type Compiling = {
  readonly metric: Metric
  /** Without overlaps, in order; one asOf. */
  readonly layer: readonly Slice[]
  /** What to read: text to stand after FROM. */
  readonly relation: string
  readonly dimensions: readonly { readonly name: string; readonly dimension: Dimension }[]
  /** Of scope and where. */
  readonly conditions: readonly string[]
  readonly where: readonly Where[]
  readonly collectiveThreshold: number
  /** Most rows a statement may return; it asks for one more, so that the caller can tell. */
  readonly maxRows: number
}

/** A metric's expression with its placeholders filled. Only these have any: values asked for are not touched. */
export const fill = (
  expression: Expression,
  { layer, collectiveThreshold }: Pick<Compiling, 'layer' | 'collectiveThreshold'>,
): string =>
  expression
    .replaceAll('{asOf}', String(layer[0]?.asOf ?? 0))
    .replaceAll('{collective}', String(collectiveThreshold))

/** Columns `key0`, `key1` … of the dimensions. */
export const keyColumns = ({ dimensions, where }: Compiling): readonly string[] =>
  dimensions.map(({ name, dimension }, index) => {
    if (dimension.each === undefined) return `${dimension.sql} AS key${index}`
    const missing = "CAST([''], 'Array(LowCardinality(String))')"
    const all = `if(empty(${dimension.each}), ${missing}, ${dimension.each})`
    const shown = where
      .filter(({ key }) => key === name)
      .reduce(
        (array, { values }) => `arrayFilter(element -> element IN ${sqlStrings(values)}, ${array})`,
        all,
      )
    return `arrayJoin(${shown}) AS key${index}`
  })

export const keyNames = ({ dimensions }: Compiling): readonly string[] =>
  dimensions.map((_, index) => `key${index}`)

export const keysOf = (row: StatementRow, { dimensions }: Compiling): readonly string[] =>
  dimensions.map((_, index) => String(row[`key${index}`] ?? ''))

export const fromClause = ({ metric, relation }: Compiling): string => {
  const { join } = views[metric.view]
  return `FROM ${relation}${join === undefined ? '' : ` ${join}`}`
}

export const whereClause = (conditions: readonly string[]): string =>
  `WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')}`

/** Epoch milliseconds of a DateTime64 column that is not null. */
export const epochMs = (column: string): string =>
  `toUnixTimestamp64Milli(assumeNotNull(${column}))`

/** Whole numbers as Int64: a bare literal is unsigned, and the engine finds no type for the two together. */
export const int64 = (value: number): string => `toInt64(${value})`
export const int64s = (values: readonly number[]): string =>
  `CAST([${values.join(', ')}], 'Array(Int64)')`
