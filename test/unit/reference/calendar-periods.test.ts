import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import {
  aYearEarlier,
  type Grain,
  keyOf,
  type Period,
  periodsIn,
  spanOf,
  thePeriodBefore,
} from '../../reference/calendar-periods.ts'
import { at, shanghai } from '../../reference/told-events.ts'

const date = (text: string) => Temporal.PlainDate.from(text)
const period = (from: string, to: string): Period => ({ key: '', from: date(from), to: date(to) })
const bounds = ({ from, to }: Period) => `${from} ${to}`

describe('the key of a period', () => {
  it.each([
    ['day', '2024-01-31', '2024-01-31'],
    ['week', '2024-01-29', '2024-W05'],
    ['week', '2024-12-30', '2025-W01'],
    ['week', '2021-01-03', '2020-W53'],
    ['month', '2024-01-31', '2024-01'],
    ['quarter', '2024-03-31', '2024-Q1'],
    ['half', '2024-07-01', '2024-H2'],
    ['year', '2024-12-31', '2024'],
  ] as const)('%s of %s is %s', (grain, day, key) => {
    expect(keyOf(grain, date(day), 1)).toBe(key)
  })

  it.each([
    ['month', '2024-02-20', '2024-02'],
    ['month', '2024-02-21', '2024-03'],
    ['month', '2023-12-21', '2024-01'],
    ['quarter', '2024-03-21', '2024-Q2'],
    ['half', '2024-06-20', '2024-H1'],
    ['year', '2023-12-21', '2024'],
    ['day', '2023-12-21', '2023-12-21'],
  ] as const)('with months that begin on the 21st, %s of %s is %s', (grain, day, key) => {
    expect(keyOf(grain, date(day), 21)).toBe(key)
  })
})

describe('the periods of a range', () => {
  it('are cut to the range', () => {
    const periods = periodsIn(period('2024-01-15', '2024-03-02'), 'month', 1)
    expect(periods.map((one) => `${one.key} ${bounds(one)}`)).toEqual([
      '2024-01 2024-01-15 2024-02-01',
      '2024-02 2024-02-01 2024-03-01',
      '2024-03 2024-03-01 2024-03-02',
    ])
  })

  it('begin and end at local midnight', () => {
    expect(spanOf(period('2024-01-15', '2024-03-02'), shanghai)).toEqual({
      from: at('2024-01-15'),
      to: at('2024-03-02'),
    })
    expect(spanOf(period('2024-03-10', '2024-03-11'), 'America/New_York')).toEqual({
      from: Date.parse('2024-03-10T00:00:00-05:00'),
      to: Date.parse('2024-03-11T00:00:00-04:00'),
    })
  })
})

describe('the year before', () => {
  it.each([
    ['2024-01-01', '2025-01-01', '2023-01-01 2024-01-01'],
    ['2024-02-29', '2024-03-01', '2023-02-28 2023-03-01'],
    ['2024-02-01', '2024-02-29', '2023-02-01 2023-03-01'],
    ['2023-02-01', '2023-03-01', '2022-02-01 2022-03-01'],
  ])('of %s to %s is %s', (from, to, earlier) => {
    expect(bounds(aYearEarlier(period(from, to), shanghai).period)).toBe(earlier)
  })

  it('is seen at the same date and time, 28 February for the 29th', () => {
    const { shift } = aYearEarlier(period('2024-01-01', '2025-01-01'), shanghai)
    expect(shift(at('2024-06-30 10:00'))).toBe(at('2023-06-30 10:00'))
    expect(shift(at('2024-02-29 10:00'))).toBe(at('2023-02-28 10:00'))
  })
})

describe('the period before', () => {
  const preceding = (from: string, to: string, monthStart = 1, grain?: Grain) =>
    thePeriodBefore(period(from, to), monthStart, shanghai, grain)

  it.each([
    ['2024-03-01', '2024-04-01', '2024-02-01 2024-03-01'],
    ['2024-04-01', '2024-07-01', '2024-01-01 2024-04-01'],
    ['2024-07-01', '2025-01-01', '2024-01-01 2024-07-01'],
    ['2024-01-01', '2025-01-01', '2023-01-01 2024-01-01'],
    ['2024-03-02', '2024-04-01', '2024-02-01 2024-03-02'],
    ['2024-01-01', '2024-03-01', '2023-11-02 2024-01-01'],
    ['2024-01-29', '2024-02-05', '2024-01-22 2024-01-29'],
  ])('of %s to %s is %s', (from, to, earlier) => {
    expect(bounds(preceding(from, to).period)).toBe(earlier)
  })

  it('goes by the months of the deployment', () => {
    expect(bounds(preceding('2024-02-21', '2024-03-21', 21).period)).toBe('2024-01-21 2024-02-21')
    expect(bounds(preceding('2024-03-01', '2024-04-01', 21).period)).toBe('2024-01-30 2024-03-01')
  })

  it('is seen a unit earlier, or as many days earlier as it is long', () => {
    const asOf = at('2024-03-31 10:00')
    expect(preceding('2024-03-01', '2024-04-01').shift(asOf)).toBe(at('2024-02-29 10:00'))
    expect(preceding('2024-03-02', '2024-04-01').shift(asOf)).toBe(at('2024-03-01 10:00'))
  })
})
