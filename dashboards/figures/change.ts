import type { Words } from '../../schemas/metrics/metric.ts'
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
 * The year up to the period's end, and how far it is from the same stretch of the year before (`earlier`).
 */
export type YearToDate = Omit<Change, 'numerator' | 'denominator'> & {
  readonly numerator?: number
  readonly denominator?: number
  readonly earlier: number | null
}

/** A cell's part of the total. */
export type Share = {
  readonly numerator: number
  readonly denominator: number
  readonly value: number | null
}

/** 上升, 下降 or 持平, by the sign of the unrounded change; undefined where there is none. */
export const changeWords = (change: number | null): Words | undefined => {
  if (change === null) return undefined
  if (change === 0) return { zh: '持平', en: 'unchanged' }
  return change > 0 ? { zh: '上升', en: 'up' } : { zh: '下降', en: 'down' }
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

export const yearToDateOf = (
  now: Cell | undefined,
  then: Cell | undefined,
  rate: boolean,
): YearToDate => {
  const { change, unit, value: earlier } = changeBetween(now, then, rate)
  return {
    ...(rate && now !== undefined
      ? { numerator: now.numerator, denominator: now.denominator }
      : {}),
    value: now === undefined ? null : cellValue(now),
    earlier,
    change,
    unit,
  }
}

/** Both are counts. */
export const shareOf = (cell: Cell | undefined, total: Cell | undefined): Share => {
  const numerator = cell?.numerator ?? 0
  const denominator = total?.numerator ?? 0
  return { numerator, denominator, value: denominator === 0 ? null : numerator / denominator }
}
