import { PulseError } from '../errors.ts'

/** A calendar day, as the number of days since 1970-01-01 (proleptic Gregorian). Has no time zone. */
export type LocalDay = number

const DAY_MS = 86_400_000

export type CivilDate = { readonly year: number; readonly month: number; readonly day: number }

/** Months outside 1–12 carry into the year. `day` must exist in the month. */
export const dayOf = (year: number, month: number, day: number): LocalDay =>
  Date.UTC(year, month - 1, day) / DAY_MS

export const civilOf = (day: LocalDay): CivilDate => {
  const date = new Date(day * DAY_MS)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
  }
}

/** 1 Monday … 7 Sunday. */
export const weekdayOf = (day: LocalDay): number => ((((day + 3) % 7) + 7) % 7) + 1

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

/** `YYYY-MM-DD`. */
export const dayText = (day: LocalDay): string => {
  const { year, month, day: dayOfMonth } = civilOf(day)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}`
}

/** Days in a month; months outside 1–12 carry. */
export const monthLength = (year: number, month: number): number =>
  dayOf(year, month + 1, 1) - dayOf(year, month, 1)

/**
 * The same day of the month `months` later (or earlier, when negative). A day the other month does
 * not have becomes its last one, or with `overflow: 'next'` the first of the month after.
 */
export const addMonths = (
  day: LocalDay,
  months: number,
  overflow: 'last' | 'next' = 'last',
): LocalDay => {
  const { year, month, day: dayOfMonth } = civilOf(day)
  const length = monthLength(year, month + months)
  if (dayOfMonth <= length) return dayOf(year, month + months, dayOfMonth)
  return dayOf(year, month + months, length) + (overflow === 'next' ? 1 : 0)
}

/** First day a figure may begin on, and the last it may end before: the engine's dates end in 2299. */
export const FIRST_DAY: LocalDay = dayOf(1900, 1, 1)
export const LAST_DAY: LocalDay = dayOf(2300, 1, 1)

/** Reads `YYYY-MM-DD`. `name` is what the asker called it, for the message (USAGE). */
export const parseDay = (text: string, name: string): LocalDay => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null)
    throw new PulseError('USAGE', `${name} must be a date such as 2024-01-31 (YYYY-MM-DD).`)
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  if (month < 1 || month > 12 || day < 1 || day > monthLength(year, month))
    throw new PulseError('USAGE', `${name} ${text} is not a date of the calendar.`)
  const found = dayOf(year, month, day)
  if (year < 1900 || found < FIRST_DAY || found > LAST_DAY)
    throw new PulseError('USAGE', `${name} ${text} must lie from 1900-01-01 to 2300-01-01.`)
  return found
}
