import { describe, expect, it } from 'vitest'
import { compileFigure } from '../../../dashboards/figures/compile.ts'
import { checkQuestion, type FigureQuestion } from '../../../dashboards/figures/question.ts'
import { layersOf, type Slice } from '../../../dashboards/figures/slices.ts'

const DAY = 86_400_000
const slices: readonly Slice[] = [
  { from: 0, to: 31 * DAY, asOf: 40 * DAY },
  { from: 31 * DAY, to: 59 * DAY, asOf: 40 * DAY },
]

const sqlOf = (given: Partial<FigureQuestion>, layer = slices): string => {
  const asked = checkQuestion({
    metric: 'petitions',
    from: '1970-01-01',
    to: '1970-03-01',
    ...given,
  })
  return compileFigure({
    metric: asked.metric,
    layer,
    relation: `(${asked.metric.view})`,
    dimensions: asked.keys.flatMap(({ name, dimension }) =>
      dimension === undefined ? [] : [{ name, dimension }],
    ),
    conditions: asked.conditions,
    where: asked.where,
    settings: { timezone: 'Asia/Shanghai', monthStart: 1, collectiveThreshold: 5 },
    maxRows: 10,
  })
    .map(({ sql }) => sql)
    .join(';\n')
}

describe('the SQL of a figure', () => {
  it('counts petitions by period and region in one scan', () => {
    expect(sqlOf({ by: ['month', 'region@2'] })).toMatchInlineSnapshot(`
      "SELECT roundDown(toUnixTimestamp64Milli(assumeNotNull(time)), CAST([0, 2678400000, 5097600000], 'Array(Int64)')) AS slice, replaceRegexpOne(region, '^([0-9]{6})(?:[0-9]{3}|[0-9]{6})$', '\\\\1') AS key0, count() AS numerator
      FROM (petitions)
      WHERE (present AND counted) AND (time IS NOT NULL) AND ((toUnixTimestamp64Milli(assumeNotNull(time)) >= 0 AND toUnixTimestamp64Milli(assumeNotNull(time)) < 5097600000))
      GROUP BY slice, key0
      LIMIT 11"
    `)
  })
  it('counts a rate over its cohort, in the scope of the asker', () => {
    expect(
      sqlOf({
        metric: 'closure_rate',
        scope: '430100',
        where: [{ key: 'channel', values: ['visit', 'call'] }],
      }),
    ).toMatchInlineSnapshot(`
      "SELECT roundDown(toUnixTimestamp64Milli(assumeNotNull(accepted_at)), CAST([0, 2678400000, 5097600000], 'Array(Int64)')) AS slice, countIf(closed_at IS NOT NULL) AS numerator, count() AS denominator
      FROM (matters)
      WHERE (present AND NOT voided AND in_scope) AND (accepted_at IS NOT NULL) AND ((toUnixTimestamp64Milli(assumeNotNull(accepted_at)) >= 0 AND toUnixTimestamp64Milli(assumeNotNull(accepted_at)) < 5097600000)) AND ((region = '430100' OR (startsWith(region, '4301') AND match(region, '^(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$')))) AND (channel IN ['visit', 'call'])
      GROUP BY slice
      LIMIT 11"
    `)
  })
  it('fetches the neighbours of a quantile', () => {
    expect(sqlOf({ metric: 'p90_days_to_close', by: ['category@1'] })).toMatchInlineSnapshot(`
      "SELECT slice, key0, all_rows, valid_rows, lower, upper, parts FROM (
      SELECT roundDown(toUnixTimestamp64Milli(assumeNotNull(closed_at)), CAST([0, 2678400000, 5097600000], 'Array(Int64)')) AS slice, replaceRegexpOne(category, '(?s)^([^/]*(?:/[^/]*){0})/.*$', '\\\\1') AS key0, count() AS all_rows, countIf(registered_at IS NOT NULL AND closed_at >= registered_at) AS valid_rows, arraySort(groupArrayIf(toUnixTimestamp64Milli(assumeNotNull(closed_at)) - toUnixTimestamp64Milli(assumeNotNull(registered_at)), registered_at IS NOT NULL AND closed_at >= registered_at)) AS sorted, sorted[1 + intDiv(((toInt64(length(sorted)) - 1) * 9), 10)] AS lower, sorted[2 + intDiv(((toInt64(length(sorted)) - 1) * 9), 10)] AS upper, modulo(((toInt64(length(sorted)) - 1) * 9), 10) AS parts
      FROM (matters)
      WHERE (present AND NOT voided AND in_scope) AND (closed_at IS NOT NULL) AND ((toUnixTimestamp64Milli(assumeNotNull(closed_at)) >= 0 AND toUnixTimestamp64Milli(assumeNotNull(closed_at)) < 5097600000))
      GROUP BY slice, key0
      LIMIT 11)"
    `)
  })
  it('counts a stock at every end at once', () => {
    expect(
      sqlOf({
        metric: 'overdue_matters',
        by: ['flag'],
        where: [{ key: 'flag', values: ['litigation', ''] }],
      }),
    ).toMatchInlineSnapshot(`
      "SELECT step.1 AS after, key0, sum(step.2) AS steps
      FROM (SELECT begins_after, stops_after, key0 FROM (
      SELECT roundDown(greatest(toUnixTimestamp64Milli(assumeNotNull(spell.opened)), if((toUnixTimestamp64Milli(assumeNotNull(spell.due)) + toInt64(0)) >= 3456000000, greatest((toUnixTimestamp64Milli(assumeNotNull(spell.due)) + toInt64(0)), toInt64(5097600000)), (toUnixTimestamp64Milli(assumeNotNull(spell.due)) + toInt64(0)))), CAST([2678399999, 2678400000, 5097600000], 'Array(Int64)')) AS begins_after, roundDown(toUnixTimestamp64Milli(assumeNotNull(spell.ended)), CAST([2678399999, 2678400000, 5097600000], 'Array(Int64)')) AS stops_after, arrayJoin(arrayFilter(element -> element IN ['litigation', ''], if(empty(flags), CAST([''], 'Array(LowCardinality(String))'), flags))) AS key0
      FROM (matters) ARRAY JOIN open_spells AS spell
      WHERE (present AND NOT voided) AND (spell.due IS NOT NULL) AND ((hasAny(flags, ['litigation', '']) OR empty(flags)))) WHERE begins_after < stops_after)
      ARRAY JOIN [(begins_after, toInt64(1)), (stops_after, toInt64(-1))] AS step
      GROUP BY after, key0
      LIMIT 11"
    `)
  })
  it('takes a value as text, whatever it says', () => {
    const sql = sqlOf({ where: [{ key: 'category', values: ["x') OR 1=1 -- {asOf}\\"] }] })
    expect(sql).toContain(String.raw`category IN ['x\') OR 1=1 -- {asOf}\\']`)
  })
})

describe('layers', () => {
  it('put overlapping periods into statements of their own', () => {
    const slice = (from: number, to: number): Slice => ({ from, to, asOf: 0 })
    expect(layersOf([slice(4, 6), slice(0, 2), slice(1, 3), slice(2, 4), slice(5, 5)])).toEqual([
      [slice(0, 2), slice(2, 4), slice(4, 6)],
      [slice(1, 3)],
    ])
  })
})
