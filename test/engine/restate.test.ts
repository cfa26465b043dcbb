import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPulse, type Pulse } from '../../consumers/open.ts'
import type { FigureDeps } from '../../dashboards/figures/ask.ts'
import { askCases } from '../../dashboards/inquiries/cases.ts'
import { askRestate, type Known, type Moment } from '../../dashboards/inquiries/restate.ts'
import type { Relations } from '../../schemas/fold/source.ts'
import { kindOf } from '../../schemas/metrics/metric.ts'
import { metrics } from '../../schemas/metrics/registry.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { bulkWorld } from '../reference/bulk-world.ts'
import { disagreements } from '../reference/figure-agreement.ts'
import type { MetricId } from '../reference/figure-metrics.ts'
import { foldedAt, type JsonRow, referenceFigure } from '../reference/figures.ts'
import { referenceFold } from '../reference/fold.ts'
import { receivedEvents } from '../reference/histories.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { createFolded } from './figures-rows.ts'

const timezone = 'Asia/Shanghai'
const settings = { timezone, monthStart: 1, collectiveThreshold: 5 }
const LATEST = Date.UTC(2030, 0, 1)
const bulk = receivedEvents(bulkWorld({ seed: 21, matters: 220, prefix: 'r' }))

const directory = temporaryDirectory('restate')
let store: Store
let pulse: Pulse
let deps: FigureDeps
beforeAll(async () => {
  store = await openEmbedded({ directory: directory.path() })
  pulse = await openPulse({ store, timezone, rests: false })
  deps = {
    store,
    relationsAt: pulse.relationsAt,
    watermark: () => LATEST,
    now: () => LATEST,
    settings,
  }
  await pulse.log.publish(bulk)
  await pulse.log.settled()
})
afterAll(async () => {
  await pulse.close()
  await store.close()
})

const moments: readonly (readonly [string, Moment, Moment])[] = [
  ['as of two dates', { asOf: Date.UTC(2023, 5, 30) }, { asOf: Date.UTC(2024, 5, 30) }],
  [
    'as of one date, received by two',
    { asOf: Date.UTC(2024, 0, 1), receivedBy: Date.UTC(2024, 0, 1) },
    { asOf: Date.UTC(2024, 0, 1) },
  ],
  ['backwards', { asOf: Date.UTC(2025, 0, 1) }, { asOf: Date.UTC(2024, 2, 1) }],
]

