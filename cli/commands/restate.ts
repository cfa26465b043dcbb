import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { described, withFormat, withStore } from './common-options.ts'
import { gather, type InquiryOptions, withPeriod } from './inquiry-options.ts'

export type RestateOptions = Omit<InquiryOptions, 'asOf' | 'receivedBy'> & {
  readonly then: string
  readonly now?: string
  readonly thenReceivedBy?: string
  readonly nowReceivedBy?: string
}

export const restateCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      withPeriod(
        described(
          'restate',
          'Why a figure is another now than it was then: the matters whose part changed, by cause; the parts add up.\n数据变动说明：一个数为何变了，各原因之和等于差额。',
          [
            'pulse restate closure_rate --from 2024-03-01 --to 2024-04-01 --then 2024-04-10 --now 2024-06-30',
            'pulse restate petitions --from 2024-01-01 --to 2025-01-01 --then 2025-01-20 --where region=4301 --format json',
          ],
        ).argument('<metric>', 'see `pulse metrics`'),
      )
        .requiredOption('--then <time>', 'as the offices had recorded it then')
        .option('--now <time>', 'as they have recorded it now (default this moment)')
        .option('--then-received-by <time>', 'as this system had received it then (default all)')
        .option('--now-received-by <time>', 'as this system has received it now (default all)')
        .option(
          '--where <filters>',
          'keep only, e.g. region=4301,channel=visit|call (may be repeated)',
          gather,
        )
        .option('--scope <region>', 'only this region and all below it, whatever else is asked'),
    ),
    'table',
  ).action(async (metric: string, options: RestateOptions) => {
    const { runRestate } = await import('./restate-run.ts')
    await runRestate(context, metric, options)
  })
