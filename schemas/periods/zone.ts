import { dayText, type LocalDay } from './local-day.ts'

const DAY_MS = 86_400_000

/** A clock reading in some zone: the day, and milliseconds since its midnight on the clock. */
export type WallClock = { readonly day: LocalDay; readonly msOfDay: number }

/**
 * One time zone's calendar. Days are those of the wall clock. A wall-clock time that daylight
 * saving skips moves forward by the gap; one that occurs twice is the first (as in contract §6).
 */
export type Zone = {
  readonly name: string
  /** What the clock shows at an instant (epoch ms). */
  readonly wallAt: (instant: number) => WallClock
  /** The instant (epoch ms) at which the clock shows this. */
  readonly instantAt: (wall: WallClock) => number
  /** First instant of a local day: midnight, or what follows it where midnight is skipped. */
  readonly startOf: (day: LocalDay) => number
  /** RFC 3339 with the zone's offset; milliseconds only where there are any. */
  readonly format: (instant: number) => string
}

const offsetReader = (name: string): ((instant: number) => number) => {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (instant) => {
    const second = Math.floor(instant / 1000) * 1000
    const field: Record<string, number> = {}
    for (const { type, value } of clock.formatToParts(second)) field[type] = Number(value)
    const shown = Date.UTC(
      field['year'] ?? 0,
      (field['month'] ?? 1) - 1,
      field['day'],
      field['hour'],
      field['minute'],
      field['second'],
    )
    return shown - second
  }
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

const timeText = (msOfDay: number): string => {
  const ms = msOfDay % 1000
  const seconds = Math.floor(msOfDay / 1000)
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => pad(part, 2))
    .join(':')
  return ms === 0 ? time : `${time}.${pad(ms, 3)}`
}

const offsetText = (offset: number): string => {
  const minutes = Math.abs(offset) / 60_000
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`
}

/** `name` is an IANA name the platform knows; others throw a RangeError. */
export const zoneOf = (name: string): Zone => {
  const offsetAt = offsetReader(name)

  const wallAt = (instant: number): WallClock => {
    const shown = instant + offsetAt(instant)
    const day = Math.floor(shown / DAY_MS)
    return { day, msOfDay: shown - day * DAY_MS }
  }

  /** Offsets in force a day before and a day after: no zone changes twice within that time. */
  const offsetsAround = (shown: number): readonly [number, number] => [
    offsetAt(shown - DAY_MS),
    offsetAt(shown + DAY_MS),
  ]

  const instantAt = ({ day, msOfDay }: WallClock): number => {
    const shown = day * DAY_MS + msOfDay
    const [before, after] = offsetsAround(shown)
    if (before === after) return shown - before
    // the earlier of two readings comes with the offset before the change
    for (const offset of [before, after])
      if (offsetAt(shown - offset) === offset) return shown - offset
    return shown - before
  }

  const startOf = (day: LocalDay): number => {
    const shown = day * DAY_MS
    const [before, after] = offsetsAround(shown)
    if (before === after) return shown - before
    for (const offset of [before, after])
      if (offsetAt(shown - offset) === offset) return shown - offset
    // midnight is skipped: the day begins when the clock jumps, somewhere between the two readings
    let [early, late] = [shown - after, shown - before]
    while (late - early > 1) {
      const middle = Math.floor((early + late) / 2)
      if (offsetAt(middle) === before) early = middle
      else late = middle
    }
    return late
  }

  const format = (instant: number): string => {
    const offset = offsetAt(instant)
    // offsets of local mean time have seconds, which RFC 3339 cannot write
    const written = offset % 60_000 === 0 ? offset : 0
    const shown = instant + written
    const day = Math.floor(shown / DAY_MS)
    const suffix = written === offset ? offsetText(offset) : 'Z'
    return `${dayText(day)}T${timeText(shown - day * DAY_MS)}${suffix}`
  }

  return { name, wallAt, instantAt, startOf, format }
}
