import fc from 'fast-check'
import { dimensions } from '../../schemas/metrics/dimensions.ts'
import type { Metric } from '../../schemas/metrics/metric.ts'
import { grains } from '../../schemas/periods/grains.ts'
import type { Question } from '../reference/figures.ts'
import { endOfDay } from '../reference/local-time.ts'
import type { FigureQuestionText } from './ask.ts'

/** One question twice: as a user writes it, and as the independent program takes it. */
export type DrawnQuestion = {
  readonly text: FigureQuestionText
  readonly judged: Omit<Question, 'timezone' | 'monthStart'>
  /** Index of the wave after which it is cut by receivedBy; none: everything received. */
  readonly wave: number | undefined
}

const dayMs = 86_400_000
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const whereValues: Readonly<Record<string, readonly string[]>> = {
  region: ['4301', '430100', '43', '430103', '430102001', '430102001001', '旧区', '东区', ''],
  category: ['城建/物业', '城建/物业/停车', '教育', ''],
  org: ['住建局', '民政局', ''],
  channel: ['visit', 'letter', 'online', 'call'],
  level: ['1', '4', ''],
  purpose: ['appeal', 'suggestion', 'report'],
  route: ['petition', 'litigation', ''],
  outcome: ['supported', 'redirected', ''],
  leadLevel: ['1', '3', ''],
  flag: ['crossRegion', 'litigation', ''],
  closeDays: ['0-1', '30-60', '90+', ''],
  repeat: ['first', 'repeat'],
  campaign: ['积案2024', '无此活动'],
  cohort: ['stock', 'new'],
  reason: ['overdue', 'repeat', ''],
  stage: ['review', 'recheck'],
}

/** A value as `--where` takes it; quotes are needed for some and allowed for all. */
const quotedValue = (value: string): string =>
  value === '' || /[",|=]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value

/** Longest range in days: R, D and S figures that are compared look at each unit as of its own time. */
const longest: Readonly<Record<string, number>> = { day: 40, week: 120 }

/** Ranges around the lives, whole months and years, and now and then all that stamps may reach. */
const ranges = (grain: string | undefined): fc.Arbitrary<{ from: string; to: string }> => {
  const most = longest[grain ?? ''] ?? 800
  const near = fc
    .tuple(fc.integer({ min: 0, max: 1200 }), fc.integer({ min: 1, max: most }))
    .map(([start, length]) => {
      const from = Date.UTC(2022, 0, 1) + start * dayMs
      return { from: dateOf(from), to: dateOf(from + length * dayMs) }
    })
  const short = fc.constantFrom(
    { from: '2024-02-29', to: '2024-03-01' },
    { from: '2024-02-01', to: '2024-03-01' },
  )
  const long = fc.constantFrom(
    { from: '2022-01-01', to: '2025-01-01' },
    { from: '2023-12-01', to: '2025-01-01' },
    { from: '2023-07-01', to: '2024-07-01' },
  )
  const all = fc.constant({ from: '1900-01-02', to: '2199-12-31' })
  if (most < 800) return fc.oneof({ weight: 3, arbitrary: near }, short)
  return grain === undefined
    ? fc.oneof(near, short, { weight: 2, arbitrary: long }, all)
    : fc.oneof(near, short, { weight: 2, arbitrary: long })
}

/** A moment as RFC 3339 with some offset, or a date, which means the end of that local day. */
const asOfText = (
  instants: readonly number[],
  timezone: string,
): fc.Arbitrary<{ text: string; at: number }> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...instants), fc.constantFrom(-1, 0, 1))
        .map(([instant, shift]) => {
          const at = instant + shift
          const shifted = new Date(at + 5.5 * 3_600_000).toISOString().replace('Z', '+05:30')
          return { at, text: at % 2 === 0 ? new Date(at).toISOString() : shifted }
        }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(500, 789, 790, 900).map((days) => {
        const noon = Date.UTC(2022, 0, 1) + days * dayMs + dayMs / 2
        const text = new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(noon)
        return { text, at: endOfDay(noon, 0, timezone) }
      }),
    },
    {
      weight: 2,
      arbitrary: fc.constant({ text: '2199-12-31T23:59:59.999Z', at: Date.UTC(2200, 0, 1) - 1 }),
    },
  )

/**
 * Questions about one metric by every dimension and grain, with filters and comparisons. `instants`
 * are few, so that the same cuts are asked again; `waves` is how many cuts by receivedBy there are.
 */
export const drawnQuestion = (
  metric: Metric,
  world: { timezone: string; instants: readonly number[]; waves: number },
): fc.Arbitrary<DrawnQuestion> => {
  const own = Object.keys(dimensions[metric.view])
  const paths = ['region@1', 'region@2', 'region@3', 'region@4', 'category@1', 'category@2']
  const dimension = fc.constantFrom(...own, ...own, ...paths)
  const condition = fc
    .constantFrom(...own)
    .chain((key) =>
      fc
        .uniqueArray(fc.constantFrom(...(whereValues[key] ?? [''])), { minLength: 1, maxLength: 2 })
        .map((values) => ({ key, values })),
    )
  return fc
    .option(fc.constantFrom(...grains), { nil: undefined })
    .chain((grain) =>
      fc.record({
        grain: fc.constant(grain),
        range: ranges(grain),
        dims: fc.uniqueArray(dimension, { maxLength: 2 }),
        timeFirst: fc.boolean(),
        where: fc.uniqueArray(condition, { maxLength: 2, selector: ({ key }) => key }),
        asOf: asOfText(world.instants, world.timezone),
        compare: fc.subarray(['yoy', 'mom', 'ytd'] as const),
        wave: fc.option(fc.nat({ max: Math.max(0, world.waves - 1) }), { nil: undefined, freq: 2 }),
      }),
    )
    .map(({ grain, range, dims, timeFirst, where, asOf, compare, wave }) => {
      const time = grain === undefined ? [] : [grain]
      const by = timeFirst ? [...time, ...dims] : [...dims, ...time]
      const conditions = where.map(
        ({ key, values }) => `${key}=${values.map(quotedValue).join('|')}`,
      )
      return {
        wave,
        text: {
          metric: metric.id,
          ...range,
          asOf: asOf.text,
          ...(by.length === 0 ? {} : { by: by.join(',') }),
          ...(conditions.length === 0 ? {} : { where: conditions }),
          ...(compare.length === 0 ? {} : { compare: compare.join(',') }),
        },
        judged: {
          metric: metric.id as Question['metric'],
          ...range,
          by,
          where: Object.fromEntries(where.map(({ key, values }) => [key, values])),
          asOf: asOf.at,
          compare,
        },
      }
    })
}
