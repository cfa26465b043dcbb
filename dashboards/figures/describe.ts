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
import { grains } from '../../schemas/periods/grains.ts'
import { dayOf } from '../../schemas/periods/local-day.ts'
import { zoneOf } from '../../schemas/periods/zone.ts'
import { compileFigure } from './compile.ts'
import type { FigureSettings } from './question.ts'

/** What `pulse metrics` and the API say of a metric. */
export type MetricDescription = {
  readonly id: string
  readonly names: Words
  readonly meaning: Words
  readonly unit: Unit
  readonly kind: 'count' | 'rate' | 'days'
  readonly basis: Basis
  readonly direction: Direction
  readonly source: Words
  readonly table: string
  readonly population: Words
  readonly dated: Words
  readonly numerator?: Words
  readonly denominator?: Words
  readonly value?: Words
  readonly exclusions?: Words
  readonly dimensions: readonly string[]
  readonly timeKeys: readonly string[]
  /** The statement for one example period, over everything known. */
  readonly sql: string
}

const partsOf = ({
  measure,
}: Metric): Pick<MetricDescription, 'numerator' | 'denominator' | 'value'> => {
  if (measure.kind === 'rate')
    return { numerator: measure.numerator.words, denominator: measure.denominator.words }
  return { value: measure.kind === 'count' ? measure.value.words : measure.words }
}

const EXAMPLE_YEAR = 2024

/** Everything the registry says of a metric, with its SQL for the year 2024. */
export const describeMetric = (metric: Metric, settings: FigureSettings): MetricDescription => {
  const zone = zoneOf(settings.timezone)
  const { relation } = views[metric.view]
  const to = zone.startOf(dayOf(EXAMPLE_YEAR + 1, 1, 1))
  const statements = compileFigure({
    metric,
    layer: [{ from: zone.startOf(dayOf(EXAMPLE_YEAR, 1, 1)), to, asOf: to }],
    relation: `${relation} FINAL`,
    dimensions: [],
    conditions: [],
    where: [],
    collectiveThreshold: settings.collectiveThreshold,
    maxRows: 999,
  })
  return {
    id: metric.id,
    names: metric.names,
    meaning: metric.meaning,
    unit: unitOf(metric),
    kind: kindOf(metric),
    basis: metric.basis,
    direction: metric.direction,
    source: metric.source,
    table: relation,
    population: metric.populationWords,
    dated: metric.atWords,
    ...partsOf(metric),
    ...(metric.exclusions === undefined ? {} : { exclusions: metric.exclusions }),
    dimensions: [...Object.keys(dimensions[metric.view]), 'region@n', 'category@n'],
    timeKeys: grains,
    sql: statements.map(({ sql }) => sql).join(';\n'),
  }
}
