import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { described, withFormat, withStore } from './common-options.ts'
import { type InquiryOptions, withNarrowing, withPeriod } from './inquiry-options.ts'

export type CasesOptions = InquiryOptions & {
  readonly after?: string
  readonly limit?: string
  readonly events?: boolean
}

export const casesCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      withNarrowing(
        withPeriod(
          described(
            'cases',
            'The matters behind a figure: what each adds to it, its state and its petitions.\n明细：构成一个数的信访事项。',
            [
              'pulse cases overdue_matters --from 2024-03-01 --to 2024-04-01 --where region=430102',
              'pulse cases closure_rate --from 2024-01-01 --to 2024-02-01 --limit 20 --events --format json',
            ],
          ).argument('<metric>', 'see `pulse metrics`'),
        ),
      )
        .option('--after <matter>', 'go on behind this one, the last of the page before')
        .option('--limit <n>', 'matters of a page (default 100)')
        .option('--events', 'with the known events of each matter'),
    ),
    'table',
  ).action(async (metric: string, options: CasesOptions) => {
    const { runCases } = await import('./cases-run.ts')
    await runCases(context, metric, options)
  })
