import { Temporal } from 'temporal-polyfill'

/** The local calendar date of an instant (epoch ms). */
export const localDate = (at: number, timezone: string): Temporal.PlainDate =>
  localTime(at, timezone).toPlainDate()

/** The instant, as local date, wall-clock time and zone. */
export const localTime = (at: number, timezone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone)

/** First instant (epoch ms) of a local day; where midnight does not exist, the first that does. */
export const startOfDay = (date: Temporal.PlainDate, timezone: string): number =>
  date.toZonedDateTime(timezone).epochMilliseconds

/** "End of day d+n" of contract §3: the last millisecond of the n-th local calendar day after `at`. */
export const endOfDay = (at: number, days: number, timezone: string): number =>
  startOfDay(localDate(at, timezone).add({ days: days + 1 }), timezone) - 1

/**
 * The same wall-clock time some local calendar days later. A time that daylight saving skips moves
 * forward by the length of the gap; of one that occurs twice it is the first.
 */
export const addLocalDays = (at: number, days: number, timezone: string): number => {
  const local = localTime(at, timezone)
  return local.toPlainDateTime().add({ days }).toZonedDateTime(timezone).epochMilliseconds
}

export type LocalClock = {
  endOfDay: (at: number, days: number) => number
  addLocalDays: (at: number, days: number) => number
}

/** The same two with their answers remembered, since a fold asks for one limit many times. */
export const localClock = (timezone: string): LocalClock => {
  const remembered = (compute: (at: number, days: number, timezone: string) => number) => {
    const answers = new Map<string, number>()
    return (at: number, days: number): number => {
      const key = `${at}+${days}`
      const answer = answers.get(key) ?? compute(at, days, timezone)
      answers.set(key, answer)
      return answer
    }
  }
  return { endOfDay: remembered(endOfDay), addLocalDays: remembered(addLocalDays) }
}
