import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Earlierness, earlierPeriod, yearToDate } from '../../../schemas/periods/earlier.ts'
import { type Grain, grains, periodsIn, unitAt } from '../../../schemas/periods/grains.ts'
import { addMonths, dayText, parseDay } from '../../../schemas/periods/local-day.ts'

const d = (text: string) => parseDay(text, 'date')
const range = (from: string, to: string) => ({ from: d(from), to: d(to) })
const texts = ({ from, to }: { from: number; to: number }) => [dayText(from), dayText(to)]
const unit = (text: string, grain: Grain, monthStart = 1) => {
  const { label, ...rest } = unitAt(d(text), grain, monthStart)
  return [label, ...texts(rest)]
}

describe('time keys', () => {
  it.each([
    ['2020-12-31', '2020-W53', '2020-12-28', '2021-01-04'],
    ['2021-01-03', '2020-W53', '2020-12-28', '2021-01-04'],
    ['2021-01-04', '2021-W01', '2021-01-04', '2021-01-11'],
    ['2018-12-31', '2019-W01', '2018-12-31', '2019-01-07'],
    ['2016-01-01', '2015-W53', '2015-12-28', '2016-01-04'],
    ['1900-01-01', '1900-W01', '1900-01-01', '1900-01-08'],
  ])('%s lies in the ISO week %s', (day, ...expected) => {
    expect(unit(day, 'week')).toEqual(expected)
  })

  it('are those of the calendar when months begin on the first', () => {
    expect(unit('2024-02-29', 'month')).toEqual(['2024-02', '2024-02-01', '2024-03-01'])
    expect(unit('2024-06-30', 'quarter')).toEqual(['2024-Q2', '2024-04-01', '2024-07-01'])
    expect(unit('2024-07-01', 'half')).toEqual(['2024-H2', '2024-07-01', '2025-01-01'])
    expect(unit('2299-12-31', 'year')).toEqual(['2299', '2299-01-01', '2300-01-01'])
  })

  it('are made of reporting months when those begin on the 21st', () => {
    expect(unit('2024-02-20', 'month', 21)).toEqual(['2024-02', '2024-01-21', '2024-02-21'])
    expect(unit('2024-02-21', 'month', 21)).toEqual(['2024-03', '2024-02-21', '2024-03-21'])
    expect(unit('2023-12-21', 'quarter', 21)).toEqual(['2024-Q1', '2023-12-21', '2024-03-21'])
    expect(unit('2023-12-20', 'half', 21)).toEqual(['2023-H2', '2023-06-21', '2023-12-21'])
    expect(unit('2023-12-21', 'year', 21)).toEqual(['2024', '2023-12-21', '2024-12-21'])
    expect(unit('2024-02-21', 'day', 21)).toEqual(['2024-02-21', '2024-02-21', '2024-02-22'])
  })

  it('cut the first and the last unit to the range', () => {
    const periods = periodsIn(range('2024-01-15', '2024-03-10'), 'month', 1)
    expect(periods.map(({ label, ...rest }) => [label, ...texts(rest)])).toEqual([
      ['2024-01', '2024-01-15', '2024-02-01'],
      ['2024-02', '2024-02-01', '2024-03-01'],
      ['2024-03', '2024-03-01', '2024-03-10'],
    ])
  })

  it('cover a range without gap or overlap, each label once', () => {
    const anyRange = fc
      .tuple(fc.integer({ min: -25_567, max: 120_000 }), fc.integer({ min: 1, max: 900 }))
      .map(([from, length]) => ({ from, to: from + length }))
    const anyStart = fc.integer({ min: 1, max: 28 })
    fc.assert(
      fc.property(anyRange, fc.constantFrom(...grains), anyStart, (whole, grain, monthStart) => {
        const periods = periodsIn(whole, grain, monthStart)
        expect(periods[0]?.from).toBe(whole.from)
        expect(periods.at(-1)?.to).toBe(whole.to)
        for (const [index, { to }] of periods.slice(0, -1).entries())
          expect(periods[index + 1]?.from).toBe(to)
        expect(new Set(periods.map(({ label }) => label)).size).toBe(periods.length)
      }),
    )
  })
})

