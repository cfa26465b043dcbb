import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { matter, petition } from './figures-rows.ts'
import { at, type FiguresWorld, NOW, openFiguresWorld } from './figures-world.ts'

let world: FiguresWorld
beforeAll(async () => {
  world = await openFiguresWorld()
})
afterAll(() => world.close())

describe('comparisons', () => {
  const on = (petitionId: string, text: string) => petition({ petitionId, time: at(text) })

  it('compare each row with its own earlier period', async () => {
    const { ask, cuts } = await world.given({
      petitions: [
        on('1', '2023-01-31T23:59:59.999'),
        on('2', '2023-12-31'),
        on('3', '2024-01-01'),
        on('4', '2024-01-31'),
        on('5', '2024-02-29'),
      ],
    })
    const compare = ['yoy', 'mom']
    const rows = await ask('petitions', { to: '2024-03-01', by: ['month'], compare })
    expect(rows).toEqual([
      {
        month: '2024-01',
        value: 2,
        yoy: { value: 1, change: 100, unit: '%' },
        mom: { value: 1, change: 100, unit: '%' },
      },
      {
        month: '2024-02',
        value: 1,
        yoy: { value: 0, change: null, unit: '%' },
        mom: { value: 2, change: -50, unit: '%' },
      },
    ])
    expect(cuts).toEqual([{ asOf: NOW, receivedBy: NOW }])
  })

  it('say the year to date, the part of the total, and the same distance from the Spring Festival', async () => {
    const { ask } = await world.given({
      petitions: [
        // Spring Festivals: 22 January 2023, 10 February 2024
        { ...on('1', '2023-01-22'), region: 'a' },
        { ...on('2', '2023-02-10'), region: 'a' },
        { ...on('3', '2024-01-05'), region: 'b' },
        { ...on('4', '2024-02-10'), region: 'a' },
        { ...on('5', '2024-02-11'), region: 'b' },
        { ...on('6', '2024-02-12'), region: 'b' },
      ],
    })
    const rows = await ask('petitions', {
      from: '2024-02-01',
      to: '2024-03-01',
      by: ['month', 'region'],
      compare: ['ytd', 'lunar', 'share'],
    })
    expect(rows).toEqual([
      {
        month: '2024-02',
        region: 'a',
        value: 1,
        ytd: { value: 1, earlier: 2, change: -50, unit: '%' },
        lunar: { value: 2, change: -50, unit: '%' },
        share: { numerator: 1, denominator: 3, value: 1 / 3 },
      },
      {
        month: '2024-02',
        region: 'b',
        value: 2,
        ytd: { value: 3, earlier: 0, change: null, unit: '%' },
        lunar: { value: 0, change: null, unit: '%' },
        share: { numerator: 2, denominator: 3, value: 2 / 3 },
      },
    ])
  })

  it('compare a leap day with the 28th, also when two rows share that', async () => {
    const { ask } = await world.given({
      petitions: [on('1', '2023-02-28'), on('2', '2024-02-28'), on('3', '2024-02-29')],
    })
    const yoy = { value: 1, change: 0, unit: '%' }
    expect(
      await ask('petitions', {
        from: '2024-02-28',
        to: '2024-03-01',
        by: ['day'],
        compare: ['yoy'],
      }),
    ).toEqual([
      { day: '2024-02-28', value: 1, yoy },
      { day: '2024-02-29', value: 1, yoy },
    ])
  })

  it('cut what is dated in a period that is not over at the same date and time', async () => {
    const { ask } = await world.given({
      petitions: [
        on('1', '2023-03-10T12:00:00'),
        on('2', '2023-03-10T12:00:00.001'),
        on('3', '2024-03-10T12:00:00'),
      ],
    })
    const asked = { from: '2024-03-01', to: '2024-04-01', compare: ['yoy'] }
    expect(await ask('petitions', { ...asked, asOf: at('2024-03-10T12:00:00') })).toEqual([
      { value: 1, yoy: { value: 1, change: 0, unit: '%' } },
    ])
    expect(await ask('petitions', { ...asked, asOf: at('2024-04-01') })).toEqual([
      { value: 1, yoy: { value: 2, change: -50, unit: '%' } },
    ])
  })

  it('see cohorts and stocks at the same age: as known a year, or a unit, earlier', async () => {
    const { ask, cuts } = await world.given({
      matters: [
        matter({ matterId: 'a', acceptedAt: at('2023-03-05'), closedAt: at('2023-03-06') }),
        matter({ matterId: 'b', acceptedAt: at('2024-03-05') }),
      ],
    })
    const asOf = at('2024-02-29T18:00:00')
    const asked = { from: '2024-03-01', to: '2024-04-01', compare: ['yoy', 'mom'], asOf }
    expect(await ask('closure_rate', asked)).toEqual([
      {
        numerator: 0,
        denominator: 1,
        value: 0,
        yoy: { numerator: 1, denominator: 1, value: 1, change: -100, unit: 'pp' },
        mom: { numerator: 0, denominator: 0, value: null, change: null, unit: 'pp' },
      },
    ])
    expect(cuts.map((cut) => cut.asOf)).toEqual([
      asOf,
      at('2023-02-28T18:00:00'),
      at('2024-01-29T18:00:00'),
    ])
    expect(new Set(cuts.map((cut) => cut.receivedBy))).toEqual(new Set([NOW]))
  })

  it('match dimensions; a cell that was not there then was 0', async () => {
    const { ask } = await world.given({
      petitions: [
        petition({ petitionId: '1', time: at('2023-05-01'), org: 'a' }),
        petition({ petitionId: '2', time: at('2024-05-01'), org: 'b' }),
        petition({ petitionId: '3', time: at('2024-05-01'), org: 'a' }),
      ],
    })
    expect(await ask('petitions', { by: ['org'], compare: ['yoy'] })).toEqual([
      { org: 'a', value: 1, yoy: { value: 1, change: 0, unit: '%' } },
      { org: 'b', value: 1, yoy: { value: 0, change: null, unit: '%' } },
    ])
  })
})
