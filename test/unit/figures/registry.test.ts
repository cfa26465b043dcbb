import { describe, expect, it } from 'vitest'
import { describeMetric } from '../../../dashboards/figures/describe.ts'
import {
  type Metric,
  type Part,
  placeholders,
  type Unit,
  unitOf,
  views,
} from '../../../schemas/metrics/metric.ts'
import { metrics } from '../../../schemas/metrics/registry.ts'

const partsOf = ({ measure }: Metric): readonly Part<Unit>[] => {
  if (measure.kind === 'rate') return [measure.numerator, measure.denominator]
  return measure.kind === 'count' ? [measure.value] : []
}

/** The unit that the SQL counts, whatever the metric says. */
const countedUnit = ({ view, population }: Metric, { weight, where }: Part<Unit>): Unit => {
  if (weight === 'payment.amount_fen') return '分'
  if (view !== 'petitions') return '件'
  if (weight === 'people') return '人次'
  return /channel = 'visit'/.test(`${population} ${where}`) ? '批次' : '件次'
}

describe('the registry', () => {
  it('has every figure of the contract, and those the pages show besides', () => {
    expect(metrics.map(({ id }) => id).sort()).toEqual(
      [
        'petitions',
        'matters',
        'visits',
        'people',
        'collective_visits',
        'collective_visits_share',
        'collective_people',
        'collective_people_share',
        'leader_reception_visits',
        'repeat_petitions',
        'repeat_share',
        'repeat_visits',
        'repeat_visit_share',
        'repeat_people',
        'cross_level_legal',
        'cross_level_legal_people',
        'cross_level_legal_share',
        'cross_level_any',
        'cross_level_any_people',
        'cross_level_any_share',
        'cross_level_unknown',
        'online_share',
        'suggestion_petitions',
        'report_petitions',
        'timely_notice_rate',
        'timely_forward_rate',
        'accepted',
        'closures',
        'declined_matters',
        'withdrawn_matters',
        'terminations',
        'clearance_ratio',
        'closure_rate',
        'first_time_closure_rate',
        'on_time_closure_rate',
        'closed_on_time_share',
        'median_days_to_close',
        'p90_days_to_close',
        'open_matters',
        'overdue_matters',
        'due_soon_matters',
        'return_rate_30d',
        'return_rate_60d',
        'return_rate_90d',
        'return_rate_180d',
        'first_time_resolution_rate',
        'evaluation_rate',
        'evaluation_rate_office',
        'satisfaction_rate',
        'satisfaction_rate_office',
        'review_request_rate',
        'recheck_request_rate',
        'review_change_rate',
        'backlog_resolution_rate',
        'backlog_rebound_rate',
        'backlog_listed',
        'backlog_resolved',
        'settlement_rate',
        'backlog_candidates',
        'lead_on_time_rate',
        'supervised_on_time_rate',
        'lead_assigned_share',
        'cross_boundary_share',
        'multi_channel_share',
        'relief_amount',
        'relief_matters',
        'funnel_registered',
        'funnel_forwarded',
        'funnel_accepted',
        'funnel_closed',
        'funnel_rated',
      ].sort(),
    )
  })

  it.each(metrics.map((metric) => [metric.id, metric] as const))(
    '%s counts the unit it names, in all its parts',
    (_, metric) => {
      for (const part of partsOf(metric)) {
        expect(part.unit).toBe(unitOf(metric))
        expect(countedUnit(metric, part)).toBe(part.unit)
      }
    },
  )

  it.each(metrics.map((metric) => [metric.id, metric] as const))(
    '%s has a time for its basis, and no placeholder but the known ones',
    (_, metric) => {
      expect(metric.at === undefined).toBe(['S', '–'].includes(metric.basis))
      const used = JSON.stringify(metric).match(/\{[A-Za-z]+\}/g) ?? []
      for (const placeholder of used) expect(placeholders).toContain(placeholder)
    },
  )

  it('does not let a rate mix units: it would not compile', () => {
    // @ts-expect-error 件次 over 人次
    const mixed: Metric['measure'] = {
      kind: 'rate',
      numerator: { unit: '件次', words: { zh: '', en: '' } },
      denominator: { unit: '人次', words: { zh: '', en: '' } },
    }
    expect(mixed.kind).toBe('rate')
  })

  it('describes each metric with its SQL', () => {
    const settings = { timezone: 'Asia/Shanghai', monthStart: 1, collectiveThreshold: 5 }
    for (const metric of metrics) {
      const { statement, names, example, dimensions } = describeMetric(metric, settings)
      expect(statement).toContain(`${views[metric.view].relation} FINAL`)
      expect(statement).not.toMatch(/\{[A-Za-z]+\}/)
      for (const words of [names, example]) {
        expect(words.zh).toMatch(/\p{Script=Han}/u)
        expect(words.en).not.toBe('')
      }
      expect(dimensions).toContain(metric.view === 'petitions' ? 'repeat' : 'closeDays')
    }
  })
})
