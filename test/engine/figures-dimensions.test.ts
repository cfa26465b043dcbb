import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dimensionOf } from '../../schemas/metrics/dimensions.ts'
import { regionAtSql, regionWithinSql } from '../../schemas/metrics/regions.ts'
import { sqlStrings } from '../../schemas/store/sql-text.ts'
import { matter } from './figures-rows.ts'
import { at, DAY, type FiguresWorld, openFiguresWorld } from './figures-world.ts'

let world: FiguresWorld
beforeAll(async () => {
  world = await openFiguresWorld()
})
afterAll(() => world.close())

describe('dimensions of matters', () => {
  it('days to close include their upper bound', async () => {
    const registeredAt = at('2024-03-01')
    const cases: readonly (readonly [number | null, string])[] = [
      [0, '0-1'],
      [DAY, '0-1'],
      [DAY + 1, '1-7'],
      [7 * DAY, '1-7'],
      [7 * DAY + 1, '7-15'],
      [15 * DAY, '7-15'],
      [30 * DAY, '15-30'],
      [30 * DAY + 1, '30-60'],
      [60 * DAY, '30-60'],
      [90 * DAY, '60-90'],
      [90 * DAY + 1, '90+'],
      [-1, ''],
      [null, ''],
    ]
    const { ask } = await world.given({
      matters: cases.map(([ms], index) =>
        matter({
          matterId: `m${index}`,
          registeredAt,
          org: String(index).padStart(2, '0'),
          closedAt: ms === null ? null : registeredAt + ms,
        }),
      ),
    })
    expect(await ask('matters', { by: ['org', 'closeDays'] })).toEqual(
      cases.map(([, closeDays], index) => ({
        org: String(index).padStart(2, '0'),
        closeDays,
        value: 1,
      })),
    )
  })

  it('a matter counts under each of its flags, and once in all', async () => {
    const registeredAt = at('2024-03-01')
    const { ask } = await world.given({
      matters: [
        matter({ matterId: 'a', registeredAt, flags: ['crossRegion', 'litigation'], leadLevel: 2 }),
        matter({ matterId: 'b', registeredAt, flags: ['litigation'] }),
        matter({ matterId: 'c', registeredAt }),
      ],
    })
    expect(await ask('matters', { by: ['flag'] })).toEqual([
      { flag: '', value: 1 },
      { flag: 'crossRegion', value: 1 },
      { flag: 'litigation', value: 2 },
    ])
    const where = [{ key: 'flag', values: ['crossRegion', ''] }]
    expect(await ask('matters', { where })).toEqual([{ value: 2 }])
    expect(await ask('matters', { where, by: ['flag'] })).toEqual([
      { flag: '', value: 1 },
      { flag: 'crossRegion', value: 1 },
    ])
    expect(await ask('matters', { by: ['leadLevel'] })).toEqual([
      { leadLevel: '', value: 2 },
      { leadLevel: '2', value: 1 },
    ])
  })

  it('a region is cut to its ancestor by its digits', async () => {
    const regions = [
      '43',
      '4301',
      '430100',
      '430000',
      '430001',
      '430102',
      '430102001',
      '430102001002',
      '43010',
      '旧区',
      '4301区',
      '',
    ]
    const [row] = await world.store.query<{ cut: string[][] }>(
      `SELECT [${[1, 2, 3, 4].map((level) => `arrayMap(region -> ${regionAtSql('region', level)}, ${sqlStrings(regions)})`).join(', ')}] AS cut`,
    )
    const whole = (...cut: string[]) => [...cut, '43010', '旧区', '4301区', '']
    expect(row?.cut).toEqual([
      whole('43', '4301', '430100', '430000', '430001', '430102', '430102001', '430102001'),
      whole('43', '4301', '430100', '430000', '430001', '430102', '430102', '430102'),
      whole('43', '4301', '4301', '430000', '4300', '4301', '4301', '4301'),
      whole('43', '43', '43', '43', '43', '43', '43', '43'),
    ])
  })

  it.each([
    ['4301', ['4301', '430100', '430102', '430102001', '430102001002']],
    ['430100', ['4301', '430100', '430102', '430102001', '430102001002']],
    ['430000', ['43', '4301', '430100', '430000', '430102', '430102001', '430102001002']],
    ['430102', ['430102', '430102001', '430102001002']],
    ['43010', ['43010']],
    ['旧区', ['旧区']],
    ['', ['']],
    ["x'", []],
  ])('the subtree of "%s"', async (region, expected) => {
    const regions = [
      '43',
      '4301',
      '430100',
      '430000',
      '430102',
      '430102001',
      '430102001002',
      '43010',
      '43010200',
      '旧区',
      '旧区甲',
      '4301区',
      '',
    ]
    const [row] = await world.store.query<{ within: string[] }>(
      `SELECT arrayFilter(region -> ${regionWithinSql('region', region)}, ${sqlStrings(regions)}) AS within`,
    )
    expect(row?.within).toEqual(expected)
  })

  it('a category is cut to its first steps', async () => {
    const categories = ['城建', '城建/物业', '城建/物业/电梯', '/无名', 'a\nb/c', '']
    const cut = async (steps: number) => {
      const { sql } = dimensionOf('petitions', `category@${steps}`, 'petitions')
      const [row] = await world.store.query<{ cut: string[] }>(
        `SELECT arrayMap(category -> ${sql}, ${sqlStrings(categories)}) AS cut`,
      )
      return row?.cut
    }
    expect(await cut(1)).toEqual(['城建', '城建', '城建', '', 'a\nb', ''])
    expect(await cut(2)).toEqual(['城建', '城建/物业', '城建/物业', '/无名', 'a\nb/c', ''])
  })
})
