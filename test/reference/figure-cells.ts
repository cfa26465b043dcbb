import type { Span } from './calendar-periods.ts'
import { classesOf, isAmong } from './figure-dimensions.ts'
import type { Entry, Metric } from './figure-metrics.ts'
import type { Folded } from './fold.ts'
import { groupBy } from './known-events.ts'

/** The numbers of one cell; a rate has numerator and denominator, days have what was excluded. */
export type Cell = {
  numerator?: number
  denominator?: number
  value: number | null
  excluded?: number
}

/** What is said of a stock before its period has begun. */
export const unknownCell: Cell = { value: null }

/** Classes of a cell, one for each dimension, in the form that tells cells apart. */
export const cellKey = (classes: readonly string[]): string => JSON.stringify(classes)

export type Slice = {
  /** Without the time grain. */
  dimensions: readonly string[]
  where: Readonly<Record<string, readonly string[]>>
  timezone: string
}

/** The cells of one period that have something, by cellKey; without dimensions the one cell always. */
export const cellsOf = (
  metric: Metric,
  folded: Folded,
  period: Span,
  { dimensions, where, timezone }: Slice,
  asOf: number,
): Map<string, { classes: string[]; cell: Cell }> => {
  const placed = metric
    .entries(folded, period, asOf, timezone)
    .filter(({ subject }) =>
      Object.entries(where).every(([name, asked]) =>
        classesOf(subject, name).some((value) => isAmong(name, value, asked)),
      ),
    )
    .flatMap((entry) =>
      placesOf(entry, { dimensions, where, timezone }).map((classes) => ({ classes, entry })),
    )
  const groups = groupBy(placed, ({ classes }) => cellKey(classes))
  if (dimensions.length === 0 && groups.size === 0) groups.set(cellKey([]), [])
  return new Map(
    [...groups].map(([key, group]) => [
      key,
      {
        classes: group[0]?.classes ?? [],
        cell: cellOf(
          metric,
          group.map(({ entry }) => entry),
        ),
      },
    ]),
  )
}

/** A matter stands in a cell for each of its flags; a filter on flag picks among those cells. */
const placesOf = ({ subject }: Entry, { dimensions, where }: Slice): string[][] => {
  let places: string[][] = [[]]
  for (const name of dimensions) {
    const asked = where[name]
    const classes = classesOf(subject, name).filter(
      (value) => asked === undefined || isAmong(name, value, asked),
    )
    places = places.flatMap((place) => classes.map((value) => [...place, value]))
  }
  return places
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

export const cellOf = (metric: Metric, entries: readonly Entry[]): Cell => {
  if (metric.kind === 'count') {
    const once = new Set(entries.flatMap(({ once: value }) => (value === undefined ? [] : [value])))
    return { value: once.size > 0 ? once.size : sum(entries.map(({ amount }) => amount)) }
  }
  if (metric.kind === 'rate') {
    const amountOf = (which: (entry: Entry) => boolean) =>
      sum(entries.filter(which).map(({ amount }) => amount))
    const numerator = amountOf(({ hit }) => hit)
    const denominator = amountOf(({ aboveOnly }) => aboveOnly !== true)
    return { numerator, denominator, value: denominator === 0 ? null : numerator / denominator }
  }
  const known = entries.flatMap(({ ms }) => (ms === null ? [] : [ms]))
  const ms = quantile(known, metric.quantile ?? 0.5)
  return { value: ms === null ? null : ms / 86_400_000, excluded: entries.length - known.length }
}

/** Exact quantile: linear between the two nearest of n values at the place share × (n − 1). */
const quantile = (values: readonly number[], share: number): number | null => {
  const sorted = [...values].sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) return null
  return below + (above - below) * (place - Math.floor(place))
}
