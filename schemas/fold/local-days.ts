import { sqlString } from '../store/sql-text.ts'

/**
 * Calendar arithmetic in a time zone, as SQL over DateTime64(3, 'UTC') expressions. `toDate32` and
 * friends hold for 1900–2299, where the older date functions wrap round outside 1970–2149.
 */

/** The last millisecond of the n-th local calendar day after `instant`. */
export const endOfLocalDay = (instant: string, days: number, timezone: string): string =>
  `toTimeZone(toDateTime64(addDays(toDate32(${instant}, ${sqlString(timezone)}), ${days + 1}), 3, ${sqlString(timezone)}) - toIntervalMillisecond(1), 'UTC')`

const DAY_MS = 86_400_000

/**
 * Of an array of tuples whose second element is a number of days: the first elements, each with
 * `instant` moved by so many local calendar days at the same wall-clock time. A wall clock that
 * daylight saving skips moves forward, one that occurs twice is the first. (The engine's own addDays
 * moves a skipped time back.) The start of the day, less its own time of day where midnight is
 * skipped, plus the time of day is right unless the clock changes in between; then the difference of
 * the offsets is taken off, unless that leads to before the change, where no such wall clock exists.
 *
 * Each step hands its numbers to the next as a tuple: written out, every number would be analysed as
 * often as it is used.
 */
export const movedByLocalDays = (instant: string, days: string, timezone: string): string => {
  const zone = sqlString(timezone)
  const ms = (moment: string) => `toUnixTimestamp64Milli(${moment})`
  const offset = (epochMs: string) =>
    `toInt64(timeZoneOffset(fromUnixTimestamp64Milli(${epochMs}, ${zone}))) * 1000`
  const timeOfDay = (epochMs: string) =>
    `positiveModulo(${epochMs} + ${offset(epochMs)}, ${DAY_MS})`
  const start = `toDateTime64(addDays(toDate32(${instant}, ${zone}), x.2), 3, ${zone})`
  const wanted = timeOfDay(ms(instant))
  const [withStart, withTimeOfStart, withCandidate, withOffsets, withShifted] = [
    `arrayMap(x -> (x.1, ${ms(start)}), ${days})`,
    `x -> (x.1, x.2, ${timeOfDay('x.2')})`,
    `x -> (x.1, x.2, x.2 + ${wanted} - if(x.3 <= ${wanted}, x.3, 0))`,
    `x -> (x.1, x.3, ${offset('x.3')}, ${offset('x.2')})`,
    'x -> (x.1, x.2, x.3, x.2 + x.4 - x.3)',
  ]
  const shifted = [withTimeOfStart, withCandidate, withOffsets, withShifted].reduce(
    (array, step) => `arrayMap(${step}, ${array})`,
    withStart,
  )
  return `arrayMap(x -> (x.1, fromUnixTimestamp64Milli(if(${offset('x.4')} = x.3, x.4, x.2), 'UTC')), ${shifted})`
}
