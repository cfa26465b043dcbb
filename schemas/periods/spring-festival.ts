import { PulseError } from '../errors.ts'
import { civilOf, dayOf, type LocalDay } from './local-day.ts'

/**
 * First day of the Chinese year (month and day), 1970 to 2100, ten years a line: the Purple Mountain
 * Observatory's calendar, as ICU computes it. A table, so that a figure does not depend on the platform.
 */
const FIRST_DAYS = `
0206 0127 0215 0203 0123 0211 0131 0218 0207 0128
0216 0205 0125 0213 0202 0220 0209 0129 0217 0206
0127 0215 0204 0123 0210 0131 0219 0207 0128 0216
0205 0124 0212 0201 0122 0209 0129 0218 0207 0126
0214 0203 0123 0210 0131 0219 0208 0128 0216 0205
0125 0212 0201 0122 0210 0129 0217 0207 0126 0213
0202 0123 0211 0131 0219 0208 0128 0215 0204 0124
0212 0201 0122 0210 0130 0217 0206 0126 0214 0202
0123 0211 0201 0219 0208 0128 0215 0204 0124 0212
0202 0121 0209 0129 0217 0205 0126 0214 0203 0123
0211 0131 0219 0207 0127 0215 0205 0124 0212 0202
0122 0209 0129 0217 0206 0126 0214 0203 0124 0210
0130 0218 0207 0127 0215 0205 0125 0212 0201 0121
0209
`
  .trim()
  .split(/\s+/)

const FIRST_YEAR = 1970

/** The day of the Spring Festival in a year; USAGE where the table does not reach. */
export const springFestivalOf = (year: number): LocalDay => {
  const text = FIRST_DAYS[year - FIRST_YEAR]
  if (text === undefined)
    throw new PulseError(
      'USAGE',
      `--compare lunar: the Spring Festival of ${year} is not known; it is from ${FIRST_YEAR} to ${FIRST_YEAR + FIRST_DAYS.length - 1}.`,
    )
  return dayOf(year, Number(text.slice(0, 2)), Number(text.slice(2)))
}

/** Days from the Spring Festival of the year before to that of the year `day` lies in: 354 to 385. */
export const lunarYearBefore = (day: LocalDay): number => {
  const { year } = civilOf(day)
  return springFestivalOf(year) - springFestivalOf(year - 1)
}
