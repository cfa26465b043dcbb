/** A reading of a clock, written as if it were UTC (epoch ms), and the offset the text gave, if any. */
export type Reading = { readonly wallMs: number; readonly offsetMs?: number }

/** A pattern ready for use: the reading of a text that fits it whole, else undefined. */
export type DatetimePattern = (text: string) => Reading | undefined

const minuteMs = 60_000

/** The instant of calendar parts, as if UTC; undefined where the calendar has no such day or time. */
export const readingOf = (
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  milli: number,
): number | undefined => {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
    return undefined
  if (day > 28 && day > new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate())
    return undefined
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, milli)
  // Date.UTC takes the years 0–99 for 1900–1999.
  return year > 99 ? ms : new Date(ms).setUTCFullYear(year)
}

const offsetOf = (text: string): number | undefined => {
  if (text === 'Z' || text === 'z') return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(4, 6))
  if (hours > 23 || minutes > 59) return undefined
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minuteMs
}

const millisOf = (fraction: string): number => Number(fraction.padEnd(3, '0').slice(0, 3))

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/

/** RFC 3339 with an offset: T or a space between, any number of fraction digits (cut to the millisecond). */
export const parseRfc3339: DatetimePattern = (text) => {
  const found = rfc3339.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', offset = ''] = found
  const wallMs = readingOf(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    millisOf(fraction),
  )
  const offsetMs = offsetOf(offset)
  return wallMs === undefined || offsetMs === undefined ? undefined : { wallMs, offsetMs }
}

type Part = 'year' | 'shortYear' | 'month' | 'day' | 'hour24' | 'hour12' | 'minute' | 'second'
type Token = { readonly part: Part | 'fraction' | 'half' | 'offset'; readonly source: string }

const tokens: Readonly<Record<string, Token>> = {
  yyyy: { part: 'year', source: '(\\d{4})' },
  yy: { part: 'shortYear', source: '(\\d{2})' },
  MM: { part: 'month', source: '(\\d{2})' },
  M: { part: 'month', source: '(\\d{1,2})' },
  dd: { part: 'day', source: '(\\d{2})' },
  d: { part: 'day', source: '(\\d{1,2})' },
  HH: { part: 'hour24', source: '(\\d{2})' },
  H: { part: 'hour24', source: '(\\d{1,2})' },
  hh: { part: 'hour12', source: '(\\d{2})' },
  h: { part: 'hour12', source: '(\\d{1,2})' },
  mm: { part: 'minute', source: '(\\d{2})' },
  m: { part: 'minute', source: '(\\d{1,2})' },
  ss: { part: 'second', source: '(\\d{2})' },
  s: { part: 'second', source: '(\\d{1,2})' },
  a: { part: 'half', source: '([AaPp]\\.?[Mm]\\.?|上午|下午)' },
  XXX: { part: 'offset', source: '([Zz]|[+-]\\d\\d:\\d\\d)' },
}

const known = 'yyyy yy MM M dd d HH H hh h mm m ss s S… a XXX'

const asLiteral = (literal: string): string =>
  literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '\\s+')

/** Either the token of a run of letters, or the text that stands for itself; throws on neither. */
const tokenOf = (run: string): Token | string => {
  const token = tokens[run]
  if (token !== undefined) return token
  if (/^S{1,9}$/.test(run)) return { part: 'fraction', source: `(\\d{${run.length}})` }
  if (run === "'") throw new Error('a quotation mark is opened and not closed')
  if (run.startsWith("'")) return run === "''" ? "'" : run.slice(1, -1).replaceAll("''", "'")
  if (/^[A-Za-z]/.test(run))
    throw new Error(`"${run}" is not a date token; known are ${known}; quote text as 'text'`)
  return run
}

const check = (parts: ReadonlySet<string>): void => {
  if (!(parts.has('year') || parts.has('shortYear')) || !parts.has('month') || !parts.has('day'))
    throw new Error('a year, a month and a day are needed (yyyy, MM or M, dd or d)')
  if (parts.has('hour12') && !parts.has('half'))
    throw new Error('hh and h count half days and need `a` (AM/PM); write HH or H for 24 hours')
}

/** Two digits: 69–99 are 1969–1999, 00–68 are 2000–2068 (as POSIX has it). */
const fullYear = (short: number): number => short + (short > 68 ? 1900 : 2000)

const isAfternoon = (half: string): boolean => /^[Pp下]/.test(half)

/** The hour of 0–23, or undefined where the half of the day contradicts it. */
const hourOf = (hour: number, twelve: boolean, half: string | undefined): number | undefined => {
  if (!twelve) return half === undefined || isAfternoon(half) === hour >= 12 ? hour : undefined
  if (hour < 1 || hour > 12) return undefined
  return (hour % 12) + (isAfternoon(half ?? '') ? 12 : 0)
}

/**
 * Compiles a pattern of Unicode date tokens (`yyyy-MM-dd HH:mm:ss`, `M/d/yyyy hh:mm:ss a`,
 * `yyyy年M月d日`). White space in it fits any white space. Throws an Error that says what is wrong
 * with the pattern.
 */
export const compilePattern = (pattern: string): DatetimePattern => {
  const parts: string[] = []
  let source = ''
  for (const [run] of pattern.matchAll(/'(?:[^']|'')*'|([A-Za-z])\1*|\s+|./gsu)) {
    const token = tokenOf(run)
    if (typeof token === 'string') {
      source += asLiteral(token)
      continue
    }
    if (parts.includes(token.part))
      throw new Error(`"${run}" gives the ${token.part} a second time`)
    parts.push(token.part)
    source += token.source
  }
  check(new Set(parts))
  const shape = new RegExp(`^${source}$`, 'u')
  const group = (part: string): number => parts.indexOf(part) + 1
  const [year, shortYear, month, day] = [
    group('year'),
    group('shortYear'),
    group('month'),
    group('day'),
  ]
  const [hour24, hour12, half] = [group('hour24'), group('hour12'), group('half')]
  const [minute, second, fraction, zone] = [
    group('minute'),
    group('second'),
    group('fraction'),
    group('offset'),
  ]
  return (text) => {
    const found = shape.exec(text)
    if (found === null) return undefined
    // Group 0 is the whole text: a part that the pattern has not is 0.
    const number = (index: number): number => (index === 0 ? 0 : Number(found[index]))
    const hour = hourOf(number(hour12 || hour24), hour12 > 0, half === 0 ? undefined : found[half])
    if (hour === undefined) return undefined
    const wallMs = readingOf(
      year > 0 ? number(year) : fullYear(number(shortYear)),
      number(month),
      number(day),
      hour,
      number(minute),
      number(second),
      fraction === 0 ? 0 : millisOf(found[fraction] ?? ''),
    )
    if (wallMs === undefined || zone === 0) return wallMs === undefined ? undefined : { wallMs }
    const offsetMs = offsetOf(found[zone] ?? '')
    return offsetMs === undefined ? undefined : { wallMs, offsetMs }
  }
}
