import { kindOf, type Metric } from '../../schemas/metrics/metric.ts'
import type { Cell } from '../figures/cell.ts'
import { nearestDouble } from '../figures/exact.ts'
import { NO_CELL, type Parts } from './restate-parts.ts'

/** Sums of the parts of some matters. */
const totalOf = (
  cells: Iterable<Cell>,
): { readonly numerator: number; readonly denominator: number } => {
  let numerator = 0
  let denominator = 0
  for (const cell of cells) {
    numerator += cell.numerator
    denominator += cell.denominator
  }
  return { numerator, denominator }
}

/** The quantile of durations, each the numerator of a cell of one; times the quantile's denominator. */
const quantileOf = (
  {
    numerator: rank,
    denominator: of,
  }: { readonly numerator: number; readonly denominator: number },
  durations: readonly number[],
): number | undefined => {
  if (durations.length === 0) return undefined
  const sorted = [...durations].sort((a, b) => a - b)
  const position = (sorted.length - 1) * rank
  const at = Math.floor(position / of)
  const lower = sorted[at] ?? 0
  return lower * (of - (position % of)) + (sorted[at + 1] ?? lower) * (position % of)
}

/** Of a rate: by how much its numerator and denominator changed. Null: it has no value on one side. */
export type Contribution = {
  readonly numerator?: number
  readonly denominator?: number
  readonly contribution: number | null
}

/**
 * What each cause contributes, in the order of the causes. A count's is what its matters add less. A
 * rate's, with n/d before and N/D after: (Δn·d − n·Δd) / (d·D), which adds up to N/D − n/d. A
 * quantile's: by how much it moves when the cause's matters change too.
 */
export const contributionsOf = (
  metric: Metric,
  parts: Parts,
  groups: readonly (readonly string[])[],
  whole: { readonly before: Cell | undefined; readonly after: Cell | undefined },
): readonly Contribution[] => {
  const { measure } = metric
  if (measure.kind === 'days') {
    const present = new Map(parts.before)
    const quantile = () => {
      const durations = [...present.values()].flatMap(({ numerator, denominator }) =>
        denominator === 0 ? [] : [numerator / measure.rank.denominator],
      )
      const found = quantileOf(measure.rank, durations)
      return found === undefined ? null : found / (measure.rank.denominator * 86_400_000)
    }
    let before = quantile()
    return groups.map((ids) => {
      for (const id of ids) {
        const cell = parts.after.get(id)
        if (cell === undefined) present.delete(id)
        else present.set(id, cell)
      }
      const after = quantile()
      const contribution = before === null || after === null ? null : after - before
      before = after
      return { contribution }
    })
  }
  const sumsOf = (ids: readonly string[]) => {
    const before = totalOf(ids.map((id) => parts.before.get(id) ?? NO_CELL))
    const after = totalOf(ids.map((id) => parts.after.get(id) ?? NO_CELL))
    return {
      numerator: after.numerator - before.numerator,
      denominator: after.denominator - before.denominator,
    }
  }
  if (kindOf(metric) === 'count')
    return groups.map((ids) => ({ contribution: sumsOf(ids).numerator }))
  const [n, d, D] = [
    BigInt(whole.before?.numerator ?? 0),
    BigInt(whole.before?.denominator ?? 0),
    BigInt(whole.after?.denominator ?? 0),
  ]
  return groups.map((ids) => {
    const sums = sumsOf(ids)
    const above = BigInt(sums.numerator) * d - n * BigInt(sums.denominator)
    return {
      ...sums,
      contribution: d === 0n || D === 0n ? null : nearestDouble(above * 100n, d * D),
    }
  })
}
