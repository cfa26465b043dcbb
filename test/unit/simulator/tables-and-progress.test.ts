import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { cityCalendar, localStamp } from '../../../producers/simulator/calendar.ts'
import { simulatedCity } from '../../../producers/simulator/city.ts'
import { lunarHolidays } from '../../../producers/simulator/lunar-holidays.ts'
import { type Progress, withProgress } from '../../../producers/simulator/progress.ts'
import { seededRandom, weightedTable } from '../../../producers/simulator/random.ts'
import {
  categoriesCsv,
  orgsCsv,
  regionsCsv,
} from '../../../producers/simulator/reference-tables.ts'

const city = simulatedCity('Asia/Shanghai')
const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { columns: true })

describe('reference tables of the city', () => {
  const regions = rowsOf(regionsCsv(city, 2023, 2025))

  it('give every region under a parent one level above, once a year', () => {
    const level = new Map(regions.map(({ code, level: own }) => [code, Number(own)]))
    expect(level.size).toBe(1 + 1 + 9 + 60)
    expect(regions.length).toBe(level.size * 3)
    for (const { parent, level: own } of regions) {
      expect(parent === '' ? 5 : level.get(parent)).toBe(Number(own) + 1)
    }
  })

  it('add the districts up to the city, and the streets about to their district', () => {
    const residents = (wanted: (row: Record<string, string>) => boolean) =>
      regions
        .filter((row) => row['year'] === '2024' && wanted(row))
        .reduce((sum, { population }) => sum + Number(population), 0)
    const whole = residents(({ level }) => level === '3')
    expect(whole).toBeGreaterThan(5_000_000)
    expect(residents(({ level }) => level === '2')).toBe(whole)
    expect(residents(({ level }) => level === '1') / whole).toBeCloseTo(1, 3)
  })

  it('hold the category tree and an organisation of each kind per place', () => {
    const categories = rowsOf(categoriesCsv(city))
    const paths = new Set(categories.map(({ path }) => path))
    expect(categories.filter(({ parent }) => parent !== '').length).toBe(15)
    for (const { parent } of categories) expect(parent === '' || paths.has(parent)).toBe(true)
    const orgs = rowsOf(orgsCsv(city))
    expect(orgs.length).toBe(10 * 10)
    expect(new Set(orgs.map(({ code }) => code)).size).toBe(orgs.length)
  })
})

describe('the calendar of the city', () => {
  it('knows Spring Festival where the engine is a day off', () => {
    expect(lunarHolidays.size).toBe(21)
    expect(lunarHolidays.get(2024)?.springFestival).toBe('02-10')
    expect(lunarHolidays.get(2027)?.springFestival).toBe('02-06')
    expect(lunarHolidays.get(2030)?.springFestival).toBe('02-03')
  })

  it('agrees with the engine’s Chinese calendar everywhere else', () => {
    const lunar = new Intl.DateTimeFormat('en-u-ca-chinese', {
      timeZone: 'UTC',
      month: 'numeric',
      day: 'numeric',
    })
    for (const [year, { springFestival, dragonBoat, midAutumn }] of lunarHolidays) {
      const named = (monthDay: string) => lunar.format(Date.parse(`${year}-${monthDay}T00:00:00Z`))
      if (year !== 2027 && year !== 2030) expect(named(springFestival)).toBe('1/1')
      expect(named(dragonBoat)).toBe('5/5')
      expect(named(midAutumn)).toBe('8/15')
    }
  })

  it('puts midnights and limits right across a change to daylight saving', () => {
    const from = Date.parse('2024-03-01T12:00:00-05:00')
    const calendar = cityCalendar(from, from + 60 * 86_400_000, 'America/New_York')
    const [first] = calendar.days
    expect(first?.date).toBe('2024-03-01')
    expect(calendar.dayOf(Date.parse('2024-03-10T00:00:00-05:00')).date).toBe('2024-03-10')
    expect(calendar.dayOf(Date.parse('2024-03-10T23:59:59-04:00')).date).toBe('2024-03-10')
    expect(calendar.dayOf(Date.parse('2024-03-11T00:00:00-04:00')).date).toBe('2024-03-11')
    expect(calendar.endOfDayAfter(Date.parse('2024-03-09T13:00:00-05:00'), 1)).toBe(
      Date.parse('2024-03-10T23:59:59-04:00'),
    )
  })

  it('writes stamps that name the instant', () => {
    const instant = Date.parse('2024-02-29T16:05:06.789Z')
    expect(localStamp(instant, 8 * 3_600_000, false)).toBe('2024-03-01T00:05:06+08:00')
    expect(Date.parse(localStamp(instant, -12_600_000, true))).toBe(instant)
  })
})

describe('draws', () => {
  it('follow their weights and means', () => {
    const random = seededRandom(11)
    const table = weightedTable([
      ['rare', 1],
      ['never', 0],
      ['usual', 9],
    ])
    const drawn = Array.from({ length: 4_000 }, () => random.weighted(table))
    expect(drawn).not.toContain('never')
    expect(drawn.filter((each) => each === 'rare').length / 4_000).toBeCloseTo(0.1, 1)
    for (const mean of [0.5, 8, 200]) {
      const sum = Array.from({ length: 2_000 }, () => random.poisson(mean)).reduce((a, b) => a + b)
      expect(sum / 2_000 / mean).toBeCloseTo(1, 1)
    }
  })
})

describe('progress', () => {
  it('passes the items through and ends at the true total', () => {
    const reports: Progress[] = []
    const items = [...withProgress([1, 2, 3, 4, 5], 4, (report) => reports.push(report), 2)]
    expect(items).toEqual([1, 2, 3, 4, 5])
    expect(reports).toEqual([
      { done: 2, expectedTotal: 4 },
      { done: 4, expectedTotal: 4 },
      { done: 5, expectedTotal: 5 },
    ])
  })
})
