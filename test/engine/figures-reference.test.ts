import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askFigure, type FigureDeps } from '../../dashboards/figures/ask.ts'
import type { FigureQuestion } from '../../dashboards/figures/question.ts'
import type { Relations } from '../../schemas/fold/source.ts'
import { dimensions } from '../../schemas/metrics/dimensions.ts'
import { kindOf, type Metric } from '../../schemas/metrics/metric.ts'
import { metrics } from '../../schemas/metrics/registry.ts'
import { grains } from '../../schemas/periods/grains.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { bulkWorld } from '../reference/bulk-world.ts'
import { disagreements } from '../reference/figure-agreement.ts'
import type { MetricId } from '../reference/figure-metrics.ts'
import {
  type ComparisonName,
  foldedAt,
  type JsonRow,
  referenceFigure,
} from '../reference/figures.ts'
import { receivedEvents } from '../reference/histories.ts'
import { createFolded } from './figures-rows.ts'

const MATTERS = 250
/** Questions a metric and world; FIGURE_RUNS=100 for a long run. */
const RUNS = Number(process.env['FIGURE_RUNS'] ?? 3)
const events = receivedEvents(bulkWorld({ seed: 11, matters: MATTERS, prefix: 'w' }))
const asOfs = [
  Date.UTC(2023, 4, 17, 3, 30, 7, 123),
  Date.UTC(2024, 1, 29, 10),
  Date.UTC(2024, 6, 31, 15, 59, 59, 999),
  Date.UTC(2026, 0, 1),
] as const

let directory = ''
let store: Store
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'figures-'))
  store = await openEmbedded({ directory })
})
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

/** The rows of the reference fold, laid into tables of their own for each cut that is asked. */
const depsFor = (
  timezone: string,
  monthStart: number,
): { deps: FigureDeps; rowsAt: ReturnType<typeof foldedAt> } => {
  const rowsAt = foldedAt(events, { timezone })
  const known = new Map<number, Promise<Relations>>()
  const name = timezone.replaceAll(/\W/g, '_')
  return {
    rowsAt,
    deps: {
      store: { query: (sql) => store.query(sql) },
      relationsAt: ({ asOf }) => {
        const relations =
          known.get(asOf) ?? createFolded(store, `_${name}_${monthStart}_${asOf}`, rowsAt(asOf))
        known.set(asOf, relations)
        return relations
      },
      watermark: () => Date.UTC(2030, 0, 1),
      now: () => Date.UTC(2026, 0, 1),
      settings: { timezone, monthStart, collectiveThreshold: 5 },
    },
  }
}

/** Parts of earlier rates, which the plain program does not give, are left out. */
const withoutEarlierParts = (rows: readonly object[]): JsonRow[] =>
  JSON.parse(JSON.stringify(rows), (key, value) => {
    if (key !== 'yoy' && key !== 'mom' && key !== 'lunar') return value
    const { numerator: _, denominator: __, ...rest } = value
    return rest
  })

const days = fc
  .tuple(fc.integer({ min: 0, max: 1100 }), fc.integer({ min: 1, max: 800 }))
  .map(([start, length]) =>
    [start, start + length].map((day) =>
      new Date(Date.UTC(2022, 0, 1) + day * 86_400_000).toISOString().slice(0, 10),
    ),
  )
const wholeYears = fc.constantFrom(
  ['2022-01-01', '2025-01-01'],
  ['2024-01-01', '2025-01-01'],
  ['2024-02-29', '2024-03-01'],
  ['2024-02-01', '2024-03-01'],
  ['2023-07-01', '2024-07-01'],
)
const whereOf: Readonly<Record<string, readonly string[]>> = {
  region: ['4301', '430100', '43', '430103', '430102001', '旧区', ''],
  category: ['城建/物业', '教育', ''],
  channel: ['visit', 'letter', 'online'],
  purpose: ['appeal', 'suggestion'],
  outcome: ['supported', 'redirected', ''],
  flag: ['crossRegion', 'litigation', ''],
  repeat: ['first', 'repeat'],
  cohort: ['stock', 'new'],
  reason: ['overdue', 'repeat', ''],
  stage: ['review'],
}

