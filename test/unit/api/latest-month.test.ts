import { describe, expect, it } from 'vitest'
import { landingRoute } from '../../../dashboards/api/landing-route.ts'
import { type AskRows, latestMonth } from '../../../dashboards/api/latest-month.ts'
import { type Grain, periodsIn, unitAt } from '../../../schemas/periods/grains.ts'
import { dayText, parseDay } from '../../../schemas/periods/local-day.ts'
import { serveRoutes } from './serve-routes.ts'

/** Answers as the figures do: every period of the range, with the petitions of these days. */
const counting =
  (days: readonly string[], monthStart = 1): AskRows =>
  async ({ from = '', to = '', by = '' }) => {
    const range = { from: parseDay(from, 'from'), to: parseDay(to, 'to') }
    const periods =
      by === '' ? [{ ...range, label: '' }] : periodsIn(range, by as Grain, monthStart)
    return {
      rows: periods.map((period) => ({
        ...(by === '' ? {} : { [by]: period.label }),
        value: days.filter((day) => {
          const at = parseDay(day, 'day')
          return at >= period.from && at < period.to
        }).length,
      })),
    }
  }

const now = Date.parse('2026-11-22T12:00:00+08:00')

const latest = async (
  days: readonly string[],
  monthStart = 1,
  at = now,
  timezone = 'Asia/Shanghai',
): Promise<readonly string[] | undefined> => {
  const found = await latestMonth(counting(days, monthStart), { timezone, monthStart }, at)
  return found && [found.label, dayText(found.from), dayText(found.to)]
}

describe('the latest month with data', () => {
  it.each([
    ['the month behind us', ['2026-10-31', '2026-09-01'], ['2026-10', '2026-10-01', '2026-11-01']],
    ['one two years back', ['2024-11-01'], ['2024-11', '2024-11-01', '2024-12-01']],
    ['one long ago', ['2015-03-09', '2015-12-31'], ['2015-12', '2015-12-01', '2016-01-01']],
    [
      'a whole month before this one',
      ['2026-11-05', '2026-02-03'],
      ['2026-02', '2026-02-01', '2026-03-01'],
    ],
    [
      'this month where nothing lies behind it',
      ['2026-11-05'],
      ['2026-11', '2026-11-01', '2026-12-01'],
    ],
  ])('is %s', async (_, days, expected) => {
    expect(await latest(days)).toEqual(expected)
  })

  it('is none where there is nothing, or nothing yet', async () => {
    expect(await latest([])).toBeUndefined()
    expect(await latest(['2026-12-01'])).toBeUndefined()
  })

  it('is one of the months of the deployment', async () => {
    expect(await latest(['2026-10-21'], 21)).toEqual(['2026-11', '2026-10-21', '2026-11-21'])
    expect(await latest(['2014-01-21'], 21)).toEqual(['2014-02', '2014-01-21', '2014-02-21'])
  })

  it('is behind us by the local day', async () => {
    const at = Date.parse('2026-10-31T20:00:00Z')
    expect((await latest(['2026-10-05', '2026-09-05'], 1, at))?.[0]).toBe('2026-10')
    expect((await latest(['2026-10-05', '2026-09-05'], 1, at, 'UTC'))?.[0]).toBe('2026-09')
  })

  it('is found by its neighbours in every month of two years', async () => {
    for (let day = parseDay('2024-11-05', 'x'); day < parseDay('2026-11-01', 'x'); day += 28) {
      const found = await latest([dayText(day)])
      expect(found?.[0]).toBe(unitAt(day, 'month', 1).label)
    }
  })
})

describe('the page of an empty store', () => {
  it('says how to fill it', async () => {
    const settings = { timezone: 'Asia/Shanghai', monthStart: 1 }
    const app = await serveRoutes([landingRoute({ figure: counting([]), settings })])
    const text = await (await fetch(app.url)).text()
    await app.stop()
    expect(text).toContain('pulse import')
    expect(text).not.toContain('<table')
  })
})
