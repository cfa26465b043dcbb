import { count, type GoldenWorld, LAST, THIS, world, yoy } from './golden-world.ts'
import { visitsOf } from './world-builder.ts'

/** Sets that count petitions, visits and heads. */
export const petitionWorlds: readonly GoldenWorld[] = [
  world(
    'G03',
    (w) => {
      w.add(58, THIS, visitsOf(868, 58, { category: '集体访' }))
      w.add(641, THIS, visitsOf(898, 641, { category: '个体访' }))
    },
    [
      ['visits', {}, [count(699)]],
      ['people', {}, [count(1766)]],
      [
        'visits',
        { by: 'category' },
        [count(641, { category: '个体访' }), count(58, { category: '集体访' })],
      ],
      [
        'people',
        { by: 'category' },
        [count(898, { category: '个体访' }), count(868, { category: '集体访' })],
      ],
    ],
  ),
  world(
    'G04',
    (w) => {
      w.add(1, THIS, visitsOf(1, 1, { receivedLevel: 5 }))
      w.add(100, THIS, visitsOf(421, 100, { receivedLevel: 3 }))
      w.add(500, THIS, visitsOf(2525, 500, { receivedLevel: 2 }))
    },
    [
      ['people', {}, [count(2947)]],
      [
        'people',
        { by: 'level' },
        [count(2525, { level: '2' }), count(421, { level: '3' }), count(1, { level: '5' })],
      ],
    ],
  ),
  world(
    'G05',
    (w) => {
      w.add(142, LAST, visitsOf(218, 142))
      w.add(173, THIS, visitsOf(269, 173))
    },
    [
      [
        'petitions',
        { ...yoy, where: 'channel=visit' },
        [count(173)],
        { printedChange: ['21.83', '21.8'] },
      ],
      // the set's text has a fall here; the figures make it a rise
      ['people', yoy, [count(269)], { printedChange: ['23.39', '23.4'] }],
    ],
  ),
  world(
    'G06',
    (w) => {
      w.add(78, LAST, visitsOf(2817, 78))
      w.add(69, THIS, visitsOf(1120, 69))
    },
    [
      ['visits', yoy, [count(69)], { printedChange: ['-11.54', '-11.5'] }],
      ['people', yoy, [count(1120)], { printedChange: ['-60.24', '-60.2'] }],
    ],
  ),
  world(
    'G07',
    (w) => {
      w.add(515, THIS, { channel: 'letter' })
      w.add(900, THIS, visitsOf(6477, 900))
    },
    [
      // the set adds the two up to 6992; 件次 and 人次 are different units and no metric adds them
      ['petitions', { where: 'channel=letter' }, [count(515)]],
      ['people', {}, [count(6477)]],
    ],
  ),
  world(
    'G09',
    (w) => {
      w.add(69, THIS, visitsOf(1120, 69, { org: '地区本级' }))
      w.add(133, THIS, visitsOf(2944, 133, { org: '县市' }))
    },
    [
      ['visits', {}, [count(202)]],
      ['visits', { where: 'org=地区本级' }, [count(69)]],
      ['people', {}, [count(4064)]],
      ['people', { where: 'org=地区本级' }, [count(1120)]],
    ],
  ),
  world(
    'G10',
    (w) => {
      w.add(22, THIS, visitsOf(55, 22, { receivedLevel: 1 }))
      w.add(5, THIS, visitsOf(20, 5, { receivedLevel: 3 }))
      w.add(2, THIS, visitsOf(4, 2, { receivedLevel: 4 }))
      w.add(1, THIS, visitsOf(1, 1, { receivedLevel: 5 }))
    },
    [
      ['visits', {}, [count(30)]],
      ['people', {}, [count(80)]],
      [
        'people',
        { by: 'level' },
        [
          count(55, { level: '1' }),
          count(20, { level: '3' }),
          count(4, { level: '4' }),
          count(1, { level: '5' }),
        ],
      ],
    ],
  ),
  world(
    'G16',
    (w) => {
      w.add(190, LAST, { purpose: 'suggestion' })
      w.add(836, THIS, { purpose: 'suggestion' })
      w.add(7, THIS, {})
    },
    [
      [
        'petitions',
        { from: '2024-01-01', to: '2024-12-01', ...yoy, where: 'purpose=suggestion' },
        [count(836)],
        { printedChange: ['340.00', '340.0', '340'] },
      ],
    ],
  ),
  world(
    'G25',
    (w) => {
      // the set hides this year's count; any will do over a base of none
      w.add(1, THIS, visitsOf(1, 1, { receivedLevel: 5 }))
    },
    [
      [
        'visits',
        { ...yoy, where: 'level=5' },
        [{ value: 1, yoy: { value: 0, change: null, unit: '%' } }],
      ],
    ],
  ),
  world(
    'G32',
    (w) => {
      w.add(1123, THIS, visitsOf(6986, 1123))
    },
    [
      ['visits', {}, [count(1123)]],
      ['people', {}, [count(6986)]],
    ],
  ),
  world(
    'G50',
    (w) => {
      w.add(1, '2024-02-20T23:59:59.999+08:00', {})
      w.add(2, '2024-02-21T00:00:00+08:00', {})
      w.add(4, '2024-03-20T23:59:59.999+08:00', {})
      w.add(8, '2024-03-21T00:00:00+08:00', {})
    },
    [
      [
        'petitions',
        { from: '2024-01-21', to: '2024-04-21', by: 'month' },
        [
          count(1, { month: '2024-02' }),
          count(6, { month: '2024-03' }),
          count(8, { month: '2024-04' }),
        ],
        { monthStart: 21 },
      ],
    ],
  ),
]
