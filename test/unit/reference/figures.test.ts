import { describe, expect, it } from 'vitest'
import { bulkWorld } from '../../reference/bulk-world.ts'
import { disagreements } from '../../reference/figure-agreement.ts'
import type { MetricId } from '../../reference/figure-metrics.ts'
import { figureRows, foldedAt, type Question, referenceFigure } from '../../reference/figures.ts'
import type { ReceivedEvent } from '../../reference/fold.ts'
import { receivedEvents } from '../../reference/histories.ts'
import {
  accepted,
  at,
  closed,
  merged,
  registered,
  shanghai,
  told,
} from '../../reference/told-events.ts'

const figure = (events: readonly ReceivedEvent[], question: Partial<Question>) =>
  referenceFigure(foldedAt(events, { timezone: shanghai }), {
    metric: 'petitions',
    from: '2024-01-01',
    to: '2025-01-01',
    asOf: at('2026-01-01'),
    timezone: shanghai,
    ...question,
  })

const of = (subject: string) => ({ subject })

describe('petition figures', () => {
  const events = [
    registered('2024-01-31 23:59:59.999', { channel: 'visit', people: 6, region: '430102001' }),
    registered('2024-02-01', { petitionId: 'p2', channel: 'visit', region: '430103' }),
    registered('2024-02-02', { petitionId: 'p3', supplement: true }),
    registered('2024-04-01', { channel: 'online', region: '430100' }, of('B')),
    registered('2025-01-01', { channel: 'online' }, of('C')),
    told('matter.declined.v1', '2024-04-02', { reason: 'r' }, of('B')),
  ]

  it('count what is counted and dated in the period, out of scope or not', () => {
    expect(figure(events, {})).toEqual([{ value: 3 }])
    expect(figure(events, { metric: 'visits' })).toEqual([{ value: 2 }])
    expect(figure(events, { metric: 'people' })).toEqual([{ value: 7 }])
    expect(figure(events, { metric: 'repeat_petitions' })).toEqual([{ value: 1 }])
    expect(figure(events, { metric: 'repeat_share' })).toEqual([
      { numerator: 1, denominator: 3, value: 1 / 3 },
    ])
    expect(figure(events, { metric: 'matters' })).toEqual([{ value: 2 }])
  })

  it('show every period when grouped by time alone', () => {
    expect(figure(events, { by: ['month'], to: '2024-05-01' })).toEqual([
      { month: '2024-01', value: 1 },
      { month: '2024-02', value: 1 },
      { month: '2024-03', value: 0 },
      { month: '2024-04', value: 1 },
    ])
    expect(
      figure(events, {
        metric: 'repeat_share',
        by: ['quarter'],
        from: '2024-04-01',
        to: '2024-10-01',
      }),
    ).toEqual([
      { quarter: '2024-Q2', numerator: 0, denominator: 1, value: 0 },
      { quarter: '2024-Q3', numerator: 0, denominator: 0, value: null },
    ])
  })

  it('show only what there is when grouped by anything else, sorted by the keys as named', () => {
    expect(figure(events, { by: ['channel', 'month'] })).toEqual([
      { channel: 'online', month: '2024-04', value: 1 },
      { channel: 'visit', month: '2024-01', value: 1 },
      { channel: 'visit', month: '2024-02', value: 1 },
    ])
    expect(figure(events, { by: ['repeat'] })).toEqual([
      { repeat: 'first', value: 2 },
      { repeat: 'repeat', value: 1 },
    ])
    expect(figure(events, { by: ['region@2', 'category@1'] })).toEqual([
      { 'region@2': '430100', 'category@1': '城建', value: 1 },
      { 'region@2': '430102', 'category@1': '城建', value: 1 },
      { 'region@2': '430103', 'category@1': '城建', value: 1 },
    ])
    expect(figure(events, { by: ['level', 'org'] })).toEqual([{ level: '', org: '', value: 3 }])
  })

  it('are filtered by values, a region with all below it', () => {
    const count = (where: Question['where']) => figure(events, { where: where ?? {} })[0]?.['value']
    expect(count({ region: ['4301'] })).toBe(3)
    expect(count({ region: ['430102'] })).toBe(1)
    expect(count({ region: ['430102', '430103'], channel: ['visit'] })).toBe(2)
    expect(count({ channel: ['letter', 'call'] })).toBe(0)
  })

  it('put a merged matter’s petitions under the survivor and count the matter no more', () => {
    const together = [...events, merged('B', 'A', '2024-06-01')]
    expect(figure(together, {})).toEqual([{ value: 3 }])
    expect(figure(together, { metric: 'matters' })).toEqual([{ value: 1 }])
    expect(figure(together, { metric: 'repeat_petitions' })).toEqual([{ value: 2 }])
    expect(figure(together, { metric: 'matters', asOf: at('2024-05-01') })).toEqual([{ value: 2 }])
  })

  it('refuse a dimension that is not theirs', () => {
    expect(() => figure(events, { by: ['outcome'] })).toThrow('outcome')
    expect(() => figure(events, { metric: 'matters', by: ['repeat'] })).toThrow('repeat')
  })
})

