import { type CityDay, dayMs } from './calendar.ts'
import type { CategoryTraits } from './categories.ts'
import { channels, channelWeight } from './channels.ts'
import type { City, District } from './city.ts'
import { type Random, type Weighted, weightedTable } from './random.ts'

/** Expected new matters of each day, in an arbitrary unit; the last day counts for what has passed. */
export const dayWeights = (
  random: Random,
  days: readonly CityDay[],
  untilMs: number,
): readonly number[] =>
  days.map((day) => {
    const rhythm = channels.reduce((sum, channel) => sum + channelWeight(channel, day), 0)
    const passed = Math.min((untilMs - day.startMs) / dayMs, 1)
    return rhythm * Math.max(1 + 0.04 * random.normal(), 0.5) * Math.max(passed, 0)
  })

/**
 * Splits `total` over the days: each count is Poisson about its share of what is left, so that the
 * sum is exact and the days stay as uneven as real ones.
 */
export const dayCounts = (
  random: Random,
  weights: readonly number[],
  total: number,
): readonly number[] => {
  let weightLeft = weights.reduce((sum, weight) => sum + weight, 0)
  let left = total
  const lastBusy = weights.findLastIndex((weight) => weight > 0)
  return weights.map((weight, index) => {
    if (weight <= 0) return 0
    const count =
      index === lastBusy ? left : Math.min(random.poisson((left * weight) / weightLeft), left)
    weightLeft -= weight
    left -= count
    return count
  })
}

/** Where a new matter arises, and what it is about in that place and month. */
export const demand = (city: City) => {
  const byYear = new Map<number, Weighted<District>>()
  const byPlace = new Map<string, Weighted<CategoryTraits>>()

  const districtsOf = (year: number): Weighted<District> => {
    const known = byYear.get(year)
    if (known !== undefined) return known
    const table = weightedTable(
      city.districts.map((district): [District, number] => [
        district,
        district.population * (1 + district.growth) ** (year - 2020) * district.volume,
      ]),
    )
    byYear.set(year, table)
    return table
  }

  const categoriesOf = (district: District, { year, month }: CityDay): Weighted<CategoryTraits> => {
    const key = `${district.rural ? 'rural' : 'urban'}/${year}/${month}`
    const known = byPlace.get(key)
    if (known !== undefined) return known
    const years = year + month / 12 - 2020
    const table = weightedTable(
      city.categories.map((category): [CategoryTraits, number] => [
        category,
        (district.rural ? category.ruralWeight : category.urbanWeight) *
          (1 + category.trend) ** years *
          (category.months?.[month] ?? 1),
      ]),
    )
    byPlace.set(key, table)
    return table
  }

  return {
    district: (random: Random, day: CityDay): District => random.weighted(districtsOf(day.year)),
    category: (random: Random, district: District, day: CityDay): CategoryTraits =>
      random.weighted(categoriesOf(district, day)),
  }
}
