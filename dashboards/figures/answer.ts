import { type Basis, kindOf, type Metric, type Unit } from '../../schemas/metrics/metric.ts'
import type { Comparison } from '../../schemas/periods/earlier.ts'
import { type Cell, cellValue } from './cell.ts'
import type { Change, Share, YearToDate } from './change.ts'

/**
 * A row of a figure: the keys as named in `by`, then `value` (with `numerator` and `denominator`
 * for a rate, `excluded` for days), then the comparisons. Contract §5.
 */
export type Compared = Change | YearToDate | Share
export type FigureRow = Readonly<Record<string, string | number | null | Compared>>

/** The JSON of `pulse figure` and of the API. Instants are RFC 3339 in the deployment's zone. */
export type FigureAnswer = {
  readonly metric: string
  readonly unit: Unit
  readonly basis: Basis
  readonly from: string
  readonly to: string
  readonly asOf: string
  readonly receivedBy: string
  readonly rows: readonly FigureRow[]
}

/** An undefined cell: the period begins after asOf, and nothing is known of it. */
export const answerRow = (
  metric: Metric,
  keys: readonly (readonly [string, string])[],
  cell: Cell | undefined,
  changes: readonly (readonly [Comparison, Compared])[],
): FigureRow => ({
  ...Object.fromEntries(keys),
  ...(kindOf(metric) === 'rate' && cell !== undefined
    ? { numerator: cell.numerator, denominator: cell.denominator }
    : {}),
  value: cell === undefined ? null : cellValue(cell),
  ...(kindOf(metric) === 'days' && cell !== undefined ? { excluded: cell.excluded } : {}),
  ...Object.fromEntries(changes),
})

/** By Unicode code point, which `<` on strings is not beyond U+FFFF. */
export const byCodePoint = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (left === right) continue
    const [highLeft, highRight] = [
      left >= 0xd800 && left <= 0xdfff,
      right >= 0xd800 && right <= 0xdfff,
    ]
    // a surrogate stands for a code point above every other unit
    if (highLeft !== highRight) return highLeft ? 1 : -1
    return left - right
  }
  return a.length - b.length
}

export const compareRows =
  (names: readonly string[]) =>
  (a: FigureRow, b: FigureRow): number => {
    for (const name of names) {
      const order = byCodePoint(String(a[name]), String(b[name]))
      if (order !== 0) return order
    }
    return 0
  }