describe('closing figures', () => {
  const life = (
    subject: string,
    from: string,
    until: string | null,
    flags: 'litigation'[] = [],
  ) => [
    registered(from, { flags }, of(subject)),
    accepted(from, {}, of(subject)),
    ...(until === null ? [] : [closed(until, 'supported', of(subject))]),
  ]
  const events = [
    ...life('A', '2024-01-01', '2024-01-02'),
    ...life('B', '2024-01-01', '2024-03-01 23:59:59.999', ['litigation']),
    ...life('C', '2024-01-01', '2024-03-02'),
    ...life('D', '2024-01-02', null),
    ...life('E', '2024-01-02', '2024-01-01'),
    accepted('2024-01-03', {}, of('F')),
    closed('2024-01-05', 'redirected', of('F')),
    ...life('G', '2024-01-03', '2024-02-03'),
    told('matter.withdrawn.v1', '2024-02-04', {}, of('G')),
    ...life('H', '2024-01-03', '2024-02-03'),
    told('petition.voided.v1', '2024-02-04', { petitionId: 'p1' }, of('H')),
  ]

  it('leave out what is out of scope or void, not what is unregistered', () => {
    expect(figure(events, { metric: 'accepted' })).toEqual([{ value: 6 }])
    expect(figure(events, { metric: 'closures' })).toEqual([{ value: 5 }])
    expect(figure(events, { metric: 'closure_rate' })).toEqual([
      { numerator: 5, denominator: 6, value: 5 / 6 },
    ])
  })

  it('on time: by due time in the period, once it has come; redirections left out', () => {
    const onTime = (asOf: string) =>
      figure(events, { metric: 'on_time_closure_rate', asOf: at(asOf) })[0]
    expect(onTime('2024-03-01 23:59:59.999')).toMatchObject({ numerator: 2, denominator: 3 })
    expect(onTime('2024-03-01 23:59:59.998')).toMatchObject({ numerator: 0, denominator: 0 })
    expect(onTime('2024-03-03')).toMatchObject({ numerator: 3, denominator: 5 })
    expect(
      figure(events, { metric: 'closed_on_time_share', by: ['month'], to: '2024-04-01' }),
    ).toEqual([
      { month: '2024-01', numerator: 2, denominator: 2, value: 1 },
      { month: '2024-02', numerator: 0, denominator: 0, value: null },
      { month: '2024-03', numerator: 1, denominator: 2, value: 0.5 },
    ])
  })

  it('days: exact quantiles over what has both ends, the rest counted', () => {
    const dayMs = 86_400_000
    const c = (at('2024-03-02') - at('2024-01-01')) / dayMs
    const b = (at('2024-03-01 23:59:59.999') - at('2024-01-01')) / dayMs
    expect(figure(events, { metric: 'median_days_to_close' })).toEqual([{ value: b, excluded: 2 }])
    const [p90] = figure(events, { metric: 'p90_days_to_close' })
    expect(p90?.['value']).toBeCloseTo(b + 0.8 * (c - b), 10)
    expect(figure(events, { metric: 'median_days_to_close', by: ['closeDays'] })).toEqual([
      { closeDays: '', value: null, excluded: 2 },
      { closeDays: '0-1', value: 1, excluded: 0 },
      { closeDays: '60-90', value: (b + c) / 2, excluded: 0 },
    ])
  })

  it('count a matter under each of its flags', () => {
    const two = registered('2024-01-01', { flags: ['litigation', 'crossRegion'] }, of('Z'))
    const all = [...events, two]
    expect(figure(all, { metric: 'matters', by: ['flag'] })).toEqual([
      { flag: '', value: 5 },
      { flag: 'crossRegion', value: 1 },
      { flag: 'litigation', value: 2 },
    ])
    expect(
      figure(all, { metric: 'matters', by: ['flag'], where: { flag: ['litigation'] } }),
    ).toEqual([{ flag: 'litigation', value: 2 }])
    expect(
      figure(all, { metric: 'matters', where: { flag: ['litigation', 'crossRegion'] } }),
    ).toEqual([{ value: 2 }])
  })
})

