import type { FigureRow } from '../../dashboards/figures/answer.ts'
import type { Change } from '../../dashboards/figures/change.ts'
import type { Ask, FigureQuestionText } from '../../test/proof/ask.ts'
import { halfUp, halfUpFraction } from './rounding.ts'
import type { Tally } from './tally.ts'
import type { Truth, TruthGroup, TruthRate } from './truth.ts'

/** The days the file covers, and the moment its truth was counted at. */
export type Coverage = { readonly from: string; readonly to: string; readonly asOf: string }

type Rows = ReadonlyMap<string, FigureRow>

const rowsBy = async (ask: Ask, question: FigureQuestionText): Promise<Rows> => {
  const { rows } = await ask(question)
  return new Map(rows.map((row) => [String(row[question.by ?? ''] ?? ''), row]))
}

const countOf = (rows: Rows, key: string): unknown => rows.get(key)?.['value'] ?? 0

/** Parts, ten digits, and two and one decimals of a per cent. */
const sameRate = (
  tally: Tally,
  group: string,
  what: string,
  row: FigureRow | undefined,
  truth: TruthRate,
): void => {
  const [numerator, denominator] = [
    Number(row?.['numerator'] ?? 0),
    Number(row?.['denominator'] ?? 0),
  ]
  tally.same(group, `${what} numerator`, numerator, truth?.n ?? 0)
  tally.same(group, `${what} denominator`, denominator, truth?.d ?? 0)
  if (denominator === 0 || truth === null) {
    tally.same(group, `${what} value`, row?.['value'] ?? null, null)
    return
  }
  tally.same(group, `${what} value`, halfUp(Number(row?.['value']), 10), halfUp(truth.rate, 10))
  for (const [digits, printed] of [
    [2, truth.pct2],
    [1, truth.pct1],
  ] as const)
    tally.same(group, `${what} %`, halfUpFraction(numerator * 100, denominator, digits), printed)
}

/** Six digits; of a value exactly half-way the truth gives either neighbour, as its doubles fall. */
const sameDays = (
  tally: Tally,
  group: string,
  what: string,
  row: FigureRow | undefined,
  truth: number | null | undefined,
): void => {
  const value = row?.['value'] ?? null
  if (typeof value !== 'number' || typeof truth !== 'number') {
    tally.same(group, what, value, truth ?? null)
    return
  }
  const isHalfWay = halfUp(value, 9).endsWith('500')
  const neighbours = [halfUp(value, 6), ...(isHalfWay ? [halfUp(value - 1e-8, 6)] : [])]
  const printed = halfUp(truth, 6)
  tally.same(group, what, neighbours.includes(printed) ? printed : neighbours[0], printed)
}

/** Counts, rates and quantiles of each group of a dimension; `by` '' for all in one. */
export const compareGroups = async (
  ask: Ask,
  tally: Tally,
  coverage: Coverage,
  part: {
    readonly name: string
    readonly by: string
    readonly groups: Readonly<Record<string, TruthGroup>>
    /** The key under which a figure has a group of the truth. */
    readonly keyOf?: (name: string) => string
  },
): Promise<void> => {
  const { name, by, groups, keyOf = (key) => key } = part
  const rows = (metric: string, more: Partial<FigureQuestionText> = {}) =>
    rowsBy(ask, { metric, ...coverage, ...(by === '' ? {} : { by }), ...more })
  const [petitions, matters] = [await rows('petitions'), await rows('matters')]
  const [accepted, closures] = [await rows('accepted'), await rows('closures')]
  const [withDue, onTime] = [
    await rows('accepted', { where: ['route=petition'] }),
    await rows('closed_on_time_share'),
  ]
  const [rate, median, p90] = [
    await rows('closure_rate'),
    await rows('median_days_to_close'),
    await rows('p90_days_to_close'),
  ]
  const [open, overdue] = [await rows('open_matters'), await rows('overdue_matters')]
  const openWithDue = await rows('open_matters', { where: ['route=petition'] })
  for (const [label, truth] of Object.entries(groups)) {
    const key = keyOf(label)
    const counted = [
      ['petitions', petitions, truth.opened],
      ['matters', matters, truth.opened],
      ['accepted', accepted, truth.opened],
      ['closures', closures, truth.closed],
      ['accepted with a due time', withDue, truth.with_due],
      ['open_matters', open, truth.open_now],
      ['overdue_matters', overdue, truth.overdue_open],
      ['open with a due time', openWithDue, truth.overdue_open + truth.open_not_yet_due],
    ] as const
    for (const [what, found, expected] of counted)
      tally.same(name, `${label} ${what}`, countOf(found, key), expected)
    sameRate(tally, name, `${label} closure_rate`, rate.get(key), truth.closure_rate)
    const share = truth.on_time_of_closed_with_due
    sameRate(tally, name, `${label} closed_on_time_share`, onTime.get(key), share)
    const { median_days, p90_days } = truth.days_to_close
    sameDays(tally, name, `${label} median_days_to_close`, median.get(key), median_days)
    sameDays(tally, name, `${label} p90_days_to_close`, p90.get(key), p90_days)
  }
}

