import { civilOf, dayOf, dayText, type LocalDay, weekdayOf } from './local-day.ts'

/** Time keys of contract §5. */
export const grains = ['day', 'week', 'month', 'quarter', 'half', 'year'] as const
export type Grain = (typeof grains)[number]

export const isGrain = (text: string): text is Grain => (grains as readonly string[]).includes(text)

/** Months in a unit made of months; undefined for days and weeks. */
export const monthsIn: Readonly<Partial<Record<Grain, number>>> = {
  month: 1,
  quarter: 3,
  half: 6,
  year: 12,
}

/** Local days `from` inclusive, `to` exclusive. */
export type DayRange = { readonly from: LocalDay; readonly to: LocalDay }

/** A unit of the calendar, cut to a range; `label` is the time key of the whole unit. */
export type Period = DayRange & { readonly label: string }

/**
 * Months counted from year 0. With a month start of s > 1 the month named 2024-03 runs from day s
 * of February to day s-1 of March.
 */
const monthIndexOf = (day: LocalDay, monthStart: number): number => {
  const { year, month, day: dayOfMonth } = civilOf(day)
  return year * 12 + month - 1 + (monthStart > 1 && dayOfMonth >= monthStart ? 1 : 0)
}

const monthBegins = (index: number, monthStart: number): LocalDay => {
  const calendar = monthStart > 1 ? index - 1 : index
  return dayOf(Math.floor(calendar / 12), (calendar % 12) + 1, monthStart)
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

/** The unit of a grain that holds a day, whole. `monthStart` 1–28 is the day reporting months begin on. */
export const unitAt = (day: LocalDay, grain: Grain, monthStart: number): Period => {
  if (grain === 'day') return { label: dayText(day), from: day, to: day + 1 }
  if (grain === 'week') {
    const monday = day - weekdayOf(day) + 1
    const { year } = civilOf(monday + 3) // an ISO week belongs to the year of its Thursday
    const number = Math.floor((monday + 3 - dayOf(year, 1, 1)) / 7) + 1
    return { label: `${pad(year, 4)}-W${pad(number, 2)}`, from: monday, to: monday + 7 }
  }
  const months = monthsIn[grain] ?? 1
  const first = Math.floor(monthIndexOf(day, monthStart) / months) * months
  const year = pad(Math.floor(first / 12), 4)
  const within = Math.floor((first % 12) / months) + 1
  const label = {
    month: `${year}-${pad(within, 2)}`,
    quarter: `${year}-Q${within}`,
    half: `${year}-H${within}`,
    year,
  }[grain]
  return {
    label,
    from: monthBegins(first, monthStart),
    to: monthBegins(first + months, monthStart),
  }
}

/** Every unit that meets [from, to), in order; the first and the last are cut to it. */
export const periodsIn = (
  { from, to }: DayRange,
  grain: Grain,
  monthStart: number,
): readonly Period[] => {
  const periods: Period[] = []
  for (let day = from; day < to; ) {
    const unit = unitAt(day, grain, monthStart)
    const end = Math.min(unit.to, to)
    periods.push({ label: unit.label, from: day, to: end })
    day = end
  }
  return periods
}

/**
 * The grain a range is exactly one unit of; undefined where it is none. With a grain given (that of
 * a row's time key) only that one counts: a year cut to its first half is no unit among years.
 */
export const wholeUnit = (
  { from, to }: DayRange,
  monthStart: number,
  grain?: Grain,
): Grain | undefined =>
  (grain === undefined ? grains : [grain]).find((candidate) => {
    const unit = unitAt(from, candidate, monthStart)
    return unit.from === from && unit.to === to
  })
