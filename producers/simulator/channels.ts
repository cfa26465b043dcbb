import type { CityDay } from './calendar.ts'

export const channels = ['letter', 'visit', 'call', 'online'] as const
export type Channel = (typeof channels)[number]

type Rhythm = {
  /** Share of the petitions at the start of 2020, and what it gains in a year. */
  readonly share: number
  readonly drift: number
  readonly floor: number
  readonly ceiling: number
  /** Sunday to Saturday. */
  readonly week: readonly number[]
  readonly holiday: number
}

const rhythms: Readonly<Record<Channel, Rhythm>> = {
  letter: {
    share: 0.17,
    drift: -0.012,
    floor: 0.04,
    ceiling: 0.3,
    week: [0.05, 1.2, 1.05, 1, 1, 0.9, 0.1],
    holiday: 0.05,
  },
  visit: {
    share: 0.24,
    drift: -0.009,
    floor: 0.1,
    ceiling: 0.35,
    week: [0.06, 1.35, 1.1, 1, 0.95, 0.8, 0.1],
    holiday: 0.06,
  },
  call: {
    share: 0.31,
    drift: -0.006,
    floor: 0.15,
    ceiling: 0.35,
    week: [0.55, 1.1, 1.02, 1, 1, 0.98, 0.65],
    holiday: 0.5,
  },
  online: {
    share: 0.28,
    drift: 0.027,
    floor: 0.1,
    ceiling: 0.6,
    week: [0.68, 1.08, 1.03, 1, 1, 0.95, 0.72],
    holiday: 0.55,
  },
}

/** Quiet before and during the Spring Festival, busier when people are back. */
const springFactor = (offset: number | undefined): number => {
  if (offset === undefined) return 1
  if (offset >= -6 && offset < -1) return 0.7
  if (offset >= -1 && offset <= 6) return 0.35
  if (offset >= 7 && offset <= 9) return 0.8
  if (offset >= 10 && offset <= 24) return 1.12
  return 1
}

const monthFactors = [0.97, 0.92, 1.08, 1.04, 1.02, 1.03, 1.02, 0.99, 1.01, 0.97, 1, 0.95]

/** Expected petitions of a channel on a day, in an arbitrary unit. */
export const channelWeight = (channel: Channel, day: CityDay): number => {
  const rhythm = rhythms[channel]
  const years = day.year + day.month / 12 - 2020
  const share = Math.min(
    Math.max(rhythm.share + rhythm.drift * years, rhythm.floor),
    rhythm.ceiling,
  )
  const week = rhythm.week[day.weekday] ?? 1
  return (
    share *
    (day.holiday ? Math.min(rhythm.holiday, week) : week) *
    springFactor(day.springOffset) *
    (monthFactors[day.month] ?? 1) *
    1.03 ** years
  )
}