describe('the earlier period', () => {
  const earlier = (
    comparison: Earlierness,
    from: string,
    to: string,
    options: { grain?: Grain; monthStart?: number } = {},
  ) => texts(earlierPeriod(comparison, range(from, to), options.monthStart ?? 1, options.grain))

  it.each([
    ['2024-02-29', '2024-03-01', '2023-02-28', '2023-03-01'],
    ['2024-01-01', '2024-02-29', '2023-01-01', '2023-03-01'],
    ['2025-02-28', '2025-03-01', '2024-02-28', '2024-03-01'],
    ['2024-01-01', '2025-01-01', '2023-01-01', '2024-01-01'],
  ])('a year before [%s, %s) is [%s, %s)', (from, to, ...expected) => {
    expect(earlier('yoy', from, to)).toEqual(expected)
  })

  it.each([
    ['day', '2024-03-01', '2024-03-02', '2024-02-29', '2024-03-01'],
    ['week', '2024-01-01', '2024-01-08', '2023-12-25', '2024-01-01'],
    ['month', '2024-03-01', '2024-04-01', '2024-02-01', '2024-03-01'],
    ['quarter', '2024-04-01', '2024-07-01', '2024-01-01', '2024-04-01'],
    ['half', '2024-07-01', '2025-01-01', '2024-01-01', '2024-07-01'],
    ['year', '2024-01-01', '2025-01-01', '2023-01-01', '2024-01-01'],
  ] as const)('of a whole %s is the one before', (_, from, to, ...expected) => {
    expect(earlier('mom', from, to)).toEqual(expected)
  })

  it('of any other period is as long and just before', () => {
    expect(earlier('mom', '2024-03-01', '2024-03-15')).toEqual(['2024-02-16', '2024-03-01'])
    expect(earlier('mom', '2024-01-01', '2024-03-01')).toEqual(['2023-11-02', '2024-01-01'])
  })

  it('of a reporting month is the reporting month before', () => {
    expect(earlier('mom', '2024-02-21', '2024-03-21', { monthStart: 21 })).toEqual([
      '2024-01-21',
      '2024-02-21',
    ])
  })

  it('of a row goes by the row’s own unit', () => {
    // the first half of 2024 is a whole half, but as a row of years it is a part of one
    expect(earlier('mom', '2024-01-01', '2024-07-01')).toEqual(['2023-07-01', '2024-01-01'])
    expect(earlier('mom', '2024-01-01', '2024-07-01', { grain: 'year' })).toEqual([
      '2023-07-03',
      '2024-01-01',
    ])
  })

  it('a lunar year before is as far from the Spring Festival', () => {
    // 10 February 2024, 22 January 2023, 1 February 2022
    expect(earlier('lunar', '2024-02-10', '2024-02-17')).toEqual(['2023-01-22', '2023-01-29'])
    expect(earlier('lunar', '2024-01-01', '2024-02-01')).toEqual(['2022-12-13', '2023-01-13'])
    expect(earlier('lunar', '2023-01-22', '2023-01-29')).toEqual(['2022-02-01', '2022-02-08'])
    expect(() => earlier('lunar', '1970-01-01', '1970-02-01')).toThrow(/1969 is not known/)
    expect(() => earlier('lunar', '2101-01-01', '2101-02-01')).toThrow(/2101 is not known/)
  })

  it('the year to date begins with the reporting year', () => {
    const toDate = (from: string, to: string, monthStart = 1) =>
      texts(yearToDate(range(from, to), monthStart))
    expect(toDate('2024-03-01', '2024-04-01')).toEqual(['2024-01-01', '2024-04-01'])
    expect(toDate('2024-12-01', '2025-01-01')).toEqual(['2024-01-01', '2025-01-01'])
    expect(toDate('2023-12-21', '2024-01-21', 21)).toEqual(['2023-12-21', '2024-01-21'])
  })

  it('moves the day of asOf by the same unit, to the last day of a shorter month', () => {
    const then = (comparison: Earlierness, from: string, to: string, day: string) =>
      dayText(earlierPeriod(comparison, range(from, to), 1).dayThen(d(day)))
    expect(then('yoy', '2024-01-01', '2025-01-01', '2024-02-29')).toBe('2023-02-28')
    expect(then('mom', '2024-03-01', '2024-04-01', '2024-03-31')).toBe('2024-02-29')
    expect(then('mom', '2024-01-01', '2024-01-08', '2024-01-20')).toBe('2024-01-13')
    expect(then('mom', '2024-03-01', '2024-03-15', '2024-04-20')).toBe('2024-04-06')
  })
})

describe('a local day', () => {
  it('keeps its number when months are added and taken away, if both have it', () => {
    expect(dayText(addMonths(d('2024-01-31'), 1))).toBe('2024-02-29')
    expect(dayText(addMonths(d('2024-02-29'), -12, 'next'))).toBe('2023-03-01')
    expect(dayText(addMonths(d('2024-01-15'), -13))).toBe('2022-12-15')
  })

  it.each(['2024-02-30', '2023-02-29', '2024-13-01', '2024-00-10', '1899-12-31', '2300-01-02'])(
    'refuses %s, saying which option is wrong',
    (text) => {
      expect(() => parseDay(text, '--from')).toThrow(`--from ${text}`)
    },
  )

  it.each(['2024-1-1', '20240101', '', '2024-01-01T00:00:00Z'])('refuses "%s"', (text) => {
    expect(() => parseDay(text, '--to')).toThrow('--to must be a date such as 2024-01-31')
  })
})
