import { Temporal } from 'temporal-polyfill'
import { addLocalDays, endOfDay } from './local-time.ts'

const day = 86_400_000

const local = (wallClock: string, timezone: string): number =>
  Temporal.PlainDateTime.from(wallClock).toZonedDateTime(timezone).epochMilliseconds

/** The edges of what an event's `time` may be (contract §2 as built: 1900 up to before 2200). */
export const earliestStamp = Date.UTC(1900, 0, 1)
export const latestStamp = Date.UTC(2200, 0, 1) - 1

/**
 * Moments (epoch ms) to hang a history on. The first and fourth lie sixty local days before New York
 * changes its clocks, the third in the hour it skips; the others are a leap day's last millisecond
 * and a year's end.
 */
export const anchors = (timezone: string): number[] => [
  local('2024-01-10T00:00:00', timezone),
  local('2024-02-29T23:59:59.999', timezone),
  local('2024-03-10T02:30:00', timezone),
  local('2024-09-04T01:30:00', timezone),
  local('2023-12-31T12:00:00', timezone),
]

/** Everything in contract §3 that can turn on a millisecond after (or before) an anchor. */
export const boundariesAround = (anchor: number, timezone: string): number[] => {
  const limits = [0, 15, 30, 60].flatMap((days) => {
    const end = endOfDay(anchor, days, timezone)
    return [end - 1, end, end + 1]
  })
  const extended = [1, 15, 30].flatMap((days) => {
    const end = addLocalDays(endOfDay(anchor, 60, timezone), days, timezone)
    return [end, end + 1]
  })
  const windows = [30, 60, 90, 180].flatMap((days) => {
    const end = anchor + days * day
    return [end - 1, end, end + 1]
  })
  const near = [anchor - day, anchor - 1, anchor, anchor + 1, anchor + 3_600_000, anchor + day]
  return [...near, ...limits, ...extended, ...windows].sort((a, b) => a - b)
}

/**
 * Limits set by hand that an extension of 1 or 30 days moves into the hour New York skips
 * (10 March 2024, 02:30) or the one it has twice (3 November 2024, 01:30).
 */
export const awkwardDueTimes = (timezone: string): number[] => [
  local('2024-03-09T02:30:00', timezone),
  local('2024-02-09T02:30:00', timezone),
  local('2024-11-02T01:30:00', timezone),
  local('2024-10-04T01:30:00', timezone),
]