/** Requests closed within so many days, from the classes of `closeDays`. */
export const compareWithin = async (
  ask: Ask,
  tally: Tally,
  coverage: Coverage,
  { overall }: Truth,
): Promise<void> => {
  const closures = await rowsBy(ask, { metric: 'closures', ...coverage, by: 'closeDays' })
  let within = 0
  for (const label of ['0-1', '1-7', '7-15', '15-30', '30-60', '60-90']) {
    within += Number(countOf(closures, label))
    const days = label.split('-')[1] ?? ''
    tally.same('closed within days', `within ${days}`, within, overall.within[days]?.n)
  }
}

const changeText = (row: FigureRow | undefined, name: 'yoy' | 'mom'): string | null => {
  const change = row?.[name]
  if (typeof change !== 'object' || change === null) return null
  const { change: percent } = change as Change
  return percent === null ? null : halfUp(percent, 2)
}

/** Opened by day, week, month and year, with the changes on the year and on the month. */
export const compareTimes = async (
  ask: Ask,
  tally: Tally,
  coverage: Coverage,
  truth: Truth,
): Promise<void> => {
  const whole = { from: coverage.from, to: `${Number(coverage.to.slice(0, 4)) + 1}-01-01` }
  const grains = [
    ['day', Object.entries(truth.by_day_opened)],
    ['week', Object.entries(truth.by_isoweek_opened)],
    ['month', truth.by_month_event.map(({ month, opened }) => [month, opened] as const)],
    ['year', Object.entries(truth.by_year_opened)],
  ] as const
  for (const [by, opened] of grains) {
    for (const metric of ['petitions', 'matters', 'accepted']) {
      const rows = await rowsBy(ask, { metric, ...coverage, by })
      for (const [key, count] of opened)
        tally.same(`opened by ${by}`, `${metric} ${key}`, countOf(rows, key), count)
      const known = new Set(opened.map(([key]) => key))
      for (const [key, row] of rows)
        if (!known.has(key)) tally.same(`opened by ${by}`, `${metric} ${key}`, row['value'], 0)
    }
  }
  // The truth compares whole units, the last one too although the file ends in its midst.
  const changes = [
    ['year', 'yoy', truth.yoy_opened_pct],
    ['month', 'yoy', truth.yoy_month_opened_pct],
    ['month', 'mom', truth.mom_opened_pct],
  ] as const
  for (const [by, compare, expected] of changes) {
    const rows = await rowsBy(ask, { metric: 'petitions', ...whole, by, compare })
    for (const [key, percent] of Object.entries(expected))
      tally.same(`${compare} by ${by}`, key, changeText(rows.get(key), compare), percent)
  }
}

/** By month: what closed in it, what was open at its end, and the cohort that opened in it. */
export const compareMonths = async (
  ask: Ask,
  tally: Tally,
  coverage: Coverage,
  truth: Truth,
): Promise<void> => {
  const by = 'month'
  const [closures, accepted, open, rate] = [
    await rowsBy(ask, { metric: 'closures', ...coverage, by }),
    await rowsBy(ask, { metric: 'accepted', ...coverage, by }),
    await rowsBy(ask, { metric: 'open_matters', ...coverage, by }),
    await rowsBy(ask, { metric: 'closure_rate', ...coverage, by }),
  ]
  for (const { month, closed_in_month, backlog_end, clearance_ratio } of truth.by_month_event) {
    tally.same('events of a month', `closures ${month}`, countOf(closures, month), closed_in_month)
    tally.same('events of a month', `open_matters ${month}`, countOf(open, month), backlog_end)
    const [n, d] = [Number(countOf(closures, month)), Number(countOf(accepted, month))]
    const printed = halfUpFraction(n * 100, d, 2)
    tally.same('events of a month', `closed/opened ${month}`, printed, clearance_ratio?.pct2)
  }
  for (const [month, cohort] of Object.entries(truth.by_month_cohort))
    sameRate(tally, 'cohort of a month', month, rate.get(month), cohort.closure_rate)
}