const sum = (values: readonly (number | null | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0)

/** The rows of the plain fold, in tables of their own for each cut: an as-of fold a question takes long. */
const laid = new Map<string, Promise<Relations>>()
const laidAt: FigureDeps['relationsAt'] = ({ asOf, receivedBy }) => {
  const key = `_${asOf}_${receivedBy}`
  const relations =
    laid.get(key) ?? createFolded(store, key, referenceFold(bulk, { timezone, asOf, receivedBy }))
  laid.set(key, relations)
  return relations
}

/** Value and parts alone. */
const partsIn = (row: Partial<Known> | JsonRow = {}): JsonRow =>
  JSON.parse(JSON.stringify(row, ['value', 'numerator', 'denominator']))

describe.each(moments)('%s', (_, before, after) => {
  it.each(metrics.map((metric) => [metric.id, metric] as const))(
    'the causes add up to what is between two figures of %s',
    async (id, metric) => {
      const asked = { metric: id, from: '2023-01-01', to: '2024-01-01' }
      const told = await askRestate({ ...deps, relationsAt: laidAt }, { ...asked, before, after })
      const figureAt = ({ asOf, receivedBy = LATEST }: Moment) =>
        referenceFigure(foldedAt(bulk, { timezone, receivedBy }), {
          ...asked,
          metric: id as MetricId,
          asOf,
          timezone,
        })[0]
      const [then, now] = [figureAt(before), figureAt(after)]
      expect(disagreements([partsIn(told.before)], [partsIn(then)])).toEqual([])
      expect(disagreements([partsIn(told.after)], [partsIn(now)])).toEqual([])
      if (kindOf(metric) === 'rate') {
        for (const part of ['numerator', 'denominator'] as const)
          expect(sum(told.causes.map((cause) => cause[part]))).toBe(
            Number(now?.[part]) - Number(then?.[part]),
          )
      }
      if (kindOf(metric) === 'count')
        expect(sum(told.causes.map(({ contribution }) => contribution))).toBe(
          Number(now?.['value'] ?? 0) - Number(then?.['value'] ?? 0),
        )
      else if (told.difference !== null)
        expect(sum(told.causes.map(({ contribution }) => contribution))).toBeCloseTo(
          told.difference,
          9,
        )
      for (const { matters, matterIds } of told.causes) expect(matterIds).toHaveLength(matters)
      const ids = told.causes.flatMap(({ matterIds }) => matterIds)
      expect(new Set(ids).size).toBe(ids.length)
    },
  )
})

it('the events of a matter behind a figure are those that are known', async () => {
  const asOf = Date.UTC(2023, 5, 30)
  const { cases } = await askCases(deps, {
    metric: 'matters',
    from: '2022-01-01',
    to: '2024-01-01',
    asOf,
    receivedBy: LATEST,
    after: '',
    limit: 1000,
    events: true,
  })
  const { matters } = foldedAt(bulk, { timezone })(asOf)
  const rowOf = new Map(matters.map((row) => [row.matterId, row]))
  expect(cases.length).toBeGreaterThan(50)
  for (const { matterId, events = [], state } of cases) {
    expect(events.length).toBeGreaterThan(0)
    for (const { time, recordedAt } of events) {
      expect(Date.parse(String(time))).toBeLessThanOrEqual(asOf)
      expect(Date.parse(String(recordedAt))).toBeLessThanOrEqual(asOf)
    }
    const acceptedAt = rowOf.get(matterId)?.acceptedAt ?? null
    expect(state['acceptedAt'] === undefined ? null : Date.parse(String(state['acceptedAt']))).toBe(
      acceptedAt,
    )
  }
})

describe('the cause', () => {
  let next = 0
  const said = async (
    type: string,
    subject: string,
    time: string,
    recordedtime: string,
    data: object,
    more: object = {},
  ) => {
    const wire = {
      specversion: '1.0' as const,
      id: `c${++next}`,
      source: '/offices/430102',
      type,
      subject,
      time: `${time}T09:00:00+08:00`,
      recordedtime: `${recordedtime}T09:00:00+08:00`,
      data,
      ...more,
    }
    await pulse.log.publish(
      receivedEvents([{ wire: wire as never, receivedTime: Date.UTC(2029, 0, 1) }]),
    )
  }
  const register = (subject: string, time: string, recorded = time, more: object = {}) =>
    said('petition.registered.v1', subject, time, recorded, {
      petitionId: `p-${subject}`,
      channel: 'letter',
      region: '110101',
      category: '因',
      ...more,
    })

  beforeAll(async () => {
    for (const id of ['void', 'merge', 'into', 'retract', 'region', 'conflict'])
      await register(id, '2018-03-01')
    await register('late', '2018-03-05', '2018-05-01')
    await register('since', '2018-05-02')
    await said('petition.voided.v1', 'void', '2018-05-01', '2018-05-01', { petitionId: 'p-void' })
    await said('matter.merged.v1', 'merge', '2018-05-01', '2018-05-01', { into: 'into' })
    await said('event.retracted.v1', 'retract', '2018-05-01', '2018-05-01', {
      source: '/offices/430102',
      id: 'c4',
    })
    await said('matter.reclassified.v1', 'region', '2018-05-01', '2018-05-01', { region: '120101' })
    await pulse.log.settled()
  })

  it('is named, with the matters behind it', async () => {
    const at = (day: string) => Date.parse(`${day}T23:59:59.999+08:00`)
    const told = await askRestate(deps, {
      metric: 'matters',
      from: '2018-01-01',
      to: '2019-01-01',
      where: [{ key: 'region', values: ['11'] }],
      before: { asOf: at('2018-04-01') },
      after: { asOf: at('2018-06-01') },
    })
    expect(told).toMatchObject({
      before: { value: 6 },
      after: { value: 4 },
      difference: -2,
      differenceUnit: '件',
    })
    expect(
      told.causes.map(({ cause, contribution, matterIds }) => [cause, contribution, matterIds]),
    ).toEqual([
      ['merge', -1, ['merge']],
      ['reclassification', -1, ['region']],
      ['void', -1, ['void']],
      ['retraction', -1, ['retract']],
      ['late', 1, ['late']],
      ['new', 1, ['since']],
    ])
  })

  it('is time where nothing was said: a window that ended', async () => {
    await register('closed', '2019-03-01')
    await said('matter.closed.v1', 'closed', '2019-03-10', '2019-03-10', { outcome: 'supported' })
    await pulse.log.settled()
    const told = await askRestate(deps, {
      metric: 'return_rate_30d',
      from: '2019-01-01',
      to: '2020-01-01',
      before: { asOf: Date.UTC(2019, 2, 20) },
      after: { asOf: Date.UTC(2019, 5, 1) },
    })
    expect(told).toMatchObject({
      before: { value: null, denominator: 0 },
      after: { value: 0, denominator: 1 },
      difference: null,
      causes: [{ cause: 'time', denominator: 1, contribution: null, matterIds: ['closed'] }],
    })
  })
})
