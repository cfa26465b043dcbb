import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { dayText, FIRST_DAY, LAST_DAY } from '../../../schemas/periods/local-day.ts'
import { zoneOf } from '../../../schemas/periods/zone.ts'

const names = [
  'Asia/Shanghai', // daylight saving 1986–1991
  'America/New_York',
  'America/Sao_Paulo', // clocks changed at midnight
  'Pacific/Apia', // skipped a whole day
  'Australia/Lord_Howe', // half an hour of daylight saving
  'Asia/Kathmandu',
  'UTC',
]
const day = fc.integer({ min: FIRST_DAY, max: LAST_DAY - 1 })

describe('a time zone', () => {
  it('begins each day where the Temporal standard does', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), day, (name, local) => {
        const standard = Temporal.PlainDate.from(dayText(local)).toZonedDateTime(name)
        expect(zoneOf(name).startOf(local)).toBe(standard.epochMilliseconds)
      }),
      { numRuns: 300 },
    )
  })

  it('reads a wall clock as the Temporal standard does', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 0, max: 25_000 }),
        fc.integer({ min: 0, max: 86_399_999 }),
        (name, local, msOfDay) => {
          const standard = Temporal.PlainDateTime.from(`${dayText(local)}T00:00:00`)
            .add({ milliseconds: msOfDay })
            .toZonedDateTime(name, { disambiguation: 'compatible' })
          expect(zoneOf(name).instantAt({ day: local, msOfDay })).toBe(standard.epochMilliseconds)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('begins a day at one where midnight is skipped', () => {
    const zone = zoneOf('America/Sao_Paulo')
    const local = Date.UTC(2017, 9, 15) / 86_400_000
    expect(zone.format(zone.startOf(local))).toBe('2017-10-15T01:00:00-02:00')
  })

  it('takes the first of two readings, and moves a skipped one forward', () => {
    const zone = zoneOf('America/New_York')
    const at = (text: string) => {
      const date = new Date(`${text}Z`).getTime()
      const local = Math.floor(date / 86_400_000)
      return zone.format(zone.instantAt({ day: local, msOfDay: date - local * 86_400_000 }))
    }
    expect(at('2024-11-03T01:30:00')).toBe('2024-11-03T01:30:00-04:00')
    expect(at('2024-03-10T02:30:00')).toBe('2024-03-10T03:30:00-04:00')
  })

  it('writes milliseconds only where there are any, and UTC where the offset has seconds', () => {
    const zone = zoneOf('Asia/Shanghai')
    expect(zone.format(Date.UTC(2025, 0, 19, 16))).toBe('2025-01-20T00:00:00+08:00')
    expect(zone.format(Date.UTC(2025, 0, 20, 15, 59, 59, 999))).toBe(
      '2025-01-20T23:59:59.999+08:00',
    )
    expect(zone.format(Date.UTC(1900, 0, 1))).toBe('1900-01-01T00:00:00Z')
  })
})