const questionFor = (metric: Metric): fc.Arbitrary<FigureQuestion> => {
  const own = Object.keys(dimensions[metric.view])
  const dimension = fc.constantFrom(
    ...own,
    ...own,
    'region@1',
    'region@2',
    'region@3',
    'region@4',
    'category@1',
    'category@2',
  )
  const where = fc
    .constantFrom(...Object.keys(whereOf).filter((key) => own.includes(key)))
    .chain((key) =>
      fc
        .uniqueArray(fc.constantFrom(...(whereOf[key] ?? [''])), { minLength: 1, maxLength: 2 })
        .map((values) => ({ key, values })),
    )
  return fc
    .record({
      metric: fc.constant(metric.id),
      period: fc.oneof(days, wholeYears),
      grain: fc.option(fc.constantFrom(...grains), { nil: undefined }),
      dims: fc.uniqueArray(dimension, { maxLength: 2 }),
      timeFirst: fc.boolean(),
      where: fc.uniqueArray(where, { maxLength: 2, selector: ({ key }) => key }),
      asOf: fc.constantFrom(...asOfs),
      compare: fc.subarray(
        kindOf(metric) === 'count' && metric.basis !== '–'
          ? (['yoy', 'mom', 'ytd', 'lunar', 'share'] as const)
          : (['yoy', 'mom', 'ytd', 'lunar'] as const),
      ),
    })
    .map(({ period, grain, dims, timeFirst, ...rest }) => {
      const time = grain === undefined ? [] : [grain]
      const [from = '', to = ''] = period
      return { ...rest, from, to, by: timeFirst ? [...time, ...dims] : [...dims, ...time] }
    })
}

/** Their numerators are so rare that there may be none; worlds made by hand have them. */
const RARE = new Set(['recheck_request_rate', 'backlog_rebound_rate'])

it.each(metrics.filter(({ basis }) => basis !== '–').map(({ id }) => [id]))(
  '%s is not empty in the world it is tested on',
  (id) => {
    const rows = referenceFigure(foldedAt(events, { timezone: 'UTC' }), {
      metric: id as MetricId,
      from: '2021-01-01',
      to: '2026-01-01',
      by: ['month'],
      asOf: asOfs[3],
      timezone: 'UTC',
    })
    const values = rows.map(({ value }) => value).filter((value) => value !== null)
    expect(new Set(values).size).toBeGreaterThan(RARE.has(id) ? 0 : 1)
  },
)

describe.each([
  { timezone: 'Asia/Shanghai', monthStart: 1 },
  { timezone: 'America/New_York', monthStart: 21 },
])('figures over $timezone, months from day $monthStart, equal the plain program', (settings) => {
  const { deps, rowsAt } = depsFor(settings.timezone, settings.monthStart)
  it.each(metrics.map((metric, n) => [metric.id, metric, n] as const))(
    '%s',
    async (_, metric, n) => {
      const seed = 100 * n + settings.monthStart
      for (const question of fc.sample(questionFor(metric), { numRuns: RUNS, seed })) {
        const answer = await askFigure(deps, question)
        const expected = referenceFigure(rowsAt, {
          metric: metric.id as MetricId,
          from: question.from,
          to: question.to,
          by: question.by ?? [],
          where: Object.fromEntries((question.where ?? []).map(({ key, values }) => [key, values])),
          asOf: question.asOf ?? 0,
          compare: question.compare as readonly ComparisonName[],
          ...settings,
        })
        const unequal = disagreements(withoutEarlierParts(answer.rows), expected)
        expect({ question, unequal }).toEqual({ question, unequal: [] })
      }
    },
  )
})
