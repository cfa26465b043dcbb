import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { compilePattern, parseRfc3339 } from '../../../producers/ledger/datetime-pattern.ts'
import { wallClock } from '../../../producers/ledger/wall-clock.ts'

const wall = (pattern: string, text: string): string | undefined => {
  const reading = compilePattern(pattern)(text)
  return reading === undefined ? undefined : new Date(reading.wallMs).toISOString()
}

describe('date patterns', () => {
  it.each([
    ['yyyy-MM-dd HH:mm:ss', '2024-02-29 23:59:58', '2024-02-29T23:59:58.000Z'],
    ['yyyy-MM-dd', '2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['yyyy/M/d H:mm', '2024/1/5 9:05', '2024-01-05T09:05:00.000Z'],
    ['yyyy/M/d H:mm', '2024/11/15 19:05', '2024-11-15T19:05:00.000Z'],
    ['MM/dd/yyyy hh:mm:ss a', '04/12/2018 12:00:00 AM', '2018-04-12T00:00:00.000Z'],
    ['MM/dd/yyyy hh:mm:ss a', '04/12/2018 12:00:00 PM', '2018-04-12T12:00:00.000Z'],
    ['M/d/yyyy h:mm a', '4/2/2018 1:07 pm', '2018-04-02T13:07:00.000Z'],
    ['yyyy年M月d日', '2024年3月5日', '2024-03-05T00:00:00.000Z'],
    ['yyyy年M月d日 a h:mm', '2024年3月5日 下午 3:20', '2024-03-05T15:20:00.000Z'],
    ['yyyyMMddHHmmss', '20240305112233', '2024-03-05T11:22:33.000Z'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSS", '2024-03-05T11:22:33.045', '2024-03-05T11:22:33.045Z'],
    ['yyyy-MM-dd HH:mm:ss.SSSSSS', '2024-03-05 11:22:33.045999', '2024-03-05T11:22:33.045Z'],
    ["d 'of' M yyyy", '5 of 3 2024', '2024-03-05T00:00:00.000Z'],
    ["d ''yy", undefined, undefined],
    ['dd.MM.yy', '05.03.24', '2024-03-05T00:00:00.000Z'],
    ['dd.MM.yy', '05.03.98', '1998-03-05T00:00:00.000Z'],
  ])('%s reads %s', (pattern, text, expected) => {
    if (text === undefined) expect(() => compilePattern(pattern)).toThrow('a month')
    else expect(wall(pattern, text)).toBe(expected)
  })

  it.each([
    ['yyyy-MM-dd', '2023-02-29'],
    ['yyyy-MM-dd', '2024-13-01'],
    ['yyyy-MM-dd', '2024-1-5'],
    ['yyyy-MM-dd', '2024-01-05 00:00'],
    ['yyyy-MM-dd', '1900-02-29'],
    ['yyyy-MM-dd HH:mm', '2024-01-05 24:00'],
    ['yyyy-MM-dd HH:mm:ss', '2024-01-05 10:00:60'],
    ['MM/dd/yyyy hh:mm a', '04/12/2018 13:00 PM'],
    ['MM/dd/yyyy hh:mm a', '04/12/2018 00:30 AM'],
    ['yyyy-MM-dd', ''],
  ])('%s refuses %s', (pattern, text) => {
    expect(wall(pattern, text)).toBeUndefined()
  })

  it('reads an offset', () => {
    expect(compilePattern('yyyy-MM-dd HH:mm:ssXXX')('2024-01-05 10:00:00-05:30')).toEqual({
      wallMs: Date.UTC(2024, 0, 5, 10),
      offsetMs: -5.5 * 3_600_000,
    })
  })

  it.each([
    ['yyyy-MM-DD', '"DD" is not a date token'],
    ['yyyy-MM-ddTHH:mm', '"T" is not a date token'],
    ['yyyy-MMM-dd', '"MMM"'],
    ['HH:mm', 'a year, a month and a day'],
    ['yyyy-MM-dd hh:mm', 'need `a`'],
    ["yyyy-MM-dd 'at HH", 'not closed'],
    ['yyyy-MM-dd dd', 'a second time'],
  ])('%s is refused with a reason', (pattern, reason) => {
    expect(() => compilePattern(pattern)).toThrow(reason)
  })

  it.each([
    ['2024-01-05T10:00:00Z', '2024-01-05T10:00:00.000Z'],
    ['2024-01-05 10:00:00+08:00', '2024-01-05T02:00:00.000Z'],
    ['2024-01-05t10:00:00.123456789z', '2024-01-05T10:00:00.123Z'],
    ['2024-01-05T10:00:00.9-03:30', '2024-01-05T13:30:00.900Z'],
  ])('RFC 3339 %s is understood', (text, expected) => {
    const reading = parseRfc3339(text)
    expect(new Date((reading?.wallMs ?? 0) - (reading?.offsetMs ?? 0)).toISOString()).toBe(expected)
  })

  it('gives back any instant written in any pattern with all parts', () => {
    const instant = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) - 1 })
    const parse = compilePattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
    fc.assert(
      fc.property(instant, (ms) => {
        expect(parse(new Date(ms).toISOString())).toEqual({ wallMs: ms, offsetMs: 0 })
      }),
    )
  })
})

describe('wall-clock time', () => {
  const instant = (zone: string, reading: string): string =>
    new Date(wallClock(zone).toInstant(Date.parse(`${reading}Z`))).toISOString()

  it('moves a skipped time forward by the gap', () => {
    expect(instant('America/New_York', '2024-03-10T02:30:00')).toBe('2024-03-10T07:30:00.000Z')
    // The whole of 30 December 2011 was skipped in Samoa.
    expect(instant('Pacific/Apia', '2011-12-30T12:00:00')).toBe('2011-12-30T22:00:00.000Z')
  })

  it('takes the first of two equal times', () => {
    expect(instant('America/New_York', '2024-11-03T01:30:00')).toBe('2024-11-03T05:30:00.000Z')
    // Daylight saving of Shanghai ended on 15 September 1991 at 02:00.
    expect(instant('Asia/Shanghai', '1991-09-15T01:30:00')).toBe('1991-09-14T16:30:00.000Z')
  })

  it('agrees with the Temporal standard near clock changes and far from them', () => {
    const zones = [
      'Asia/Shanghai',
      'America/New_York',
      'Pacific/Apia',
      'Australia/Lord_Howe',
      'UTC',
    ]
    const anchors = [Date.UTC(2024, 2, 10), Date.UTC(2024, 10, 3), Date.UTC(1991, 8, 15)]
    const reading = fc.oneof(
      fc.integer({ min: Date.UTC(1905, 0, 1), max: Date.UTC(2100, 0, 1) }),
      fc
        .tuple(
          fc.constantFrom(...anchors),
          fc.integer({ min: -2, max: 2 }),
          fc.integer({ min: 0, max: 95 }),
        )
        .map(([anchor, days, quarters]) => anchor + days * 86_400_000 + quarters * 900_000),
    )
    const clocks = new Map(zones.map((zone) => [zone, wallClock(zone)]))
    fc.assert(
      fc.property(fc.constantFrom(...zones), reading, (zone, ms) => {
        const plain = new Date(ms).toISOString().slice(0, -1)
        const expected = Temporal.PlainDateTime.from(plain).toZonedDateTime(zone).epochMilliseconds
        expect(clocks.get(zone)?.toInstant(ms)).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })
})
