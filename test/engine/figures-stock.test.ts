import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FOREVER } from '../../schemas/tables/rows.ts'
import { matter } from './figures-rows.ts'
import { at, DAY, type FiguresWorld, openFiguresWorld } from './figures-world.ts'

let world: FiguresWorld
beforeAll(async () => {
  world = await openFiguresWorld()
})
afterAll(() => world.close())

describe('stock at the end of a period', () => {
  const T = at('2024-02-01')
  const range = { from: '2024-01-01', to: '2024-04-01', by: ['month'] }
  const spell = (matterId: string, opened: number, ended = FOREVER, due: number | null = null) =>
    matter({ matterId, openSpells: [{ opened, ended, due }] })
  const months = (...values: (number | null)[]) =>
    values.map((value, index) => ({ month: `2024-0${index + 1}`, value }))

  it('is open after its beginning and up to its end', async () => {
    const { ask } = await world.given({
      matters: [
        spell('atEnd', T),
        spell('beforeEnd', T - 1),
        spell('endsAtT', T - DAY, T),
        spell('endsAfter', T - DAY, T + 1),
        spell('between', T + 1, T + 2),
        matter({
          matterId: 'void',
          voided: true,
          openSpells: [{ opened: 0, ended: FOREVER, due: null }],
        }),
        matter({
          matterId: 'twice',
          inScope: false,
          mergedInto: 'atEnd',
          openSpells: [
            { opened: T - 2, ended: T - 1, due: null },
            { opened: T, ended: at('2024-03-01'), due: null },
          ],
        }),
      ],
    })
    expect(await ask('open_matters', range)).toEqual(months(3, 3, 2))
    expect(await ask('open_matters', { ...range, by: [] })).toEqual([{ value: 2 }])
  })

  it('is not known where the period begins after asOf', async () => {
    const { ask } = await world.given({ matters: [spell('a', T - 1)] })
    expect(await ask('open_matters', { ...range, asOf: at('2024-02-15') })).toEqual(
      months(1, 1, null),
    )
    expect(await ask('open_matters', { ...range, asOf: at('2024-03-01') })).toEqual(months(1, 1, 1))
    expect(await ask('open_matters', { ...range, by: [], asOf: at('2023-12-31') })).toEqual([
      { value: null },
    ])
    expect(
      await ask('open_matters', { ...range, by: ['month', 'org'], asOf: at('2024-02-15') }),
    ).toEqual([
      { month: '2024-01', org: '', value: 1 },
      { month: '2024-02', org: '', value: 1 },
    ])
  })

  it('is overdue where due lies before the end, or before asOf where that is earlier', async () => {
    const { ask } = await world.given({
      matters: [
        spell('dueBefore', 0, FOREVER, T - 1),
        spell('dueAtEnd', 0, FOREVER, T),
        spell('noDue', 0),
        spell('opensLater', T + DAY, FOREVER, T - 5 * DAY),
      ],
    })
    expect(await ask('overdue_matters', range)).toEqual(months(1, 3, 3))
    const asOf = at('2024-01-20')
    const early = await world.given({
      matters: [
        spell('pastAsOf', 0, FOREVER, asOf - 1),
        spell('atAsOf', 0, FOREVER, asOf),
        spell('afterAsOf', 0, FOREVER, asOf + 1),
      ],
    })
    expect(await early.ask('overdue_matters', { ...range, asOf })).toEqual(months(1, null, null))
  })
})
