import { lunarHolidays } from './lunar-holidays.ts'

export const secondMs = 1_000
export const minuteMs = 60_000
export const hourMs = 3_600_000
export const dayMs = 86_400_000

/** A local calendar day of the city. */
export type CityDay = {
  readonly index: number
  /** `YYYY-MM-DD`, local. */
  readonly date: string
  readonly year: number
  /** 0 January … 11 December. */
  readonly month: number
  /** 0 Sunday … 6 Saturday. */
  readonly weekday: number
  /** First instant of the day, epoch ms. */
  readonly startMs: number
  /** Offset from UTC that the day's stamps are written with. */
  readonly offsetMs: number
  readonly holiday: boolean
  readonly workday: boolean
  /** Days since the nearest Spring Festival (its first day is 0), within ±40; else undefined. */
  readonly springOffset: number | undefined
}

/** Consecutive days; asked for an instant outside them, the nearest day answers. */
export type CityCalendar = {
  readonly days: readonly CityDay[]
  readonly dayOf: (instantMs: number) => CityDay
  readonly dayAt: (index: number) => CityDay
  /** The last second of the n-th calendar day after the one `instantMs` lies in. */
  readonly endOfDayAfter: (instantMs: number, days: number) => number
}

const offsetReader = (timezone: string): ((instantMs: number) => number) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    timeZoneName: 'longOffset',
  })
  return (instantMs) => {
    const name =
      format.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const match = /([+-])(\d{2}):(\d{2})/.exec(name)
    if (match === null) return 0
    const minutes = Number(match[2]) * 60 + Number(match[3])
    return (match[1] === '-' ? -minutes : minutes) * minuteMs
  }
}

const springFestivals = [...lunarHolidays].map(([year, { springFestival }]) =>
  Date.parse(`${year}-${springFestival}T00:00:00Z`),
)

const springOffsetOf = (utcMidnight: number): number | undefined => {
  for (const festival of springFestivals) {
    const days = Math.round((utcMidnight - festival) / dayMs)
    if (Math.abs(days) <= 40) return days
  }
  return undefined
}

const isHoliday = (year: number, monthDay: string, springOffset: number | undefined): boolean =>
  (springOffset !== undefined && springOffset >= -1 && springOffset <= 6) ||
  monthDay === '01-01' ||
  (monthDay >= '04-04' && monthDay <= '04-06') ||
  (monthDay >= '05-01' && monthDay <= '05-05') ||
  (monthDay >= '10-01' && monthDay <= '10-07') ||
  monthDay === lunarHolidays.get(year)?.dragonBoat ||
  monthDay === lunarHolidays.get(year)?.midAutumn

/**
 * The local days that touch [fromMs, toMs]. Make-up workdays are not modelled: they are decreed
 * year by year, and the city is invented.
 */
export const cityCalendar = (fromMs: number, toMs: number, timezone: string): CityCalendar => {
  const offsetAt = offsetReader(timezone)
  const localMidnight = Math.floor((fromMs + offsetAt(fromMs)) / dayMs) * dayMs
  const days: CityDay[] = []
  for (let index = 0; ; index++) {
    const wall = localMidnight + index * dayMs
    // The offset a little before decides where midnight is; the one at midnight is written.
    const startMs = wall - offsetAt(wall - offsetAt(wall))
    if (startMs > toMs) break
    const date = new Date(wall)
    const iso = date.toISOString()
    const year = date.getUTCFullYear()
    const weekday = date.getUTCDay()
    const springOffset = springOffsetOf(wall)
    const holiday = isHoliday(year, iso.slice(5, 10), springOffset)
    days.push({
      index,
      date: iso.slice(0, 10),
      year,
      month: date.getUTCMonth(),
      weekday,
      startMs,
      offsetMs: offsetAt(startMs),
      holiday,
      workday: !holiday && weekday !== 0 && weekday !== 6,
      springOffset,
    })
  }

  const dayAt = (index: number): CityDay =>
    days[Math.min(Math.max(index, 0), days.length - 1)] as CityDay
  const dayOf = (instantMs: number): CityDay => {
    let index = Math.floor((instantMs - dayAt(0).startMs) / dayMs)
    // A change to or from daylight saving moves midnights by an hour or so, hence one day at most.
    if (dayAt(index).startMs > instantMs) index--
    else if (dayAt(index + 1).startMs <= instantMs) index++
    return dayAt(index)
  }
  const endOfDayAfter = (instantMs: number, count: number): number =>
    dayAt(dayOf(instantMs).index + count + 1).startMs - secondMs

  return { days, dayAt, dayOf, endOfDayAfter }
}

/** RFC 3339 with the given offset; the stamp names the instant whatever the offset. */
export const localStamp = (instantMs: number, offsetMs: number, milliseconds: boolean): string => {
  const wall = new Date(instantMs + offsetMs).toISOString()
  const minutes = Math.abs(offsetMs) / minuteMs
  const pad = (value: number) => String(value).padStart(2, '0')
  const offset = `${offsetMs < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
  return `${wall.slice(0, milliseconds ? 23 : 19)}${offset}`
}
