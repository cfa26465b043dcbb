import { describe, expect, it } from 'vitest'
import { describeMetric } from '../../../dashboards/figures/describe.ts'
import { type Metric, type Part, type Unit, unitOf } from '../../../schemas/metrics/metric.ts'
import { metrics } from '../../../schemas/metrics/registry.ts'

const partsOf = ({ measure }: Metric): readonly Part<Unit>[] => {
  if (measure.kind === 'rate') return [measure.numerator, measure.denominator]
  return measure.kind === 'count' ? [measure.value] : []
}

/** The unit that the SQL counts, whatever the metric says. */
const countedUnit = ({ view, population }: Metric, { weight, where }: Part<Unit>): Unit => {
  if (view === 'matters') return '件'
  if (weight === 'people') return '人次'
  return /channel = 'visit'/.test(`${population} ${where}`) ? '批次' : '件次'
}

describe('the registry', () => {
  it('has the first set', () => {
    expect(metrics.map(({ id }) => id).sort()).toEqual(
      [
        'petitions',
        'matters',
        'visits',
        'people',
        'repeat_petitions',
        'repeat_share',
        'accepted',
        'closures',
        'closure_rate',
        'on_time_closure_rate',
        'closed_on_time_share',
        'median_days_to_close',
        'p90_days_to_close',
        'open_matters',
        'overdue_matters',
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
      expect(metric.at === undefined).toBe(metric.basis === 'S')
      const placeholders = JSON.stringify(metric).match(/\{[A-Za-z]+\}/g) ?? []
      for (const placeholder of placeholders)
        expect(['{asOf}', '{collective}']).toContain(placeholder)
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
      const { sql, names, dimensions } = describeMetric(metric, settings)
      expect(sql).toContain(`${metric.view} FINAL`)
      expect(names.zh).not.toBe('')
      expect(dimensions).toContain(metric.view === 'petitions' ? 'repeat' : 'closeDays')
    }
  })
})