describe('stock figures', () => {
  const events = [
    registered('2024-01-10'),
    accepted('2024-01-10'),
    closed('2024-04-01'),
    accepted('2024-02-01', {}, of('B')),
    registered('2024-02-01', {}, of('B')),
    merged('B', 'A', '2024-03-15'),
  ]
  const months = { by: ['month'], from: '2024-01-01', to: '2024-06-01' } as const

  it('are the state by the events before the end of each period, null for one not begun', () => {
    const question = { ...months, metric: 'open_matters', asOf: at('2024-04-20') } as const
    expect(figure(events, question)).toEqual([
      { month: '2024-01', value: 1 },
      { month: '2024-02', value: 2 },
      { month: '2024-03', value: 1 },
      { month: '2024-04', value: 0 },
      { month: '2024-05', value: null },
    ])
  })

  it('at the closing’s own moment still have the matter, a millisecond later not', () => {
    const open = (until: string) =>
      figure([accepted('2024-01-10'), closed(until)], {
        metric: 'open_matters',
        from: '2024-01-01',
        to: '2024-04-01',
      })
    expect(open('2024-04-01')).toEqual([{ value: 1 }])
    expect(open('2024-03-31 23:59:59.999')).toEqual([{ value: 0 }])
  })

  it('leave out a matter whose petitions are void as now known, however long it was open', () => {
    const voiding = told('petition.voided.v1', '2024-05-01', { petitionId: 'p1' }, of('B'))
    const question = { ...months, metric: 'open_matters', to: '2024-04-01' } as const
    expect(figure([...events, voiding], question).map(({ value }) => value)).toEqual([1, 1, 1])
  })

  it('overdue: due before the end of the period, or before asOf if that comes first', () => {
    const question = { metric: 'overdue_matters', from: '2024-03-01', to: '2024-04-01' } as const
    expect(figure(events, question)).toEqual([{ value: 1 }])
    const due = at('2024-03-10 23:59:59.999')
    expect(figure(events, { ...question, asOf: due })).toEqual([{ value: 0 }])
    expect(figure(events, { ...question, asOf: due + 1 })).toEqual([{ value: 1 }])
  })
})

