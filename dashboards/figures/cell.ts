import type { Measure } from '../../schemas/metrics/metric.ts'

/**
 * A value as an exact fraction of whole numbers: a count over 1; a rate as its parts; days as
 * milliseconds (times the quantile's denominator) over those in a day. Denominator 0: no value.
 */
export type Cell = {
  readonly numerator: number
  readonly denominator: number
  /** Matters left out of a number of days. */
  readonly excluded: number
}

/** Cells of one period by the text of their dimensions, in the order of the question. */
export type Cells = ReadonlyMap<string, { readonly keys: readonly string[]; readonly cell: Cell }>

/** What a cell is where nothing happened. */
export const emptyCell = ({ kind }: Measure): Cell => ({
  numerator: 0,
  denominator: kind === 'count' || kind === 'stock' ? 1 : 0,
  excluded: 0,
})

/** One division of whole numbers: an independent program gets the same double. */
export const cellValue = ({ numerator, denominator }: Cell): number | null =>
  denominator === 0 ? null : numerator / denominator

export const cellKey = (keys: readonly string[]): string => JSON.stringify(keys)
