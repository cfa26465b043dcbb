import { Temporal } from 'temporal-polyfill'
import { localTime, startOfDay } from './local-time.ts'

export const grains = ['day', 'week', 'month', 'quarter', 'half', 'year'] as const
export type Grain = (typeof grains)[number]

/** Local calendar days, `to` not included, and the key under which a figure shows them. */
export type Period = { key: string; from: Temporal.PlainDate; to: Temporal.PlainDate }

const pad = (value: number): string => String(value).padStart(2, '0')

/**
 * The key of the unit a day lies in: 2024-01-31, 2024-W05, 2024-01, 2024-Q1, 2024-H1, 2024.
 * @param monthStart day on which the month before begins this month; 1 is the calendar's own
 */
export const keyOf = (grain: Grain, date: Temporal.PlainDate, monthStart: number): string => {
  if (grain === 'day') return date.toString()
  if (grain === 'week') return `${date.yearOfWeek}-W${pad(date.weekOfYear ?? 0)}`
  const inNextMonth = monthStart > 1 && date.day >= monthStart
  const { year, month } = date.toPlainYearMonth().add({ months: inNextMonth ? 1 : 0 })
  if (grain === 'month') return `${year}-${pad(month)}`
  if (grain === 'quarter') return `${year}-Q${Math.ceil(month / 3)}`
  if (grain === 'half') return `${year}-H${Math.ceil(month / 6)}`
  return `${year}`
}

/** The units of a grain that a range touches, in order, the first and last cut to the range. */
export const periodsIn = (range: Period, grain: Grain, monthStart: number): Period[] => {
  const periods: Period[] = []
  let date = range.from
  while (Temporal.PlainDate.compare(date, range.to) < 0) {
    const key = keyOf(grain, date, monthStart)
    const next = date.add({ days: 1 })
    const current = periods.at(-1)
    if (current?.key === key) current.to = next
    else periods.push({ key, from: date, to: next })
    date = next
  }
  return periods
}

/** Whether a period is one whole unit of a grain. */
const isUnit = ({ from, to }: Period, grain: Grain, monthStart: number): boolean => {
  const key = keyOf(grain, from, monthStart)
  const last = to.subtract({ days: 1 })
  return (
    keyOf(grain, last, monthStart) === key &&
    keyOf(grain, from.subtract({ days: 1 }), monthStart) !== key &&
    keyOf(grain, to, monthStart) !== key
  )
}

/** An earlier period to compare with, and how to find an instant of the same age. */
export type Earlier = { period: Period; shift: (at: number) => number }

const shiftBy =
  (timezone: string, back: Temporal.DurationLike) =>
  (at: number): number => {
    const local = localTime(at, timezone).toPlainDateTime().subtract(back)
    return local.toZonedDateTime(timezone).epochMilliseconds
  }

/** The same dates a year earlier: 29 February becomes 28 February as `from`, 1 March as `to`. */
export const aYearEarlier = (period: Period, timezone: string): Earlier => {
  const { from, to } = period
  const isLeapDay = to.month === 2 && to.day === 29
  return {
    period: {
      ...period,
      from: from.subtract({ years: 1 }),
      to: (isLeapDay ? to.add({ days: 1 }) : to).subtract({ years: 1 }),
    },
    shift: shiftBy(timezone, { years: 1 }),
  }
}

const lengths: Readonly<Record<Grain, Temporal.DurationLike>> = {
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  quarter: { months: 3 },
  half: { months: 6 },
  year: { years: 1 },
}

/** The unit before, where the period is one whole unit; else the days before it, as many as it has. */
export const thePeriodBefore = (
  period: Period,
  monthStart: number,
  timezone: string,
  grain: Grain | undefined,
): Earlier => {
  const candidates = grain === undefined ? grains : [grain]
  const unit = candidates.find((candidate) => isUnit(period, candidate, monthStart))
  const { from, to } = period
  if (unit === undefined) {
    const back = { days: from.until(to, { largestUnit: 'days' }).days }
    return {
      period: { ...period, from: from.subtract(back), to: from },
      shift: shiftBy(timezone, back),
    }
  }
  let start = from.subtract({ days: 1 })
  const key = keyOf(unit, start, monthStart)
  while (keyOf(unit, start.subtract({ days: 1 }), monthStart) === key) {
    start = start.subtract({ days: 1 })
  }
  return {
    period: { ...period, from: start, to: from },
    shift: shiftBy(timezone, lengths[unit]),
  }
}

const chineseMonthAndDay = new Intl.DateTimeFormat('en-u-ca-chinese', {
  timeZone: 'UTC',
  month: 'numeric',
  day: 'numeric',
})
const festivals = new Map<number, Temporal.PlainDate>()

/** The day the platform's Chinese calendar begins a year on. */
const springFestival = (year: number): Temporal.PlainDate => {
  let date = festivals.get(year) ?? new Temporal.PlainDate(year, 1, 20)
  while (chineseMonthAndDay.format(startOfDay(date, 'UTC')) !== '1/1') date = date.add({ days: 1 })
  festivals.set(year, date)
  return date
}

/** As far from the Spring Festival of the year before as its first day is from that year's own. */
export const aLunarYearEarlier = (period: Period, timezone: string): Earlier => {
  const { from, to } = period
  const { days } = springFestival(from.year - 1).until(springFestival(from.year), {
    largestUnit: 'days',
  })
  return {
    period: { ...period, from: from.subtract({ days }), to: to.subtract({ days }) },
    shift: shiftBy(timezone, { days }),
  }
}

/** From the beginning of the year its last day lies in to its end. */
export const yearToDate = (period: Period, monthStart: number): Period => {
  const last = period.to.subtract({ days: 1 })
  let from = last
  while (keyOf('year', from.subtract({ days: 1 }), monthStart) === keyOf('year', last, monthStart))
    from = from.subtract({ days: 1 })
  return { ...period, from }
}

/** A period as instants, epoch ms, `to` not included. */
export type Span = { from: number; to: number }

export const spanOf = ({ from, to }: Period, timezone: string): Span => ({
  from: startOfDay(from, timezone),
  to: startOfDay(to, timezone),
})
