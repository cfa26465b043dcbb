import { PulseError } from '../errors.ts'
import { nearest } from '../settings/nearest.ts'
import { matterMetrics } from './matter-metrics.ts'
import type { Metric } from './metric.ts'
import { petitionMetrics } from './petition-metrics.ts'

/** Every metric, in the order they are listed to people. */
export const metrics: readonly Metric[] = [
  ...petitionMetrics.slice(0, 1),
  ...matterMetrics.slice(0, 1),
  ...petitionMetrics.slice(1),
  ...matterMetrics.slice(1),
]

const byId = new Map(metrics.map((metric) => [metric.id, metric]))

/** The metric of that id; NOT_FOUND with the nearest known one. */
export const metricOf = (id: string): Metric => {
  const metric = byId.get(id)
  if (metric !== undefined) return metric
  const meant = nearest(id, [...byId.keys()])
  throw new PulseError(
    'NOT_FOUND',
    `There is no metric "${id.slice(0, 64)}".${meant === undefined ? '' : ` Did you mean "${meant}"?`} \`pulse metrics\` lists them: ${[...byId.keys()].join(', ')}.`,
  )
}
