import type { Expression, Measure, Part, Unit } from '../../schemas/metrics/metric.ts'
import { partSql } from '../../schemas/metrics/part-sql.ts'
import type { Cell } from './cell.ts'
import { compileStock } from './compile-stock.ts'
import type { Slice } from './slices.ts'
import {
  type Compiling,
  epochMs,
  fill,
  fromClause,
  int64,
  int64s,
  keyColumns,
  keyNames,
  keysOf,
  limitClause,
  type Statement,
  type StatementRow,
  whereClause,
} from './statement.ts'

/** Neighbouring slices as one stretch of time. */
const stretches = (layer: readonly Slice[]): readonly { from: number; to: number }[] => {
  const joined: { from: number; to: number }[] = []
  for (const { from, to } of layer) {
    const last = joined.at(-1)
    if (last !== undefined && last.to === from) last.to = to
    else joined.push({ from, to })
  }
  return joined
}

/**
 * The slice an instant lies in, as the slice's start. The bounds come from our own calendar, so
 * no date function of the engine (their ranges and time zone data differ) has a say.
 */
const sliceColumn = (instant: string, layer: readonly Slice[]): string => {
  if (layer.length === 1) return int64(layer[0]?.from ?? 0)
  const bounds = [...new Set(layer.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  return `roundDown(${instant}, ${int64s(bounds)})`
}

/** A column of the grouped query; `inner` ones are worked on and not returned. */
type Column = { readonly name: string; readonly sql: string; readonly inner?: true }
type Aggregates = {
  readonly columns: readonly Column[]
  readonly cell: (row: StatementRow) => Cell
}

const number = (row: StatementRow, column: string): number => Number(row[column] ?? 0)

const partsOf = (parts: readonly Column[]): Aggregates => ({
  columns: parts,
  cell: (row) => ({
    numerator: number(row, 'numerator'),
    denominator: number(row, 'denominator'),
    excluded: 0,
  }),
})

const daysOf = ({ rank, durationMs, valid }: Extract<Measure, { kind: 'days' }>): Aggregates => {
  const counts: readonly Column[] = [
    { name: 'all_rows', sql: 'count()' },
    { name: 'valid_rows', sql: `countIf(${valid})` },
  ]
  const cellOf = (row: StatementRow, quantile: number): Cell => {
    const counted = number(row, 'valid_rows')
    return {
      numerator: counted === 0 ? 0 : quantile,
      denominator: counted === 0 ? 0 : rank.denominator * 86_400_000,
      excluded: number(row, 'all_rows') - counted,
    }
  }
  // The engine interpolates in floating point. At one half that is exact: twice the value is whole.
  if (rank.numerator === 1 && rank.denominator === 2)
    return {
      columns: [
        ...counts,
        { name: 'middle', sql: `quantileExactInclusiveIf(0.5)(${durationMs}, ${valid})` },
      ],
      cell: (row) => cellOf(row, Math.round(number(row, 'middle') * 2)),
    }
  // Elsewhere the two neighbours are fetched and the interpolation is done on whole numbers.
  const position = `((toInt64(length(sorted)) - 1) * ${rank.numerator})`
  return {
    columns: [
      ...counts,
      { name: 'sorted', sql: `arraySort(groupArrayIf(${durationMs}, ${valid}))`, inner: true },
      { name: 'lower', sql: `sorted[1 + intDiv(${position}, ${rank.denominator})]` },
      { name: 'upper', sql: `sorted[2 + intDiv(${position}, ${rank.denominator})]` },
      { name: 'parts', sql: `modulo(${position}, ${rank.denominator})` },
    ],
    cell: (row) => {
      const parts = number(row, 'parts')
      const lower = number(row, 'lower') * (rank.denominator - parts)
      return cellOf(row, lower + number(row, 'upper') * parts)
    },
  }
}

const aggregatesOf = (measure: Exclude<Measure, { kind: 'stock' }>): Aggregates => {
  if (measure.kind === 'days') return daysOf(measure)
  if (measure.kind === 'rate')
    return partsOf([
      { name: 'numerator', sql: partSql(measure.numerator) },
      { name: 'denominator', sql: partSql(measure.denominator) },
    ])
  return {
    columns: [{ name: 'numerator', sql: partSql(measure.value) }],
    cell: (row) => ({ numerator: number(row, 'numerator'), denominator: 1, excluded: 0 }),
  }
}

const compileDated = (
  question: Compiling,
  at: Expression,
  { columns, cell }: Aggregates,
): Statement => {
  const { layer } = question
  const instant = epochMs(fill(at, question))
  const inPeriod = stretches(layer)
    .map(({ from, to }) => `(${instant} >= ${from} AND ${instant} < ${to})`)
    .join(' OR ')
  const keys = keyNames(question)
  const grouped = [
    `SELECT ${[
      `${sliceColumn(instant, layer)} AS slice`,
      ...keyColumns(question),
      ...columns.map(({ name, sql }) => `${fill(sql, question)} AS ${name}`),
    ].join(', ')}`,
    fromClause(question),
    whereClause(question, [`${fill(at, question)} IS NOT NULL`, inPeriod]),
    `GROUP BY ${['slice', ...keys].join(', ')}`,
    limitClause(question),
  ].join('\n')
  const shown = columns.filter(({ inner }) => inner !== true).map(({ name }) => name)
  const starts = new Map(layer.map(({ from }, index) => [from, index]))
  return {
    sql:
      shown.length === columns.length
        ? grouped
        : `SELECT ${['slice', ...keys, ...shown].join(', ')} FROM (\n${grouped})`,
    *read(rows) {
      for (const row of rows) {
        const slice = starts.get(number(row, 'slice'))
        if (slice !== undefined) yield { slice, keys: keysOf(row, question), cell: cell(row) }
      }
    },
  }
}

/** Cells that do not depend on the period: every slice of the layer has them. */
const compileState = (question: Compiling, { columns, cell }: Aggregates): Statement => {
  const { layer } = question
  const keys = keyNames(question)
  return {
    sql: [
      `SELECT ${[
        ...keyColumns(question),
        ...columns.map(({ name, sql }) => `${fill(sql, question)} AS ${name}`),
      ].join(', ')}`,
      fromClause(question),
      whereClause(question, []),
      ...(keys.length === 0 ? [] : [`GROUP BY ${keys.join(', ')}`]),
      limitClause(question),
    ].join('\n'),
    *read(rows) {
      for (const row of rows)
        for (const slice of layer.keys())
          yield { slice, keys: keysOf(row, question), cell: cell(row) }
    },
  }
}

/**
 * The statements of a metric over one layer of slices. Usually one; a rate whose parts are dated
 * by different columns has one for each part. What they yield for one cell is added up.
 */
export const compileFigure = (question: Compiling): readonly Statement[] => {
  const { measure, at, id, basis } = question.metric
  if (measure.kind === 'stock') return [compileStock(question, measure)]
  if (basis === '–') return [compileState(question, aggregatesOf(measure))]
  if (at === undefined) throw new TypeError(`metric ${id} has no time column`)
  if (measure.kind !== 'rate' || (measure.numerator.at ?? at) === (measure.denominator.at ?? at))
    return [compileDated(question, at, aggregatesOf(measure))]
  return (['numerator', 'denominator'] as const).map((name) => {
    const part: Part<Unit> = measure[name]
    return compileDated(question, part.at ?? at, partsOf([{ name, sql: partSql(part) }]))
  })
}
