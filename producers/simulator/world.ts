import { createHash } from 'node:crypto'
import {
  type CityCalendar,
  type CityDay,
  hourMs,
  localStamp,
  minuteMs,
  secondMs,
} from './calendar.ts'
import type { Channel } from './channels.ts'
import type { City } from './city.ts'
import type { Random } from './random.ts'

/** What every step of the simulation draws from. `random` and the person counter move on. */
export type World = {
  readonly city: City
  readonly calendar: CityCalendar
  readonly random: Random
  readonly seed: number
  /** Nothing later than this has happened. */
  readonly untilMs: number
  readonly people: { known: number }
}

/** A stamp in the city's own time, to the second. */
export const cityStamp = ({ calendar }: World, instantMs: number): string =>
  localStamp(instantMs, calendar.dayOf(instantMs).offsetMs, false)

const officeSecond = (random: Random): number =>
  random.chance(0.58) ? random.between(8.5, 11.9) : random.between(14, 17.4)

const anySecond = (random: Random): number =>
  random.chance(0.85) ? random.between(7.5, 21.5) : random.between(0, 24)

const onDay = (day: CityDay, hours: number): number =>
  day.startMs + Math.floor((hours * hourMs) / secondMs) * secondMs

/** When on that day a petition of the channel comes in: desks have office hours, lines do not. */
export const petitionInstant = (random: Random, day: CityDay, channel: Channel): number =>
  onDay(day, channel === 'call' || channel === 'online' ? anySecond(random) : officeSecond(random))

const nearestWorkday = (calendar: CityCalendar, from: CityDay, step: 1 | -1): CityDay => {
  let day = from
  while (!day.workday) {
    const next = calendar.dayAt(day.index + step)
    if (next.index === day.index) break
    day = next
  }
  return day
}

/**
 * The working moment nearest to `afterMs + delayMs`, on the same or a later working day, and in any
 * case after `afterMs`. With `earlier` an idle day gives way to the working day before it, as those
 * do who hurry to meet a limit.
 */
export const workMoment = (
  { calendar, random }: World,
  afterMs: number,
  delayMs: number,
  earlier = false,
): number => {
  const aimed = calendar.dayOf(afterMs + delayMs)
  const moment = onDay(nearestWorkday(calendar, aimed, earlier ? -1 : 1), officeSecond(random))
  return moment > afterMs
    ? moment
    : afterMs + Math.floor(random.between(5, 90) * (minuteMs / secondMs)) * secondMs
}

const keyOf = (seed: number, person: number): string =>
  createHash('sha256').update(`${seed}/${person}`).digest('hex').slice(0, 32)

/** The pseudonymous key of somebody new, or of somebody the offices know from another matter. */
export const petitionerKey = ({ random, seed, people }: World): string => {
  if (people.known > 0 && random.chance(0.06)) return keyOf(seed, random.int(0, people.known - 1))
  return keyOf(seed, people.known++)
}
