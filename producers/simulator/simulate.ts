import { PulseError } from '../../schemas/errors.ts'
import { campaignsOf } from './backlog.ts'
import { type CityCalendar, type CityDay, cityCalendar, dayMs } from './calendar.ts'
import type { CategoryTraits } from './categories.ts'
import { type City, type District, simulatedCity } from './city.ts'
import { type Delivery, deliver } from './delivery.ts'
import { dayCounts, dayWeights, demand } from './demand.ts'
import { draftMatter } from './matter-draft.ts'
import { live } from './matter-life.ts'
import { seededRandom } from './random.ts'
import { planSpikes, type Spike, type SpikeMatter } from './spikes.ts'
import type { World } from './world.ts'

export type SimulationOptions = {
  /** Integer; only its 32 low bits count. */
  readonly seed: number
  /** Length of the history, may be a fraction: 0.1 to 50. */
  readonly years: number
  /** Matters that arise in it, 1 to 5,000,000. The last may not have been received yet. */
  readonly matters: number
  /** The city's "now", epoch ms: nothing is received later. */
  readonly until: number
  /** IANA name; default Asia/Shanghai. */
  readonly timezone?: string
}

export type Simulation = {
  readonly city: City
  readonly spikes: readonly Spike[]
  /** About how many events there will be, for a progress bar: within a few per cent. */
  readonly expectedEvents: number
  /** In order of `receivedTime`; made as they are read, and the same again on every reading. */
  readonly events: Iterable<Delivery>
}

const check = ({ seed, years, matters, until, timezone }: SimulationOptions): void => {
  const refuse = (what: string): never => {
    throw new PulseError('USAGE', what)
  }
  if (!Number.isSafeInteger(seed)) refuse('The seed of the simulator must be a whole number.')
  if (!(years >= 0.1 && years <= 50)) refuse('The simulated years must lie between 0.1 and 50.')
  if (!(Number.isInteger(matters) && matters >= 1 && matters <= 5_000_000)) {
    refuse('The simulated matters must be a whole number between 1 and 5000000.')
  }
  const earliest = Date.UTC(1950, 0, 1)
  if (!(until - years * 365.25 * dayMs >= earliest && until < Date.UTC(2199, 0, 1))) {
    refuse('The simulated history must lie between the years 1950 and 2199.')
  }
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: timezone })
  } catch {
    refuse(`The time zone "${timezone}" is not known; use an IANA name such as Asia/Shanghai.`)
  }
}

/** Limits, ratings and offices' corrections reach beyond the last day; their calendar does too. */
const marginDays = 420

/** The last few matters of a place and kind, for merges. */
const twinFinder = () => {
  const recent = new Map<string, string[]>()
  return (district: District, category: CategoryTraits, id: string): string | undefined => {
    const key = `${district.code}|${category.path}`
    const ids = recent.get(key) ?? []
    const twin = ids[0]
    ids.push(id)
    if (ids.length > 3) ids.shift()
    recent.set(key, ids)
    return twin
  }
}

function* generate(
  options: SimulationOptions,
  city: City,
  calendar: CityCalendar,
  spikeMatters: ReadonlyMap<number, readonly SpikeMatter[]>,
  ordinaryMatters: number,
  days: readonly CityDay[],
): Generator<Delivery> {
  const { seed, until } = options
  const world: World = {
    city,
    calendar,
    random: seededRandom(seed),
    seed: seed | 0,
    untilMs: until,
    people: { known: 0 },
  }
  const planning = seededRandom(seed ^ 0x2545f491)
  const counts = dayCounts(planning, dayWeights(planning, days, until), ordinaryMatters)
  const { district: drawDistrict, category: drawCategory } = demand(city)
  const campaigns = campaignsOf(world)
  const twinOf = twinFinder()
  const pending = new Map<number, Delivery[]>()
  const firstStart = calendar.dayAt(0).startMs
  let number = 0

  const begin = (day: CityDay, spike: SpikeMatter | undefined): void => {
    const district = spike?.district ?? drawDistrict(world.random, day)
    const category = spike?.category ?? drawCategory(world.random, district, day)
    const id = `${day.year}-${district.code}-${String(++number).padStart(7, '0')}`
    const draft = draftMatter(world, id, district, category, spike !== undefined)
    const twin = spike === undefined ? twinOf(district, category, id) : undefined
    live(world, draft, day, spike, campaigns, twin)
    for (const delivery of deliver(world, draft)) {
      const slot = Math.floor((delivery.receivedTime - firstStart) / dayMs)
      const waiting = pending.get(slot)
      if (waiting === undefined) pending.set(slot, [delivery])
      else waiting.push(delivery)
    }
  }

  // A matter's events are received after its first day began, hence a slot is complete, and can be
  // given out, as soon as every later day begins after it.
  let slot = 0
  const completeBefore = (instantMs: number): Delivery[][] => {
    const complete: Delivery[][] = []
    for (; firstStart + (slot + 1) * dayMs <= instantMs; slot++) {
      const waiting = pending.get(slot)
      pending.delete(slot)
      if (waiting !== undefined) {
        complete.push(waiting.sort((a, b) => a.receivedTime - b.receivedTime))
      }
    }
    return complete
  }

  for (const day of days) {
    for (const waiting of completeBefore(day.startMs)) yield* waiting
    for (const spike of spikeMatters.get(day.index) ?? []) begin(day, spike)
    for (let count = counts[day.index] ?? 0; count > 0; count--) begin(day, undefined)
  }
  for (const waiting of completeBefore(until + dayMs)) yield* waiting
}

/** Mean events of a matter in a long history, and the days' worth of matters still without most. */
const eventsPerMatter = 5.75
const unfinishedDays = 30

/**
 * A city's petition offices over some years, as the events they would have sent: the same for the
 * same options on the same Node release. It holds in memory only what has happened and is not yet
 * received, about the events of two months.
 * @throws PulseError USAGE for an option outside its range
 */
export const simulate = (options: SimulationOptions): Simulation => {
  check(options)
  const { seed, years, matters, until, timezone = 'Asia/Shanghai' } = options
  const city = simulatedCity(timezone)
  const calendar = cityCalendar(
    until - years * 365.25 * dayMs,
    until + marginDays * dayMs,
    timezone,
  )
  const days = calendar.days.filter(({ startMs }) => startMs < until)
  const plan = planSpikes(seededRandom(seed ^ 0x1b873593), city, calendar, days.length - 1, matters)
  return {
    city,
    spikes: plan.spikes,
    expectedEvents: Math.round(
      matters * eventsPerMatter * Math.max(1 - unfinishedDays / days.length, 0.3),
    ),
    events: {
      [Symbol.iterator]: () =>
        generate(options, city, calendar, plan.matters, matters - plan.matterCount, days),
    },
  }
}
