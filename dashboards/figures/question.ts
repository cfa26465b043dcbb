import { PulseError } from '../../schemas/errors.ts'
import { parseStamp } from '../../schemas/events/stamps.ts'
import { type Dimension, dimensionOf, dimensions } from '../../schemas/metrics/dimensions.ts'
import { type Expression, kindOf, type Metric } from '../../schemas/metrics/metric.ts'
import { regionWithinSql } from '../../schemas/metrics/regions.ts'
import { metricOf } from '../../schemas/metrics/registry.ts'
import { type Comparison, comparisons } from '../../schemas/periods/earlier.ts'
import { type DayRange, type Grain, grains, isGrain } from '../../schemas/periods/grains.ts'
import { parseDay } from '../../schemas/periods/local-day.ts'
import { type Zone, zoneOf } from '../../schemas/periods/zone.ts'
import { sqlStrings } from '../../schemas/store/sql-text.ts'
import { parseWhere, type Where } from './where-text.ts'

/** Settings a figure depends on. */
export type FigureSettings = {
  /** IANA name; days are local to it. */
  readonly timezone: string
  /** Day reporting months begin on, 1–28; 1 is the calendar's month. */
  readonly monthStart: number
  /** Heads from which a visit is collective. */
  readonly collectiveThreshold: number
}

/** A figure asked for. Dates are local days `YYYY-MM-DD`; instants epoch ms. */
export type FigureQuestion = {
  readonly metric: string
  readonly from: string
  /** Exclusive. */
  readonly to: string
  /** Row keys in order: at most one time key, and dimensions. */
  readonly by?: readonly string[] | undefined
  /** All must hold. */
  readonly where?: readonly Where[] | undefined
  /** Default: now. */
  readonly asOf?: number | undefined
  /** Default, and latest: the watermark. */
  readonly receivedBy?: number | undefined
  readonly compare?: readonly string[] | undefined
  /** Region whose subtree the asker may see; default: everything. */
  readonly scope?: string | undefined
}

/** The same as texts: options of the command line, or a query string. */
export type FigureQuestionText = {
  readonly metric: string
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Comma-separated. */
  readonly by?: string | undefined
  readonly where?: readonly string[] | undefined
  readonly asOf?: string | undefined
  readonly receivedBy?: string | undefined
  /** Comma-separated. */
  readonly compare?: string | undefined
}

export type QuestionKey = {
  readonly name: string
  readonly grain?: Grain
  readonly dimension?: Dimension
}

/**
 * A condition as SQL, the placeholders in the dimension's expression filled by `fill`; not in the
 * values, which come from outside.
 */
export type Condition = (fill: (expression: Expression) => string) => string

/** A question whose every name is known: what the compiler works on. */
export type Asked = {
  readonly metric: Metric
  readonly range: DayRange
  readonly keys: readonly QuestionKey[]
  readonly grain: Grain | undefined
  /** Of scope and where. */
  readonly conditions: readonly Condition[]
  readonly where: readonly Where[]
  readonly compare: readonly Comparison[]
}

const list = (text: string | undefined): readonly string[] =>
  text === undefined
    ? []
    : text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')

/** RFC 3339 with an offset, as askers write it; undefined where it is not. */
export const askedStamp = (text: string): number | undefined => {
  // a "+" in a query string that was not escaped arrives as a space
  const instant = parseStamp(text.replace(/ (?=\d{2}:\d{2}$)/, '+'))
  return typeof instant === 'number' ? instant : undefined
}

/**
 * Reads RFC 3339 with an offset, or a date, which means the end of that local day. USAGE otherwise;
 * `name` is what the asker called it.
 */
export const parseInstant = (text: string, name: string, zone: Zone): number => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return zone.startOf(parseDay(text, name) + 1) - 1
  const instant = askedStamp(text)
  if (instant !== undefined) return instant
  throw new PulseError(
    'USAGE',
    `${name} must be a date such as 2024-01-31 (the end of that day) or a time with an offset such as 2024-01-31T18:00:00+08:00, from 1900 to 2199.`,
  )
}

