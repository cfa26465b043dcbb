import {
  count,
  type GoldenWorld,
  LAST,
  rate,
  SOON,
  SOON_LAST,
  THIS,
  world,
} from './golden-world.ts'
import { visitsOf } from './world-builder.ts'

/** Sets that count matters, and rates of them. */
export const matterWorlds: readonly GoldenWorld[] = [
  world(
    'G01',
    (w) => {
      w.add(190, THIS, {}, { accepted: THIS, closed: SOON })
      w.add(39, THIS, {}, { accepted: THIS })
    },
    [
      ['closure_rate', {}, [rate(190, 229)], { printedRate: ['82.97', '83.0', '83'] }],
      ['matters', {}, [count(229)]],
      ['open_matters', {}, [count(39)]],
    ],
  ),
  world(
    'G17',
    (w) => {
      w.add(17, THIS, { org: '下交' })
      w.add(45, THIS, { org: '自查' })
    },
    [
      ['matters', {}, [count(62)]],
      ['matters', { by: 'org' }, [count(17, { org: '下交' }), count(45, { org: '自查' })]],
    ],
  ),
  world(
    'G19',
    (w) => {
      w.add(3, THIS, { category: '法院/基层', org: '下交' })
      w.add(4, THIS, { category: '法院/中级', org: '下交' })
      w.add(2, THIS, { category: '法院/中级', org: '自查' })
      w.add(3, THIS, { category: '法院/高院', org: '自查' })
      w.add(5, THIS, { category: '公安', org: '自查' })
      w.add(1, THIS, { category: '涉诉', org: '自查' })
    },
    [
      ['matters', {}, [count(18)]],
      [
        'matters',
        { by: 'category@1' },
        [
          count(5, { 'category@1': '公安' }),
          count(12, { 'category@1': '法院' }),
          count(1, { 'category@1': '涉诉' }),
        ],
      ],
      [
        'matters',
        { by: 'category', where: 'category@1=法院' },
        [
          count(6, { category: '法院/中级' }),
          count(3, { category: '法院/基层' }),
          count(3, { category: '法院/高院' }),
        ],
      ],
      ['matters', { by: 'org' }, [count(7, { org: '下交' }), count(11, { org: '自查' })]],
    ],
  ),
  world(
    'G20',
    (w) => {
      w.add(13, THIS, { category: '法院/中级' })
      w.add(5, THIS, { category: '公安' })
    },
    [
      ['matters', {}, [count(18)]],
      [
        'matters',
        { by: 'category@1' },
        [count(5, { 'category@1': '公安' }), count(13, { 'category@1': '法院' })],
      ],
    ],
  ),
  world(
    'G21',
    (w) => {
      w.add(10, THIS, { channel: 'visit', category: '土地' })
      w.add(14, THIS, { channel: 'visit', category: '民政' })
      w.add(5, THIS, { channel: 'visit', category: '民事' })
      w.add(9, THIS, { channel: 'visit', category: '其他' })
    },
    [
      ['matters', {}, [count(38)]],
      [
        'matters',
        { by: 'category' },
        [
          count(9, { category: '其他' }),
          count(10, { category: '土地' }),
          count(5, { category: '民事' }),
          count(14, { category: '民政' }),
        ],
      ],
    ],
  ),
  world(
    'G22',
    (w) => {
      w.add(38, THIS, {}, { accepted: THIS, closed: SOON, leadLevel: 2 })
    },
    [
      [
        'on_time_closure_rate',
        { where: 'leadLevel=2' },
        [rate(38, 38)],
        { printedRate: ['100.00', '100.0', '100'] },
      ],
      ['accepted', { where: 'leadLevel=2' }, [count(38)]],
    ],
  ),
  world(
    'G23',
    (w) => {
      w.add(28, LAST, {}, { accepted: LAST, closed: SOON_LAST, leadLevel: 2 })
      w.add(1, LAST, {}, { accepted: LAST, closed: SOON, leadLevel: 2 })
      w.add(29, THIS, {}, { accepted: THIS, closed: SOON, leadLevel: 2 })
    },
    [
      [
        'on_time_closure_rate',
        { from: '2023-01-01', to: '2024-01-01', where: 'leadLevel=2' },
        [rate(28, 29)],
        { printedRate: ['96.55', '96.6', '97'] },
      ],
      [
        'on_time_closure_rate',
        { where: 'leadLevel=2' },
        [rate(29, 29)],
        { printedRate: ['100.00', '100.0', '100'] },
      ],
    ],
  ),
  world(
    'G24',
    (w) => {
      w.add(1384, LAST, {}, { accepted: LAST, closed: SOON_LAST })
      w.add(29, LAST, {}, { accepted: LAST })
      w.add(1385, THIS, {}, { accepted: THIS, closed: SOON })
      w.add(28, THIS, {}, { accepted: THIS })
    },
    [
      // prints 98 and lies below 98 %: thresholds compare the value itself
      [
        'closure_rate',
        { from: '2023-01-01', to: '2024-01-01' },
        [rate(1384, 1413)],
        { printedRate: ['97.95', '97.9', '98'] },
      ],
      ['closure_rate', {}, [rate(1385, 1413)], { printedRate: ['98.02', '98.0', '98'] }],
    ],
  ),
  world(
    'G46',
    (w) => {
      w.add(2583, THIS, {}, { accepted: THIS, closed: SOON, outcome: 'mediated' })
      w.add(3, THIS, {}, { accepted: THIS, closed: SOON })
    },
    [['closures', { where: 'outcome=mediated' }, [count(2583)]]],
  ),
  world(
    'G53',
    (w) => {
      const accepted = '2024-01-01T10:00:00+08:00'
      const late = { accepted, extendedDays: 30, extendedAt: '2024-02-20T10:00:00+08:00' }
      w.add(1, accepted, {}, { ...late, closed: '2024-03-31T23:59:59.999+08:00' })
      w.add(1, accepted, {}, { ...late, closed: '2024-04-01T00:00:00+08:00' })
      w.add(1, accepted, {}, { accepted, closed: '2024-03-01T23:59:59.999+08:00' })
    },
    [
      [
        'on_time_closure_rate',
        { from: '2024-03-01', to: '2024-03-02' },
        [rate(1, 1)],
        { printedRate: ['100.00', '100.0', '100'] },
      ],
      [
        'on_time_closure_rate',
        { from: '2024-03-31', to: '2024-04-01' },
        [rate(1, 2)],
        { printedRate: ['50.00', '50.0', '50'] },
      ],
    ],
  ),
  world(
    'G54',
    (w) => {
      const accepted = '2009-07-01T09:00:00+08:00'
      w.add(1, accepted, {}, { accepted, closed: '2009-08-30T23:59:59.999+08:00' })
      w.add(1, accepted, {}, { accepted, closed: '2009-08-31T00:00:00+08:00' })
    },
    [
      [
        'on_time_closure_rate',
        { from: '2009-08-29', to: '2009-09-01', by: 'day' },
        [
          { day: '2009-08-29', numerator: 0, denominator: 0, value: null },
          { day: '2009-08-30', ...rate(1, 2) },
          { day: '2009-08-31', numerator: 0, denominator: 0, value: null },
        ],
      ],
    ],
  ),
  world(
    'G62',
    (w) => {
      w.add(302, THIS, {}, { accepted: THIS, leadLevel: 2 })
      w.add(699, THIS, visitsOf(1766, 699))
    },
    [
      // 件 and 批: no metric divides one by the other
      ['accepted', { where: 'leadLevel=2' }, [count(302)]],
      ['visits', {}, [count(699)]],
    ],
  ),
]
