const dayMs = 86_400_000

/** Turns wall-clock readings of one time zone into instants. */
export type WallClock = {
  /**
   * `wallMs` is the reading, written as if it were UTC (epoch ms); the result is the instant (epoch
   * ms). A reading that daylight saving skips moves forward by the gap; one that occurs twice is the
   * first.
   */
  readonly toInstant: (wallMs: number) => number
}

/** Whether the runtime knows the IANA zone `timeZone`. */
export const isTimeZone = (timeZone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone })
    return true
  } catch {
    return false
  }
}

const offsetReader = (timeZone: string): ((instant: number) => number) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (instant) => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
    const whole = Math.floor(instant / 1000) * 1000
    return Date.UTC(year, month - 1, day, hour, minute, second) - whole
  }
}

/**
 * Asking the runtime for an offset costs microseconds and a ledger has hundreds of thousands of
 * stamps of few days, so offsets at the midnights (UTC) are kept. Zones change their offset at most
 * once within four days, which is all that `toInstant` looks at.
 */
export const wallClock = (timeZone: string): WallClock => {
  const offsetAt = offsetReader(timeZone)
  const midnights = new Map<number, number>()
  const offsetAtMidnight = (day: number): number => {
    const known = midnights.get(day)
    if (known !== undefined) return known
    const offset = offsetAt(day * dayMs)
    midnights.set(day, offset)
    return offset
  }
  return {
    toInstant: (wallMs) => {
      const day = Math.floor(wallMs / dayMs)
      const before = offsetAtMidnight(day - 1)
      const after = offsetAtMidnight(day + 2)
      if (before === after) return wallMs - before
      // Of the readings with either offset, those that hold are real; the earlier one is the first.
      const candidates = [wallMs - before, wallMs - after].sort((a, b) => a - b)
      for (const instant of candidates) if (wallMs - offsetAt(instant) === instant) return instant
      return wallMs - before
    },
  }
}
