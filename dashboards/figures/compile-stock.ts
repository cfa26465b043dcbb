import type { Measure } from '../../schemas/metrics/metric.ts'
import { cellKey } from './cell.ts'
import {
  type Compiling,
  epochMs,
  fromClause,
  int64,
  int64s,
  keyColumns,
  keyNames,
  keysOf,
  limitClause,
  type Statement,
  whereClause,
} from './statement.ts'

type StockMeasure = Extract<Measure, { kind: 'stock' }>

/**
 * Stock at the ends T of a layer's periods, in one scan whatever their number: each spell is cut
 * to the ends it covers, and adds 1 from the first of them on and takes it away after the last.
 * An end is named by the one before it, which is what `roundDown` finds.
 *
 * Due times are measured at min(T, asOf). Only the last end can lie after asOf, so a due time at or
 * after asOf is moved past that end, where it counts for none.
 */
export const compileStock = (question: Compiling, measure: StockMeasure): Statement => {
  const { layer } = question
  const ends = layer.map(({ to }) => to)
  const last = ends.at(-1) ?? 0
  const lastDue = Math.min(last, layer.at(-1)?.asOf ?? last)
  const marks = [(ends[0] ?? 0) - 1, ...ends]
  const before = (instant: string): string => `roundDown(${instant}, ${int64s(marks)})`
  const pastEnd = (instant: string): string =>
    lastDue === last
      ? instant
      : `if(${instant} >= ${lastDue}, greatest(${instant}, ${int64(last)}), ${instant})`

  const opened = epochMs('spell.opened')
  const ended = epochMs('spell.ended')
  const due = epochMs('spell.due')
  const window = measure.overdueMs
  const begins =
    window === undefined
      ? opened
      : `greatest(${opened}, ${pastEnd(`(${due} + ${int64(window.above)})`)})`
  const stops =
    window?.upTo === undefined
      ? ended
      : `least(${ended}, ${pastEnd(`(${due} + ${int64(window.upTo)})`)})`

  const keys = keyNames(question)
  const names = keys.map((key) => `, ${key}`).join('')
  const spells = [
    `SELECT ${[`${before(begins)} AS begins_after`, `${before(stops)} AS stops_after`, ...keyColumns(question)].join(', ')}`,
    `${fromClause(question)} ARRAY JOIN ${measure.spells} AS spell`,
    whereClause(question, window === undefined ? [] : ['spell.due IS NOT NULL']),
  ].join('\n')
  const sql = [
    `SELECT step.1 AS after${names}, sum(step.2) AS steps`,
    `FROM (SELECT begins_after, stops_after${names} FROM (\n${spells}) WHERE begins_after < stops_after)`,
    'ARRAY JOIN [(begins_after, toInt64(1)), (stops_after, toInt64(-1))] AS step',
    `GROUP BY after${names}`,
    // a matter that is open is one step up and one down
    limitClause(question, 2),
  ].join('\n')

  const placeOf = new Map(marks.map((mark, index) => [mark, index]))
  return {
    sql,
    *read(rows) {
      const stepsOf = new Map<string, { keys: readonly string[]; steps: number[] }>()
      for (const row of rows) {
        const rowKeys = keysOf(row, question)
        const id = cellKey(rowKeys)
        const known = stepsOf.get(id) ?? { keys: rowKeys, steps: marks.map(() => 0) }
        const place = placeOf.get(Number(row['after']))
        if (place !== undefined)
          known.steps[place] = (known.steps[place] ?? 0) + Number(row['steps'])
        stepsOf.set(id, known)
      }
      for (const { keys: cellKeys, steps } of stepsOf.values()) {
        let open = 0
        for (let slice = 0; slice < layer.length; slice++) {
          open += steps[slice] ?? 0
          if (open !== 0)
            yield {
              slice,
              keys: cellKeys,
              cell: { numerator: open, denominator: 1, excluded: 0 },
            }
        }
      }
    },
  }
}
