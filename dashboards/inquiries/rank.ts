import { PulseError } from '../../schemas/errors.ts'
import { kindOf, type Metric } from '../../schemas/metrics/metric.ts'
import { metricOf } from '../../schemas/metrics/registry.ts'
import { earlierPeriod } from '../../schemas/periods/earlier.ts'
import { isGrain } from '../../schemas/periods/grains.ts'
import { dayText, parseDay } from '../../schemas/periods/local-day.ts'
import { zoneOf } from '../../schemas/periods/zone.ts'
import type { FigureAnswer, FigureRow } from '../figures/answer.ts'
import { askFigure, type FigureDeps } from '../figures/ask.ts'
import { checkQuestion, type FigureQuestion } from '../figures/question.ts'

export type RankQuestion = Omit<FigureQuestion, 'compare'> & {
  /** Units whose denominator (a count: whose value) is below it are listed without a rank. */
  readonly min: number
}

/** A figure's row with its rank; null: unranked, for it has no value or too small a base. */
export type RankedRow = FigureRow & {
  readonly rank: number | null
  /** Rank in the period before, by the same rule. */
  readonly previousRank: number | null
  /** Places gained since: positive is better. */
  readonly rankChange: number | null
  readonly ranked: boolean
}

export type RankAnswer = Omit<FigureAnswer, 'rows'> & {
  /** Which end is first: where neither is better the highest value is. */
  readonly order: 'highest' | 'lowest'
  readonly min: number
  readonly previous: { readonly from: string; readonly to: string }
  readonly rows: readonly RankedRow[]
}

const orderOf = ({ direction }: Metric): RankAnswer['order'] =>
  direction === 'bad' ? 'lowest' : 'highest'

type Value = { readonly numerator: bigint; readonly denominator: bigint }

/** A row's value as a fraction, so that ties are ties; undefined where there is none. */
const fractionOf = (row: FigureRow): Value | undefined => {
  const { value, numerator, denominator } = row
  if (typeof value !== 'number') return undefined
  if (typeof numerator === 'number' && typeof denominator === 'number')
    return { numerator: BigInt(numerator), denominator: BigInt(denominator) }
  // counts are whole; days are doubles, and equal only where their texts are
  return Number.isInteger(value)
    ? { numerator: BigInt(value), denominator: 1n }
    : { numerator: BigInt(Math.round(value * 86_400_000 * 1000)), denominator: 86_400_000_000n }
}

const compareValues = (a: Value, b: Value): number => {
  const [left, right] = [a.numerator * b.denominator, b.numerator * a.denominator]
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** The base of a rate, else the value itself: days have none, and are ranked whatever their base. */
const baseOf = (metric: Metric, row: FigureRow): number => {
  const kind = kindOf(metric)
  if (kind === 'days') return Number.POSITIVE_INFINITY
  return Number(kind === 'rate' ? row['denominator'] : row['value'])
}

type Ranked = { readonly row: FigureRow; readonly rank: number | null }

/** Better first; ties share a rank and the next one follows by how many there are before it. */
export const ranksOf = (
  metric: Metric,
  rows: readonly FigureRow[],
  min: number,
): readonly Ranked[] => {
  const sign = orderOf(metric) === 'highest' ? -1 : 1
  const entries = rows.map((row) => {
    const value = fractionOf(row)
    return { row, value: baseOf(metric, row) >= min ? value : undefined }
  })
  const able = entries
    .flatMap(({ row, value }) => (value === undefined ? [] : [{ row, value }]))
    .sort((a, b) => sign * compareValues(a.value, b.value))
  let rank = 0
  const ranked = able.map(({ row, value }, index): Ranked => {
    const before = able[index - 1]
    if (before === undefined || compareValues(before.value, value) !== 0) rank = index + 1
    return { row, rank }
  })
  return [
    ...ranked,
    ...entries.flatMap(({ row, value }) => (value === undefined ? [{ row, rank: null }] : [])),
  ]
}

/** Units ranked by a metric, with their rank in the period before. Errors as of `askFigure`. */
export const askRank = async (deps: FigureDeps, question: RankQuestion): Promise<RankAnswer> => {
  const by = question.by ?? []
  if (by.length === 0 || by.some(isGrain))
    throw new PulseError(
      'USAGE',
      'A ranking needs what is ranked, and no time key: --by region@2, or --by org.',
    )
  if (!Number.isFinite(question.min) || question.min < 0)
    throw new PulseError('USAGE', '--min is a whole number from 0 on: the least denominator.')
  const metric = metricOf(question.metric)
  checkQuestion(question)
  const zone = zoneOf(deps.settings.timezone)
  const asOf = question.asOf ?? deps.now()
  const range = { from: parseDay(question.from, '--from'), to: parseDay(question.to, '--to') }
  const before = earlierPeriod('mom', range, deps.settings.monthStart)
  const clock = zone.wallAt(asOf)
  const sameAge = zone.instantAt({ ...clock, day: before.dayThen(clock.day) })
  const { rows, ...now } = await askFigure(deps, { ...question, asOf, compare: [] })
  const previous = await askFigure(deps, {
    ...question,
    from: dayText(before.from),
    to: dayText(before.to),
    // as everywhere: R, D and S are seen at the same age, E as of the same moment
    asOf: metric.basis === 'E' ? asOf : sameAge,
    compare: [],
  })
  const keyOf = (row: FigureRow) => JSON.stringify(by.map((name) => row[name]))
  const earlierRanks = new Map(
    ranksOf(metric, previous.rows, question.min).map(({ row, rank }) => [keyOf(row), rank]),
  )
  return {
    ...now,
    order: orderOf(metric),
    min: question.min,
    previous: { from: previous.from, to: previous.to },
    rows: ranksOf(metric, rows, question.min).map(({ row, rank }): RankedRow => {
      const previousRank = earlierRanks.get(keyOf(row)) ?? null
      return {
        ...row,
        rank,
        previousRank,
        rankChange: rank === null || previousRank === null ? null : previousRank - rank,
        ranked: rank !== null,
      } as RankedRow
    }),
  }
}
