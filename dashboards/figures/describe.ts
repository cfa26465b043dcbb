import { dimensions } from '../../schemas/metrics/dimensions.ts'
import {
  type Basis,
  type Direction,
  kindOf,
  type Metric,
  type Part,
  type Unit,
  unitOf,
  views,
  type Words,
} from '../../schemas/metrics/metric.ts'
import { partSql } from '../../schemas/metrics/part-sql.ts'
import { grains } from '../../schemas/periods/grains.ts'
import { dayOf } from '../../schemas/periods/local-day.ts'
import { zoneOf } from '../../schemas/periods/zone.ts'
import { compileFigure } from './compile.ts'
import type { FigureSettings } from './question.ts'

/** What `pulse metrics` and `GET /api/v1/metrics` say of a metric. */
export type MetricDescription = {
  readonly id: string
  readonly names: Words
  readonly meaning: Words
  readonly unit: Unit
  readonly kind: 'count' | 'rate' | 'days'
  readonly basis: Basis
  readonly direction: Direction
  readonly source: Words
  /** Which rows it looks at, and what dates them. */
  readonly population: Words
  readonly dated: Words
  /** Of a rate; else `value`. */
  readonly numerator?: Words
  readonly denominator?: Words
  readonly value?: Words
  readonly exclusions?: Words
  readonly example: Words
  /** Ways to group; region@1–4 and category@n besides. */
  readonly dimensions: readonly string[]
  readonly timeKeys: readonly string[]
  /** The expressions its SQL is made of, over the columns of the table. */
  readonly sql: Readonly<Record<string, string>>
  /** The whole statement for the year 2024, over everything known. */
  readonly statement: string
}

const wordsOf = ({
  measure,
}: Metric): Pick<MetricDescription, 'numerator' | 'denominator' | 'value'> => {
  if (measure.kind === 'rate')
    return { numerator: measure.numerator.words, denominator: measure.denominator.words }
  return { value: measure.kind === 'count' ? measure.value.words : measure.words }
}

const expressionsOf = ({ measure }: Metric): Readonly<Record<string, string>> => {
  const one = (name: string, part: Part<Unit>): Record<string, string> => ({
    [name]: partSql(part),
    ...(part.at === undefined ? {} : { [`${name}At`]: part.at }),
  })
  switch (measure.kind) {
    case 'count':
      return one('value', measure.value)
    case 'rate':
      return { ...one('numerator', measure.numerator), ...one('denominator', measure.denominator) }
    case 'days':
      return {
        quantile: `${measure.rank.numerator}/${measure.rank.denominator}`,
        durationMs: measure.durationMs,
        valid: measure.valid,
      }
    case 'stock':
      return {
        spells: measure.spells,
        ...(measure.overdueMs === undefined
          ? {}
          : { overdueMs: JSON.stringify(measure.overdueMs) }),
      }
    default:
      return measure satisfies never
  }
}

const EXAMPLE_YEAR = 2024
const ROWS_SHOWN = 999

const statementOf = (metric: Metric, settings: FigureSettings): string => {
  const zone = zoneOf(settings.timezone)
  const to = zone.startOf(dayOf(EXAMPLE_YEAR + 1, 1, 1))
  return compileFigure({
    metric,
    layer: [{ from: zone.startOf(dayOf(EXAMPLE_YEAR, 1, 1)), to, asOf: to }],
    relation: `${views[metric.view].relation} FINAL`,
    dimensions: [],
    conditions: [],
    where: [],
    settings,
    maxRows: ROWS_SHOWN,
  })
    .map(({ sql }) => sql)
    .join(';\n')
}

/** Everything a reader needs to know of a metric, as plain data. */
export const describeMetric = (metric: Metric, settings: FigureSettings): MetricDescription => ({
  id: metric.id,
  names: metric.names,
  meaning: metric.meaning,
  unit: unitOf(metric),
  kind: kindOf(metric),
  basis: metric.basis,
  direction: metric.direction,
  source: metric.source,
  population: metric.populationWords,
  dated: metric.atWords,
  ...wordsOf(metric),
  ...(metric.exclusions === undefined ? {} : { exclusions: metric.exclusions }),
  example: metric.example,
  dimensions: Object.keys(dimensions[metric.view]),
  timeKeys: grains,
  sql: {
    table: [views[metric.view].relation, views[metric.view].join ?? ''].join(' ').trim(),
    population: metric.population,
    ...(metric.at === undefined ? {} : { at: metric.at }),
    ...expressionsOf(metric),
  },
  statement: statementOf(metric, settings),
})