describe('comparisons', () => {
  const events = [
    registered('2023-03-05', {}, of('A')),
    registered('2023-03-20', {}, of('B')),
    registered('2024-02-05', {}, of('C')),
    registered('2024-03-05', { channel: 'visit' }, of('D')),
    registered('2024-03-06', {}, of('E')),
    registered('2024-03-07', {}, of('F')),
  ]
  const march = { from: '2024-03-01', to: '2024-04-01', compare: ['yoy', 'mom'] } as const

  it('set a count beside that of the year and the unit before, in per cent', () => {
    expect(figure(events, march)).toEqual([
      {
        value: 3,
        yoy: { value: 2, change: 50, unit: '%' },
        mom: { value: 1, change: 200, unit: '%' },
      },
    ])
  })

  it('cut the earlier period where asOf lies inside the period', () => {
    expect(figure(events, { ...march, compare: ['yoy'], asOf: at('2024-03-10') })).toEqual([
      { value: 3, yoy: { value: 1, change: 200, unit: '%' } },
    ])
    const toTheMoment = { ...march, compare: ['yoy'] as const }
    expect(figure(events, { ...toTheMoment, asOf: at('2024-03-20') })).toMatchObject([
      { yoy: { value: 2 } },
    ])
    expect(figure(events, { ...toTheMoment, asOf: at('2024-03-20') - 1 })).toMatchObject([
      { yoy: { value: 1 } },
    ])
  })

  it('have no per cent of nothing', () => {
    expect(figure(events, { ...march, compare: ['yoy'], by: ['channel'] })).toEqual([
      { channel: 'letter', value: 2, yoy: { value: 2, change: 0, unit: '%' } },
      { channel: 'visit', value: 1, yoy: { value: 0, change: null, unit: '%' } },
    ])
  })

  it('see a cohort at the same age, and change rates in percentage points', () => {
    const cohort = [
      accepted('2023-03-05', {}, of('A')),
      accepted('2023-03-06', {}, of('B')),
      closed('2023-04-01', 'supported', of('A')),
      closed('2023-06-01', 'supported', of('B')),
      accepted('2024-03-05', {}, of('C')),
      closed('2024-03-06', 'supported', of('C')),
    ]
    const question = { ...march, metric: 'closure_rate', compare: ['yoy'] } as const
    expect(figure(cohort, { ...question, asOf: at('2024-05-01') })).toEqual([
      { numerator: 1, denominator: 1, value: 1, yoy: { value: 0.5, change: 50, unit: 'pp' } },
    ])
    expect(figure(cohort, { ...question, asOf: at('2024-07-01') })).toMatchObject([
      { yoy: { value: 1, change: 0 } },
    ])
  })

  it('do not know a stock whose period had not begun', () => {
    const open = [accepted('2023-01-05')]
    const question = { ...march, metric: 'open_matters', compare: ['mom'] } as const
    expect(figure(open, { ...question, asOf: at('2024-03-01') })).toEqual([
      { value: 1, mom: { value: 1, change: 0, unit: '%' } },
    ])
    expect(figure(open, { ...question, asOf: at('2024-02-28') })).toEqual([
      { value: null, mom: { value: null, change: null, unit: '%' } },
    ])
  })
})

describe('the parts of a figure', () => {
  const events = receivedEvents(bulkWorld({ seed: 3, matters: 300, prefix: 'b' }))
  const rowsAt = foldedAt(events, { timezone: shanghai })
  const ask = (metric: MetricId, by: string[]) =>
    figureRows(rowsAt, {
      metric,
      by,
      from: '2022-03-01',
      to: '2024-11-16',
      asOf: at('2024-06-15 12:00'),
      timezone: shanghai,
    })
  const total = (metric: MetricId, by: string[]) =>
    ask(metric, by).reduce((sum, { value, denominator }) => sum + (denominator ?? value ?? 0), 0)

  it.each([
    'petitions',
    'matters',
    'people',
    'repeat_share',
    'accepted',
    'closures',
    'closure_rate',
    'on_time_closure_rate',
    'closed_on_time_share',
  ] as const)('add up to the whole, by time and by region: %s', (metric) => {
    const whole = total(metric, [])
    expect(whole).toBeGreaterThan(30)
    for (const by of [['day'], ['week'], ['month'], ['half', 'region@2'], ['channel', 'org']]) {
      expect(total(metric, by)).toBe(whole)
    }
  })
})

describe('two answers to one question', () => {
  it('agree to the last digits floating point keeps, and in every key', () => {
    const row = {
      month: '2024-01',
      value: 0.1 + 0.2,
      yoy: { value: 1, change: null, unit: 'pp' },
    } as const
    expect(disagreements([row], [{ ...row, value: 0.3 }])).toEqual([])
    expect(disagreements([row], [{ ...row, value: 0.30001 }])).toHaveLength(1)
    expect(disagreements([row], [{ ...row, month: '2024-02' }])).toHaveLength(1)
    expect(disagreements([row], [])).toHaveLength(1)
    expect(disagreements([row], [{ ...row, excluded: 0 }])).toHaveLength(1)
    expect(disagreements([row], [{ ...row, yoy: { ...row.yoy, change: 0 } }])).toHaveLength(1)
  })
})
