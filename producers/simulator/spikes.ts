import type { CityCalendar, CityDay } from './calendar.ts'
import type { CategoryTraits } from './categories.ts'
import type { City, District } from './city.ts'
import { type Random, weightedTable } from './random.ts'

export const spikeMetrics = ['repeat_petitions', 'cross_level_legal', 'collective_visits'] as const
export type SpikeMetric = (typeof spikeMetrics)[number]

/** An injected rise: `extra` is what the metric has over its usual level once all is received. */
export type Spike = {
  readonly metric: SpikeMetric
  /** Code of the district. */
  readonly region: string
  readonly category: string
  /** Local days, `to` exclusive. */
  readonly from: string
  readonly to: string
  /** The same as instants, epoch ms, `end` exclusive. */
  readonly start: number
  readonly end: number
  readonly extra: number
}

/** A matter that exists for a spike: petitioned again on `repeatDays`, in order of time. */
export type SpikeMatter = {
  readonly metric: SpikeMetric
  readonly district: District
  readonly category: CategoryTraits
  readonly repeatDays: readonly CityDay[]
}

export type SpikePlan = {
  readonly spikes: readonly Spike[]
  /** By index of the day of the first petition. */
  readonly matters: ReadonlyMap<number, readonly SpikeMatter[]>
  readonly matterCount: number
}

const matterShare = 0.15
const repeatsEach = 4

/**
 * The day a spike may begin. The first 100 days (or two fifths of a short history) stay quiet for a
 * detector to learn from; the last of them is recent, so that a fresh demo has something to find.
 */
const startDay = (
  random: Random,
  calendar: CityCalendar,
  lastIndex: number,
  lengthDays: number,
  recent: boolean,
): number => {
  const latest = lastIndex - lengthDays - 7
  const earliest = Math.min(recent ? lastIndex - 45 : 100, Math.floor(latest * 0.4))
  const low = recent ? Math.max(lastIndex - 45, earliest) : earliest
  for (let attempt = 0; attempt < 50; attempt++) {
    const index = random.int(Math.min(low, latest), Math.max(low, latest))
    const days = Array.from({ length: lengthDays }, (_, n) => calendar.dayAt(index + n))
    const quiet = days.every(
      ({ springOffset }) => springOffset === undefined || springOffset < -8 || springOffset > 12,
    )
    if (quiet && days.filter(({ workday }) => workday).length >= lengthDays * 0.6) return index
  }
  return Math.max(latest, 0)
}

const spread = (random: Random, items: readonly CityDay[], count: number): readonly CityDay[] =>
  Array.from({ length: count }, () => items[random.int(0, items.length - 1)])
    .filter((day) => day !== undefined)
    .sort((a, b) => a.index - b.index)

/**
 * Lays out two spikes a year, three at least, within 15 % of the matters; fewer or none where the
 * city is too small or its history too short for one.
 */
export const planSpikes = (
  random: Random,
  city: City,
  calendar: CityCalendar,
  lastIndex: number,
  matters: number,
): SpikePlan => {
  const years = (lastIndex + 1) / 365.25
  const perYear = matters / years
  const size = Math.min(Math.max(14 + 10 * Math.sqrt(perYear / 20_000), 15), 120)
  const wanted = lastIndex < 60 ? 0 : Math.max(3, Math.round(2 * years))
  const count = Math.min(wanted, Math.floor((matters * matterShare) / size))
  const spikes: Spike[] = []
  const byDay = new Map<number, SpikeMatter[]>()
  const taken = new Set<string>()
  let matterCount = 0

  const place = (index: number, matter: SpikeMatter) => {
    byDay.set(index, [...(byDay.get(index) ?? []), matter])
    matterCount++
  }

  for (let number = 0; number < count; number++) {
    const metric = spikeMetrics[number % spikeMetrics.length] ?? 'repeat_petitions'
    const recent = number === count - 1
    // A recent spike in an office that writes up late could not be seen yet.
    const districts = city.districts.filter(
      ({ lag }) => !recent || lag === 'prompt' || lag === 'nextDay',
    )
    const district = districts[random.int(0, districts.length - 1)]
    if (district === undefined) continue
    const category = random.weighted(
      weightedTable(
        city.categories.map((each): [CategoryTraits, number] => [
          each,
          district.rural ? each.ruralWeight : each.urbanWeight,
        ]),
      ),
    )
    const cell = `${district.code}|${category.path}`
    if (taken.has(cell)) continue
    taken.add(cell)

    const lengthDays = random.int(5, 12)
    const first = startDay(random, calendar, lastIndex, lengthDays, recent)
    const window = Array.from({ length: lengthDays }, (_, n) => calendar.dayAt(first + n))
    const workdays = window.filter(({ workday }) => workday)
    const open = workdays.length > 0 ? workdays : window
    const extra = Math.round(size * random.between(0.85, 1.35))

    if (metric === 'repeat_petitions') {
      for (let left = extra; left > 0; left -= repeatsEach) {
        const registered = calendar.dayAt(Math.max(first - random.int(8, 45), 0))
        const repeats = spread(random, open, Math.min(left, repeatsEach))
        place(registered.index, {
          metric,
          district,
          category,
          repeatDays: repeats,
        })
      }
    } else {
      for (const day of spread(random, open, extra)) {
        place(day.index, { metric, district, category, repeatDays: [] })
      }
    }
    const after = calendar.dayAt(first + lengthDays)
    spikes.push({
      metric,
      region: district.code,
      category: category.path,
      from: calendar.dayAt(first).date,
      to: after.date,
      start: calendar.dayAt(first).startMs,
      end: after.startMs,
      extra,
    })
  }
  spikes.sort((a, b) => a.start - b.start)
  return { spikes, matters: byDay, matterCount }
}
