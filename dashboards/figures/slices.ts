import type { Basis } from '../../schemas/metrics/metric.ts'

/**
 * A period as instants, and what was known: [from, to) in epoch ms, seen as of asOf. Figures and
 * the earlier ones they are compared with are all slices; equal ones are asked once.
 */
export type Slice = { readonly from: number; readonly to: number; readonly asOf: number }

export const sliceKey = ({ from, to, asOf }: Slice): string => `${from} ${to} ${asOf}`

/** What of a period its basis looks at: D ends with asOf; a stock after asOf is not known (undefined). */
export const sliceFor = (basis: Basis, slice: Slice): Slice | undefined => {
  if (basis === 'D') return { ...slice, to: Math.min(slice.to, slice.asOf + 1) }
  if (basis === 'S' && slice.from > slice.asOf) return undefined
  return slice
}

/**
 * The earlier period of one that is not over: cut at `asOfThen`, the same date and time as asOf, so
 * that both have the same part behind them. What happened at asOf itself counts, hence the last
 * millisecond. Dates, not lengths, are matched: 1 January to 15 June is compared with the same in a
 * leap year.
 */
export const cutLikeElapsed = (now: Slice, then: Slice, asOfThen: number): Slice =>
  now.from <= now.asOf && now.asOf < now.to
    ? { ...then, to: Math.min(then.to, asOfThen + 1) }
    : then

/** Slices in as few layers as possible, each in order of time and without overlaps: one statement reads a layer. */
export const layersOf = (slices: readonly Slice[]): readonly (readonly Slice[])[] => {
  const layers: Slice[][] = []
  for (const slice of slices
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from || a.to - b.to)) {
    const free = layers.find((layer) => (layer.at(-1)?.to ?? slice.from) <= slice.from)
    if (free === undefined) layers.push([slice])
    else free.push(slice)
  }
  return layers
}
