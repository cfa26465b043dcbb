import type { FigureRow } from '../../dashboards/figures/answer.ts'
import type { Change } from '../../dashboards/figures/change.ts'
import type { Ask } from '../../test/proof/ask.ts'
import type { Ledger } from '../../test/proof/ledger-versions.ts'
import { groupBy } from '../../test/reference/known-events.ts'
import type { Coverage } from './against-truth.ts'
import { halfUp } from './rounding.ts'
import type { Tally } from './tally.ts'

/** One request of the file; epoch ms of its wall-clock times taken as UTC. */
type Request = { opened: number; due: number | null; closed: number | null }

const stampOf = (text: string): number | null => {
  const parts = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d) ([AP])M$/.exec(text.trim())
  if (parts === null) return null
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map(Number)
  return Date.UTC(year, month - 1, day, (hour % 12) + (parts[7] === 'P' ? 12 : 0), minute, second)
}

const requestsOf = ({ header, rows }: Ledger): Request[] =>
  rows.map((cells) => {
    const cell = (name: string) => stampOf(cells[header.indexOf(name)] ?? '')
    return {
      opened: cell('CreatedDate') ?? Number.NaN,
      due: cell('DueDate'),
      closed: cell('CloseDate'),
    }
  })

const medianDays = (requests: readonly Request[]): number | null => {
  const ms = requests
    .flatMap(({ opened, closed }) => (closed === null || closed < opened ? [] : [closed - opened]))
    .sort((a, b) => a - b)
  const [low, high] = [ms[Math.floor((ms.length - 1) / 2)], ms[Math.ceil((ms.length - 1) / 2)]]
  return low === undefined || high === undefined ? null : (low + high) / 2 / 86_400_000
}

/** Numbers of one metric in one unit of time; `base` none: nothing to compare with. */
type Counted = { n: number; d: number; value: number | null }

const rateOf = (n: number, d: number): Counted => ({ n, d, value: d === 0 ? null : n / d })

const counters = {
  closure_rate: (opened: readonly Request[]) =>
    rateOf(opened.filter(({ closed }) => closed !== null).length, opened.length),
  closed_on_time_share: (closed: readonly Request[]) => {
    const withDue = closed.filter(({ due }) => due !== null)
    const inTime = withDue.filter(({ closed: at, due }) => (at ?? 0) <= (due ?? 0))
    return rateOf(inTime.length, withDue.length)
  },
  median_days_to_close: (closed: readonly Request[]) => ({ n: 0, d: 0, value: medianDays(closed) }),
  petitions: (opened: readonly Request[]) => ({ n: 0, d: 0, value: opened.length }),
  closures: (closed: readonly Request[]) => ({ n: 0, d: 0, value: closed.length }),
} as const

const printedValue = (metric: string, row: FigureRow | undefined): string | null => {
  const value = row?.['value']
  if (typeof value !== 'number') return null
  return metric === 'median_days_to_close' ? halfUp(value, 6) : halfUp(value, 10)
}

/**
 * By month and by year of the event, which the truth does not give: counted again from the file
 * itself, with the change on the year. Whole years and months only, since the last is cut off.
 */
export const compareRecount = async (
  ask: Ask,
  tally: Tally,
  coverage: Coverage,
  ledger: Ledger,
): Promise<void> => {
  const requests = requestsOf(ledger)
  const unitOf = (by: string, at: number) =>
    new Date(at).toISOString().slice(0, by === 'year' ? 4 : 7)
  for (const by of ['month', 'year'])
    for (const [metric, count] of Object.entries(counters)) {
      const ofOpening = metric === 'closure_rate' || metric === 'petitions'
      const groups = groupBy(requests, ({ opened, closed }) => {
        const at = ofOpening ? opened : closed
        return at === null ? '' : unitOf(by, at)
      })
      const counted = (key: string) => count(groups.get(key) ?? [])
      const { rows } = await ask({
        metric,
        from: coverage.from,
        to: `${coverage.to.slice(0, 4)}-01-01`,
        by,
        asOf: coverage.asOf,
        compare: 'yoy',
      })
      const group = `recounted by ${by}`
      for (const row of rows) {
        const key = String(row[by])
        const now = counted(key)
        const expected = printedValue(metric, { value: now.value })
        tally.same(group, `${metric} ${key}`, printedValue(metric, row), expected)
        if ('numerator' in row) {
          tally.same(group, `${metric} ${key} numerator`, row['numerator'], now.n)
          tally.same(group, `${metric} ${key} denominator`, row['denominator'], now.d)
          // a cohort is compared at the same age: what the file cannot say without folding it again
          if (metric === 'closure_rate') continue
        }
        const before = counted(`${Number(key.slice(0, 4)) - 1}${key.slice(4)}`)
        const change = row['yoy'] as Change | undefined
        const printed = change?.change == null ? null : halfUp(change.change, 2)
        tally.same(group, `${metric} ${key} yoy`, printed, changePrinted(metric, now, before))
      }
    }
}

const changePrinted = (metric: string, now: Counted, before: Counted): string | null => {
  if (now.value === null || before.value === null) return null
  if (metric === 'closed_on_time_share') return halfUp((now.value - before.value) * 100, 2)
  return before.value === 0 ? null : halfUp((now.value / before.value - 1) * 100, 2)
}
