import { figureArguments } from '../../test/proof/ask.ts'
import { pulse } from '../../test/support/cli-child.ts'
import type { Coverage } from './against-truth.ts'
import { halfUp } from './rounding.ts'
import type { Tally } from './tally.ts'
import type { Truth } from './truth.ts'

/** Compares what the command prints for people (`table`) and for a spreadsheet (`csv`) by agency. */
export const printedForms = async (
  store: readonly string[],
  env: Readonly<Record<string, string>>,
  tally: Tally,
  coverage: Coverage,
  truth: Truth,
): Promise<void> => {
  const agencies = Object.entries(truth.by_dim['Agency'] ?? {})
  const lines = async (metric: string, format: string): Promise<string[]> => {
    const question = { metric, ...coverage, by: 'org' }
    const ran = await pulse([...figureArguments(question), '--format', format, ...store], { env })
    return ran.out.split(/\r?\n/)
  }
  const rates = [
    ['closure_rate', 'closure_rate'],
    ['closed_on_time_share', 'on_time_of_closed_with_due'],
  ] as const
  for (const [metric, field] of rates) {
    const [table, csv] = [await lines(metric, 'table'), await lines(metric, 'csv')]
    for (const [agency, group] of agencies) {
      const rate = group[field]
      if (rate === null) continue
      const { n, d, pct2 } = rate
      const spoken = table.find((line) => line.startsWith(`${agency} `))?.slice(agency.length)
      tally.same(
        'printed',
        `${metric} ${agency}`,
        spoken?.trim().replaceAll(/ +/g, ' '),
        `${n} ${d} ${pct2}%`,
      )
      tally.same(
        'printed',
        `${metric} ${agency} csv`,
        csv.includes(`${agency},${n},${d},${pct2}%`),
        true,
      )
    }
  }
  const csv = await lines('median_days_to_close', 'csv')
  for (const [agency, { days_to_close }] of agencies) {
    const days = halfUp(days_to_close.median_days ?? Number.NaN, 6)
    tally.same('printed', `median ${agency} csv`, csv.includes(`${agency},${days},0`), true)
  }
}
