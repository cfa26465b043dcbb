import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Items with the running sum of their weights, made once and drawn from often. */
export type Weighted<T> = { readonly items: readonly T[]; readonly sums: readonly number[] }

/** Draws of the usual distributions from one seeded stream. Durations carry the unit of their argument. */
export type Random = {
  /** Uniform in [0, 1). */
  readonly float: () => number
  /** Uniform in [low, high). */
  readonly between: (low: number, high: number) => number
  /** Uniform integer, both ends included. */
  readonly int: (low: number, high: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <T>(items: readonly [T, ...T[]]) => T
  readonly weighted: <T>(table: Weighted<T>) => T
  readonly normal: () => number
  readonly logNormal: (median: number, sigma: number) => number
  readonly exponential: (mean: number) => number
  /** Number of successes before the first failure. */
  readonly geometric: (probability: number) => number
  readonly poisson: (mean: number) => number
}

export const weightedTable = <T>(pairs: Iterable<readonly [T, number]>): Weighted<T> => {
  const items: T[] = []
  const sums: number[] = []
  let sum = 0
  for (const [item, weight] of pairs) {
    sum += weight
    items.push(item)
    sums.push(sum)
  }
  return { items, sums }
}

/** A stream that depends on `seed` alone (its 32 low bits). */
export const seededRandom = (seed: number): Random => {
  const generator = xoroshiro128plus(seed | 0)
  const float = () => uniformFloat64(generator)

  const normal = () => {
    const radius = Math.sqrt(-2 * Math.log(1 - float()))
    return radius * Math.cos(2 * Math.PI * float())
  }

  const weighted = <T>({ items, sums }: Weighted<T>): T => {
    const aim = float() * (sums.at(-1) ?? 0)
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > aim) high = middle
      else low = middle + 1
    }
    return items[low] as T
  }

  return {
    float,
    between: (low, high) => low + (high - low) * float(),
    int: (low, high) => low + Math.floor((high - low + 1) * float()),
    chance: (probability) => float() < probability,
    pick: (items) => items[Math.floor(float() * items.length)] ?? items[0],
    weighted,
    normal,
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    exponential: (mean) => -mean * Math.log(1 - float()),
    geometric: (probability) =>
      probability <= 0 ? 0 : Math.floor(Math.log(1 - float()) / Math.log(probability)),
    poisson: (mean) => {
      // exp(-mean) leaves the range of doubles near 700; far below it the two agree.
      if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
      const limit = Math.exp(-mean)
      let count = 0
      for (let product = float(); product > limit; product *= float()) count++
      return count
    },
  }
}
