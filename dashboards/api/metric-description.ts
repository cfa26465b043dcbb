import { dimensions } from '../../schemas/metrics/dimensions.ts'
import {
  type Basis,
  type Direction,
  kindOf,
  type Metric,
  type Unit,
  unitOf,
  views,
  type Words,
} from '../../schemas/metrics/metric.ts'

/** A metric as `pulse metrics` and `GET /api/v1/metrics` tell of it. */
export type MetricDescription = {
  readonly id: string
  readonly names: Words
  readonly meaning: Words
  readonly unit: Unit
  readonly kind: 'count' | 'rate' | 'days'
  readonly basis: Basis
  readonly direction: Direction
  readonly source: Words
  readonly exclusions?: Words
  /** Ways to group; region@1–4 and category@n besides. */
  readonly dimensions: readonly string[]
  /** The expressions its SQL is made of, over the columns of the table. */
  readonly sql: Readonly<Record<string, string>>
}

const parts = ({ measure }: Metric): Readonly<Record<string, string>> => {
  const one = (
    name: string,
    part: { readonly where?: string; readonly weight?: string; readonly at?: string },
  ): Record<string, string> => ({
    [name]: part.weight === undefined ? 'count()' : `sum(${part.weight})`,
    ...(part.where === undefined ? {} : { [`${name}Where`]: part.where }),
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
      return { spells: measure.spells }
    default:
      return measure satisfies never
  }
}

/** Everything a reader needs to know of a metric, as plain data. */
export const describeMetric = (metric: Metric): MetricDescription => ({
  id: metric.id,
  names: metric.names,
  meaning: metric.meaning,
  unit: unitOf(metric),
  kind: kindOf(metric),
  basis: metric.basis,
  direction: metric.direction,
  source: metric.source,
  ...(metric.exclusions === undefined ? {} : { exclusions: metric.exclusions }),
  dimensions: Object.keys(dimensions[metric.view]),
  sql: {
    table: views[metric.view].relation,
    population: metric.population,
    ...(metric.at === undefined ? {} : { at: metric.at }),
    ...parts(metric),
  },
})
