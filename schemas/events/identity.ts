import { daysInMonth } from './stamps.ts'

/** What was found: `card` a resident ID-card number, `mobile` a mainland mobile number. */
export type Identity = 'card' | 'mobile'

/** The province codes of GB/T 2260 and 83, of the residence permit for Taiwan: the first two digits. */
export const provinceCodes: ReadonlySet<number> = new Set([
  11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
  53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83,
])

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK_DIGITS = '10X98765432'
const CARD_LENGTH = 18
const MOBILE_LENGTH = 11

/** The check digit of GB 11643 for the first 17 digits of an ID-card number: `0`–`9` or `X`. */
export const cardCheckDigit = (first17: string): string => {
  let sum = 0
  for (let i = 0; i < 17; i += 1) sum += (first17.charCodeAt(i) - 48) * (WEIGHTS[i] ?? 0)
  return CHECK_DIGITS.charAt(sum % 11)
}

/**
 * The latest birth date, as the number yyyymmdd, that makes an ID-card number of an event of
 * `time` (RFC 3339): ten years before it, by the calendar date as written. A text that is not a
 * stamp sets no bound.
 */
export const latestBirthAt = (time: string): number => {
  const date = Number(time.slice(0, 4) + time.slice(5, 7) + time.slice(8, 10))
  return Number.isInteger(date) && date > 19_000_000 ? date - 100_000 : 99_991_231
}

const isCard = (run: string, time: string): boolean => {
  if (!provinceCodes.has(Number(run.slice(0, 2)))) return false
  const year = Number(run.slice(6, 10))
  const month = Number(run.slice(10, 12))
  const day = Number(run.slice(12, 14))
  if (year < 1900 || month < 1 || month > 12) return false
  if (day < 1 || day > daysInMonth(year, month)) return false
  if (year * 10_000 + month * 100 + day > latestBirthAt(time)) return false
  return cardCheckDigit(run) === run.charAt(17).toUpperCase()
}

/**
 * Looks for an identity number standing alone, that is with no ASCII letter or digit on either
 * side: so a number is a whole run of ASCII letters and digits. `time` is that of the event, as sent: it
 * bounds the birth date. Only ASCII digits count: contract §2 names no others.
 */
export const findIdentity = (text: string, time: string): Identity | null => {
  const length = text.length
  if (length < MOBILE_LENGTH) return null
  let start = 0
  let digits = 0
  for (let i = 0; i <= length; i += 1) {
    const code = i < length ? text.charCodeAt(i) : 0
    if (code >= 48 && code <= 57) {
      digits += 1
      continue
    }
    const lower = code | 32
    if (lower >= 97 && lower <= 122) continue
    const run = i - start
    if (run === MOBILE_LENGTH && digits === MOBILE_LENGTH) {
      const second = text.charCodeAt(start + 1)
      if (text.charCodeAt(start) === 49 && second >= 51) return 'mobile'
    } else if (run === CARD_LENGTH && digits >= 17) {
      if (digitsButLast(text, start) && isCard(text.slice(start, i), time)) return 'card'
    }
    start = i + 1
    digits = 0
  }
  return null
}

/** Of 18 letters and digits with at most one letter: the letter, if any, is an X at the end. */
const digitsButLast = (text: string, start: number): boolean => {
  for (let i = start; i < start + 17; i += 1) {
    if (text.charCodeAt(i) > 57) return false
  }
  const last = text.charCodeAt(start + 17)
  return last <= 57 || last === 88 || last === 120
}