/** Reads a question given as texts. USAGE where one cannot be read. */
export const readQuestion = (text: FigureQuestionText, timezone: string): FigureQuestion => {
  const zone = zoneOf(timezone)
  if (text.from === undefined || text.to === undefined)
    throw new PulseError(
      'USAGE',
      'A figure needs its period: --from 2024-01-01 --to 2025-01-01 (the end is not included).',
    )
  return {
    metric: text.metric,
    from: text.from.trim(),
    to: text.to.trim(),
    by: list(text.by),
    where: (text.where ?? []).flatMap(parseWhere),
    ...(text.asOf === undefined ? {} : { asOf: parseInstant(text.asOf.trim(), '--as-of', zone) }),
    ...(text.receivedBy === undefined
      ? {}
      : { receivedBy: parseInstant(text.receivedBy.trim(), '--received-by', zone) }),
    compare: list(text.compare),
  }
}

const conditionOf = (dimension: Dimension, { key, values }: Where): Condition => {
  if (key === 'region')
    return () => `(${values.map((value) => regionWithinSql('region', value)).join(' OR ')})`
  const { sql, each } = dimension
  if (each === undefined) return (fill) => `${fill(sql)} IN ${sqlStrings(values)}`
  return (fill) => {
    const elements = fill(each)
    const has = `hasAny(${elements}, ${sqlStrings(values)})`
    return values.includes('') ? `(${has} OR empty(${elements}))` : has
  }
}

const readKeys = (metric: Metric, names: readonly string[]): readonly QuestionKey[] => {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw new PulseError('USAGE', `--by names "${twice}" twice; name each key once.`)
  const keys = names.map((name): QuestionKey => {
    if (isGrain(name)) return { name, grain: name }
    try {
      return { name, dimension: dimensionOf(metric.view, name, metric.id) }
    } catch (error) {
      if (!(error instanceof PulseError)) throw error
      throw new PulseError('USAGE', `--by: ${error.message} Time keys are ${grains.join(', ')}.`)
    }
  })
  const times = keys.filter(({ grain }) => grain !== undefined)
  if (times.length > 1)
    throw new PulseError(
      'USAGE',
      `--by takes one time key; it has ${times.map(({ name }) => name).join(' and ')}.`,
    )
  return keys
}

const readWhere = (metric: Metric, where: Where): Condition => {
  if (isGrain(where.key))
    throw new PulseError(
      'USAGE',
      `--where takes dimensions, not the time key "${where.key}"; give the period with --from and --to. Dimensions: ${Object.keys(dimensions[metric.view]).join(', ')}.`,
    )
  if (where.values.length === 0)
    throw new PulseError('USAGE', `--where ${where.key}= names no value.`)
  return conditionOf(dimensionOf(metric.view, where.key, metric.id), where)
}

/** Checks every name and date of a question. USAGE or NOT_FOUND, saying what would be right. */
export const checkQuestion = (question: FigureQuestion): Asked => {
  const metric = metricOf(question.metric)
  const range = { from: parseDay(question.from, '--from'), to: parseDay(question.to, '--to') }
  if (range.to <= range.from)
    throw new PulseError(
      'USAGE',
      `--to ${question.to} must lie after --from ${question.from}: the end is not included, so one day is --from 2024-01-31 --to 2024-02-01.`,
    )
  const keys = readKeys(metric, question.by ?? [])
  const compare = [...new Set(question.compare ?? [])].map((name): Comparison => {
    const known = comparisons.find((comparison) => comparison === name)
    if (known !== undefined) return known
    throw new PulseError(
      'USAGE',
      `--compare takes ${comparisons.join(', ')}, not "${name.slice(0, 64)}".`,
    )
  })
  if (compare.includes('share') && (kindOf(metric) !== 'count' || metric.basis === '–'))
    throw new PulseError(
      'USAGE',
      `--compare share is a part of a total, which ${metric.id} has none of: it is for counts. Ask for yoy or mom.`,
    )
  const where = question.where ?? []
  const { scope } = question
  return {
    metric,
    range,
    keys,
    grain: keys.find(({ grain }) => grain !== undefined)?.grain,
    conditions: [
      ...(scope === undefined ? [] : [() => regionWithinSql('region', scope)]),
      ...where.map((condition) => readWhere(metric, condition)),
    ],
    where,
    compare,
  }
}
