/** First accepted instant, 1900-01-01T00:00:00Z, in epoch milliseconds. */
export const EARLIEST_STAMP = Date.UTC(1900, 0, 1)
/** First refused instant, 2200-01-01T00:00:00Z: the store ends in 2299, and limits add days. */
export const END_OF_STAMPS = Date.UTC(2200, 0, 1)

/** `syntax`: not RFC 3339 with an offset. `calendar`: no such date, time or offset. */
export type StampFault = 'syntax' | 'calendar' | 'leapSecond' | 'range'

const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - 48
  return value >= 0 && value <= 9 ? value : Number.NaN
}
const twoDigits = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1)
const isOneOf = (text: string, at: number, upper: number): boolean =>
  text.charCodeAt(at) === upper || text.charCodeAt(at) === upper + 32

const T = 84
const Z = 90
const DOT = 46
const COLON = 58
const DASH = 45
const PLUS = 43

/** Days of a month (1–12) of the Gregorian calendar. */
export const daysInMonth = (year: number, month: number): number => {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/**
 * Reads an RFC 3339 date-time: `T` between date and time, any number of fraction digits, then `Z`
 * or an offset up to ±23:59 (`T` and `Z` in either case). Returns epoch milliseconds, finer
 * fractions cut, or the fault. A space for the `T` is refused, as the grammar has it. A 60th second
 * is refused: Unix time has no place for it, and guessing a neighbour could move an event to
 * another day.
 */
export const parseStamp = (text: string): number | StampFault => {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  if (Number.isNaN(year + month + day + hour + minute + second)) return 'syntax'
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return 'syntax'
  if (!isOneOf(text, 10, T)) return 'syntax'
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return 'syntax'

  let at = 19
  let millisecond = 0
  if (text.charCodeAt(at) === DOT) {
    at += 1
    const start = at
    for (let scale = 100; !Number.isNaN(digit(text, at)); at += 1, scale = Math.floor(scale / 10)) {
      millisecond += digit(text, at) * scale
    }
    if (at === start) return 'syntax'
  }

  let offsetMinutes = 0
  if (isOneOf(text, at, Z)) {
    if (text.length !== at + 1) return 'syntax'
  } else {
    const sign = text.charCodeAt(at)
    const offsetHour = twoDigits(text, at + 1)
    const offsetMinute = twoDigits(text, at + 4)
    if (sign !== PLUS && sign !== DASH) return 'syntax'
    if (Number.isNaN(offsetHour + offsetMinute) || text.charCodeAt(at + 3) !== COLON) {
      return 'syntax'
    }
    if (text.length !== at + 6) return 'syntax'
    if (offsetHour > 23 || offsetMinute > 59) return 'calendar'
    offsetMinutes = (offsetHour * 60 + offsetMinute) * (sign === PLUS ? 1 : -1)
  }

  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return 'calendar'
  if (second === 60 && minute <= 59 && hour <= 23) return 'leapSecond'
  if (hour > 23 || minute > 59 || second > 59) return 'calendar'
  // Date.UTC reads the years 0–99 as 1900–1999.
  if (year < 1000) return 'range'
  const time =
    Date.UTC(year, month - 1, day, hour, minute, second, millisecond) - offsetMinutes * 60_000
  return time >= EARLIEST_STAMP && time < END_OF_STAMPS ? time : 'range'
}
