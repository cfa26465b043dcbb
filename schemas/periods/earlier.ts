import { type DayRange, type Grain, monthsIn, unitAt, wholeUnit } from './grains.ts'
import { addMonths, type LocalDay } from './local-day.ts'

export const comparisons = ['yoy', 'mom'] as const
export type Comparison = (typeof comparisons)[number]

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

/** Contract §4, comparisons. `monthStart` 1–28; `grain` is that of the row's time key, if it has one. */
export const earlierPeriod = (
  comparison: Comparison,
  period: DayRange,
  monthStart: number,
  grain?: Grain,
): Earlier => (comparison === 'yoy' ? yearEarlier(period) : unitBefore(period, monthStart, grain))
