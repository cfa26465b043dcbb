import { PulseError } from '../errors.ts'
import { nearest } from '../settings/nearest.ts'
import { afterClosingMetrics } from './after-closing-metrics.ts'
import { campaignMetrics } from './campaign-metrics.ts'
import { funnelMetrics } from './funnel-metrics.ts'
import { handlingMetrics } from './handling-metrics.ts'
import { matterMetrics } from './matter-metrics.ts'
import type { Metric } from './metric.ts'
import { petitionMetrics } from './petition-metrics.ts'
import { reliefMetrics } from './relief-metrics.ts'
import { reviewMetrics } from './review-metrics.ts'
import { stockMetrics } from './stock-metrics.ts'
import { timeLimitMetrics } from './time-limit-metrics.ts'
import { visitMetrics } from './visit-metrics.ts'

/** Every metric, in the order they are listed to people. */
export const metrics: readonly Metric[] = [
  ...petitionMetrics.slice(0, 1),
  ...matterMetrics.slice(0, 1),
  ...petitionMetrics.slice(1),
  ...visitMetrics,
  ...matterMetrics.slice(1),
  ...handlingMetrics,
  ...timeLimitMetrics,
  ...stockMetrics,
  ...afterClosingMetrics,
  ...reviewMetrics,
  ...campaignMetrics,
  ...reliefMetrics,
  ...funnelMetrics,
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
