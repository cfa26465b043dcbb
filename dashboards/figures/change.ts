import { type Cell, cellValue } from './cell.ts'
import { nearestDouble } from './exact.ts'

/** The earlier value, and how far today's is from it: % of counts and days, percentage points of rates. */
export type Change = {
  readonly numerator?: number
  readonly denominator?: number
  readonly value: number | null
  readonly change: number | null
  readonly unit: '%' | 'pp'
}

/**
 * Compares exactly and rounds once, to the nearest double. Null where either has no value, and for
 * % where the earlier one is 0. An undefined cell has no value (a stock not yet known).
 */
export const changeBetween = (
  now: Cell | undefined,
  then: Cell | undefined,
  rate: boolean,
): Change => {
  const unit = rate ? 'pp' : '%'
  const value = then === undefined ? null : cellValue(then)
  const parts =
    rate && then !== undefined ? { numerator: then.numerator, denominator: then.denominator } : {}
  if (now === undefined || then === undefined || value === null || now.denominator === 0)
    return { ...parts, value, change: null, unit }
  const rise =
    BigInt(now.numerator) * BigInt(then.denominator) -
    BigInt(then.numerator) * BigInt(now.denominator)
  const base = rate
    ? BigInt(now.denominator) * BigInt(then.denominator)
    : BigInt(then.numerator) * BigInt(now.denominator)
  return {
    ...parts,
    value,
    change: base === 0n ? null : nearestDouble(rise * 100n, base),
    unit,
  }
}
