import { type DayRange, type Grain, monthsIn, unitAt, wholeUnit } from './grains.ts'
import { addMonths, type LocalDay } from './local-day.ts'
import { lunarYearBefore } from './spring-festival.ts'

/**
 * yoy the same dates a year earlier; mom the unit before; ytd the year up to the period's end, and the
 * same of the year before; lunar as many days before or after the Spring Festival a year earlier;
 * share a cell's part of the total.
 */
export const comparisons = ['yoy', 'mom', 'ytd', 'lunar', 'share'] as const
export type Comparison = (typeof comparisons)[number]

/** Those with an earlier period. */
export type Earlierness = Exclude<Comparison, 'ytd' | 'share'>

/** The period a figure is compared with, and how a day of today (that of asOf) maps to then. */
export type Earlier = DayRange & { readonly dayThen: (day: LocalDay) => LocalDay }

/** The same dates a year earlier: 29 February becomes 28 February, and 1 March as an end. */
const yearEarlier = ({ from, to }: DayRange): Earlier => ({
  from: addMonths(from, -12),
  to: addMonths(to, -12, 'next'),
  dayThen: (day) => addMonths(day, -12),
})

const unitEarlier = (grain: Grain, day: LocalDay): LocalDay => {
  const months = monthsIn[grain]
  if (months !== undefined) return addMonths(day, -months)
  return day - (grain === 'week' ? 7 : 1)
}

/** The preceding unit where the period is a whole one, else the period of the same length just before. */
const unitBefore = (period: DayRange, monthStart: number, grain?: Grain): Earlier => {
  const whole = wholeUnit(period, monthStart, grain)
  if (whole === undefined) {
    const days = period.to - period.from
    return { from: period.from - days, to: period.from, dayThen: (day) => day - days }
  }
  const { from, to } = unitAt(period.from - 1, whole, monthStart)
  return { from, to, dayThen: (day) => unitEarlier(whole, day) }
}

/** The same distance from the Spring Festival of the year before; that of the period's first day counts. */
const lunarEarlier = ({ from, to }: DayRange): Earlier => {
  const days = lunarYearBefore(from)
  return { from: from - days, to: to - days, dayThen: (day) => day - days }
}

/** From the beginning of the year the period ends in to its end. */
export const yearToDate = ({ to }: DayRange, monthStart: number): DayRange => ({
  from: unitAt(to - 1, 'year', monthStart).from,
  to,
})

/** Contract §4, comparisons. `monthStart` 1–28; `grain` is that of the row's time key, if it has one. */
export const earlierPeriod = (
  comparison: Earlierness,
  period: DayRange,
  monthStart: number,
  grain?: Grain,
): Earlier => {
  if (comparison === 'yoy') return yearEarlier(period)
  return comparison === 'lunar' ? lunarEarlier(period) : unitBefore(period, monthStart, grain)
}
