import type { Basis } from '../../schemas/metrics/metric.ts'
import type { Earlierness } from '../../schemas/periods/earlier.ts'

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
 * The earlier period of one that is not over, cut after the same part of it. A year earlier that is
 * up to the same date and time, or the same distance from the Spring Festival (`asOfThen`): 1 January to 15 June is compared with 1 January to 15
 * June, in a leap year too. The unit before may be shorter, so there it is the time gone by since
 * the start, at most all of it: on 31 March the whole of February. What happened at asOf itself
 * counts, hence the last millisecond.
 */
export const cutLikeElapsed = (
  comparison: Earlierness,
  now: Slice,
  then: Slice,
  asOfThen: number,
): Slice => {
  if (now.asOf < now.from || now.asOf >= now.to) return then
  const end = comparison === 'mom' ? then.from + (now.asOf - now.from) : asOfThen
  return { ...then, to: Math.min(then.to, end + 1) }
}

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
