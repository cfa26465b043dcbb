import { sqlString } from '../store/sql-text.ts'

/**
 * Calendar arithmetic in a time zone, as SQL over DateTime64(3, 'UTC') expressions. `toDate32` and
 * friends hold for 1900–2299, where the older date functions wrap round outside 1970–2149.
 */

/** The last millisecond of the n-th local calendar day after `instant`. */
export const endOfLocalDay = (instant: string, days: number, timezone: string): string =>
  `toTimeZone(toDateTime64(addDays(toDate32(${instant}, ${sqlString(timezone)}), ${days + 1}), 3, ${sqlString(timezone)}) - toIntervalMillisecond(1), 'UTC')`

/**
 * `instant` moved by `days` local calendar days at the same wall-clock time. A wall clock that
 * daylight saving skips moves forward, one that occurs twice is the first. (The engine's own addDays
 * moves a skipped time back.) Local midnight of the day plus the time of day is right unless the
 * clock changes in between; then the difference of the offsets is taken off, unless that leads to
 * before the change, where no such wall clock exists.
 */
export const addLocalDays = (instant: string, days: string, timezone: string): string => {
  const zone = sqlString(timezone)
  const ms = (moment: string) => `toUnixTimestamp64Milli(${moment})`
  const midnight = (day: string) =>
    `toDateTime64(addDays(toDate32(${instant}, ${zone}), ${day}), 3, ${zone})`
  const offset = (epochMs: string) =>
    `toInt64(timeZoneOffset(fromUnixTimestamp64Milli(${epochMs}, ${zone}))) * 1000`
  const start = ms(midnight(days))
  const wallOfDay = `(${ms(instant)} + ${offset(ms(instant))} - ${ms(midnight('0'))} - ${offset(ms(midnight('0')))})`
  const candidate = `(${start} + ${wallOfDay})`
  const shifted = `(${candidate} + ${offset(start)} - ${offset(candidate)})`
  return `fromUnixTimestamp64Milli(if(${offset(shifted)} = ${offset(candidate)}, ${shifted}, ${candidate}), 'UTC')`
}
