import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MatterRow } from '../../schemas/tables/rows.ts'
import { matter, petition } from './figures-rows.ts'
import { at, DAY, type FiguresWorld, openFiguresWorld, type Rows } from './figures-world.ts'

let world: FiguresWorld
beforeAll(async () => {
  world = await openFiguresWorld()
})
afterAll(() => world.close())

describe('petitions', () => {
  it('are counted on their own attributes; what is void, a supplement or not known is not', async () => {
    const time = at('2024-03-01T10:00:00')
    const { ask } = await world.given({
      petitions: [
        petition({ petitionId: '1', time, channel: 'visit', people: 4, region: '430102001' }),
        petition({ petitionId: '2', time, channel: 'visit', people: 7, region: '430102' }),
        petition({ petitionId: '3', time, repeat: true, region: '430103', receivedLevel: 3 }),
        petition({ petitionId: '4', time, counted: false, supplement: true }),
        petition({ petitionId: '5', time, counted: false, voided: true, channel: 'visit' }),
        petition({ petitionId: '6', time, present: false, counted: false }),
        petition({ petitionId: '7', time: at('2025-01-01') }),
        petition({ petitionId: '8', time: at('2024-01-01') - 1 }),
      ],
    })
    expect(await ask('petitions')).toEqual([{ value: 3 }])
    expect(await ask('visits')).toEqual([{ value: 2 }])
    expect(await ask('people')).toEqual([{ value: 11 }])
    expect(await ask('repeat_petitions')).toEqual([{ value: 1 }])
    expect(await ask('repeat_share')).toEqual([{ numerator: 1, denominator: 3, value: 1 / 3 }])
    expect(await ask('petitions', { by: ['region@2', 'repeat'] })).toEqual([
      { 'region@2': '430102', repeat: 'first', value: 2 },
      { 'region@2': '430103', repeat: 'repeat', value: 1 },
    ])
    expect(await ask('petitions', { by: ['level'] })).toEqual([
      { level: '', value: 2 },
      { level: '3', value: 1 },
    ])
    expect(await ask('petitions', { scope: '430102' })).toEqual([{ value: 2 }])
    expect(
      await ask('petitions', { scope: '430102', where: [{ key: 'region', values: ['430103'] }] }),
    ).toEqual([{ value: 0 }])
  })

  it('keep their instant whatever the century', async () => {
    const { ask } = await world.given({
      petitions: ['1900-01-01', '1969-12-31', '1970-01-01', '2150-06-30', '2299-12-31'].map(
        (day, index) => petition({ petitionId: String(index), time: at(`${day}T12:00:00`) }),
      ),
    })
    const rows = await ask('petitions', { from: '1900-01-01', to: '2300-01-01', by: ['year'] })
    expect(rows).toHaveLength(400)
    expect(rows.filter(({ value }) => value !== 0)).toEqual([
      { year: '1900', value: 1 },
      { year: '1969', value: 1 },
      { year: '1970', value: 1 },
      { year: '2150', value: 1 },
      { year: '2299', value: 1 },
    ])
  })
})

describe('rates and days', () => {
  const accepted = at('2024-02-01T09:00:00')
  const due = at('2024-04-01T23:59:59.999')
  const base = { registeredAt: accepted - DAY, acceptedAt: accepted, dueAt: due, route: 'petition' }
  const closed = (matterId: string, closedAt: number, more: Partial<MatterRow> = {}) =>
    matter({
      ...base,
      matterId,
      closedAt,
      firstClosedAt: closedAt,
      outcome: 'supported',
      firstOutcome: 'supported',
      ...more,
    })
  const rows: Rows = {
    matters: [
      closed('onTime', due),
      closed('late', due + 1),
      matter({ ...base, matterId: 'open' }),
      closed('redirected', due, { outcome: 'redirected', firstOutcome: 'redirected' }),
      closed('noDue', due, { dueAt: null }),
      closed('reopened', due + 5 * DAY, { firstClosedAt: due }),
      matter({ ...base, matterId: 'out', inScope: false, dueAt: null }),
      matter({ matterId: 'void', voided: true }),
      matter({ matterId: 'merged', mergedInto: 'open', inScope: false, registeredAt: accepted }),
      matter({ matterId: 'unborn', present: false }),
    ],
  }

  it('count what the contract counts', async () => {
    const { ask } = await world.given(rows)
    expect(await ask('matters')).toEqual([{ value: 7 }])
    expect(await ask('accepted')).toEqual([{ value: 6 }])
    expect(await ask('closures')).toEqual([{ value: 5 }])
    expect(await ask('closure_rate')).toEqual([{ numerator: 5, denominator: 6, value: 5 / 6 }])
    expect(await ask('on_time_closure_rate')).toEqual([
      { numerator: 2, denominator: 4, value: 0.5 },
    ])
    expect(await ask('closed_on_time_share')).toEqual([
      { numerator: 2, denominator: 3, value: 2 / 3 },
    ])
  })

  it('know nothing of a due time after asOf', async () => {
    const { ask } = await world.given(rows)
    expect(await ask('on_time_closure_rate', { asOf: due - 1 })).toEqual([
      { numerator: 0, denominator: 0, value: null },
    ])
    expect(await ask('on_time_closure_rate', { asOf: due })).toEqual([
      { numerator: 2, denominator: 4, value: 0.5 },
    ])
  })

  it('have every period where only time groups them, and null over nothing', async () => {
    const { ask } = await world.given(rows)
    const range = { from: '2024-03-01', to: '2024-05-01', by: ['month'] }
    expect(await ask('on_time_closure_rate', range)).toEqual([
      { month: '2024-03', numerator: 0, denominator: 0, value: null },
      { month: '2024-04', numerator: 2, denominator: 4, value: 0.5 },
    ])
    expect(await ask('median_days_to_close', { ...range, to: '2024-04-01' })).toEqual([
      { month: '2024-03', value: null, excluded: 0 },
    ])
    expect(await ask('closures', { ...range, by: ['month', 'outcome'] })).toEqual([
      { month: '2024-04', outcome: 'redirected', value: 1 },
      { month: '2024-04', outcome: 'supported', value: 4 },
    ])
  })

  it('interpolate exactly between neighbours and count what is left out', async () => {
    const time = at('2024-03-01')
    const after = (index: number, ms: number) =>
      closed(`m${index}`, time + ms, { registeredAt: time })
    const { ask } = await world.given({
      matters: [
        ...[0, 1, 2, 5 * DAY + 1, 9 * DAY, 100 * DAY].map((ms, index) => after(index, ms)),
        closed('negative', time, { registeredAt: time + 1 }),
        closed('unregistered', time, { registeredAt: null }),
      ],
    })
    // between the third (2 ms) and the fourth (5 days 1 ms)
    expect(await ask('median_days_to_close')).toEqual([
      { value: (5 * DAY + 3) / (2 * DAY), excluded: 2 },
    ])
    // h = 5 × 0.9 = 4.5: half way from the fifth to the sixth
    expect(await ask('p90_days_to_close')).toEqual([
      { value: (9 * DAY + 100 * DAY) / (2 * DAY), excluded: 2 },
    ])
  })
})
