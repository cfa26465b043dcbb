import type { Dimension } from '../../schemas/metrics/dimensions.ts'
import { type Expression, type Metric, placeholders, views } from '../../schemas/metrics/metric.ts'
import { regionLevelSql } from '../../schemas/metrics/regions.ts'
import { sqlString, sqlStrings } from '../../schemas/store/sql-text.ts'
import type { Cell } from './cell.ts'
import type { Condition, FigureSettings } from './question.ts'
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
  readonly conditions: readonly Condition[]
  readonly where: readonly Where[]
  readonly settings: FigureSettings
  /** Most rows a statement may return; it asks for one more, so that the caller can tell. */
  readonly maxRows: number
  /** Only cells whose first key lies behind `after`, in order, so many of them and one more. */
  readonly page?: { readonly after: string; readonly size: number }
}

/** A metric's expression with its placeholders filled. Only these have any: values asked for are not touched. */
export const fill = (
  expression: Expression,
  { layer, settings }: Pick<Compiling, 'layer' | 'settings'>,
): string => {
  const filled: Readonly<Record<(typeof placeholders)[number], string>> = {
    '{asOf}': String(layer[0]?.asOf ?? 0),
    '{collective}': String(settings.collectiveThreshold),
    '{timezone}': settings.timezone,
    '{regionLevel}': regionLevelSql('region'),
  }
  // a replacement given as text would have its own "$'" filled
  return placeholders.reduce((sql, name) => sql.replaceAll(name, () => filled[name]), expression)
}

/** Columns `key0`, `key1` … of the dimensions. */
export const keyColumns = (question: Compiling): readonly string[] =>
  question.dimensions.map(({ name, dimension }, index) => {
    const { where } = question
    if (dimension.each === undefined) return `${fill(dimension.sql, question)} AS key${index}`
    const missing = "CAST([''], 'Array(LowCardinality(String))')"
    const elements = fill(dimension.each, question)
    const all = `if(empty(${elements}), ${missing}, ${elements})`
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

/** The population, what the statement itself needs (`own`), and what was asked for. */
export const whereClause = (question: Compiling, own: readonly string[]): string => {
  const filled = (expression: Expression) => fill(expression, question)
  const conditions = [
    filled(question.metric.population),
    ...own,
    ...question.conditions.map((condition) => condition(filled)),
    ...(question.page === undefined || question.dimensions[0]?.dimension.sql === undefined
      ? []
      : [`${question.dimensions[0].dimension.sql} > ${sqlString(question.page.after)}`]),
  ]
  return `WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')}`
}

/** How many rows; `rowsACell` where a cell has several. */
export const limitClause = ({ page, maxRows }: Compiling, rowsACell = 1): string =>
  page === undefined ? `LIMIT ${maxRows + 1}` : `ORDER BY key0 LIMIT ${rowsACell * (page.size + 1)}`

/** Epoch milliseconds of a DateTime64 column that is not null. */
export const epochMs = (column: string): string =>
  `toUnixTimestamp64Milli(assumeNotNull(${column}))`

/** Whole numbers as Int64: a bare literal is unsigned, and the engine finds no type for the two together. */
export const int64 = (value: number): string => `toInt64(${value})`
export const int64s = (values: readonly number[]): string =>
  `CAST([${values.join(', ')}], 'Array(Int64)')`
