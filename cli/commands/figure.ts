import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import {
  described,
  type FormatOptions,
  type StoreOptions,
  withFormat,
  withStore,
} from './common-options.ts'
import { gather } from './inquiry-options.ts'

export type FigureOptions = StoreOptions &
  FormatOptions & {
    readonly from: string
    readonly to: string
    readonly by?: string
    readonly where?: readonly string[]
    readonly asOf?: string
    readonly receivedBy?: string
    readonly compare?: string
    readonly scope?: string
  }

export const figureCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      described(
        'figure',
        'Ask one figure: a metric over a period, by any dimensions, as known at any time.\n查一个数：指标 × 时段 × 维度 × 时点。',
        [
          'pulse figure petitions --from 2024-01-01 --to 2025-01-01 --by month',
          'pulse figure closure_rate --from 2024-01-01 --to 2025-01-01 --by month,region@2 --compare yoy',
          'pulse figure visits --from 2024-01-01 --to 2024-04-01 --where region=4301 --as-of 2024-04-20 --format json',
        ],
      )
        .argument('<metric>', 'see `pulse metrics`')
        .requiredOption('--from <date>', 'first day, YYYY-MM-DD')
        .requiredOption('--to <date>', 'day after the last, YYYY-MM-DD')
        .option('--by <keys>', 'group by, e.g. month,region,category@1')
        .option(
          '--where <filters>',
          'keep only, e.g. region=4301,channel=visit|call (may be repeated)',
          gather,
        )
        .option('--as-of <time>', 'as the offices had recorded it then (default now)')
        .option('--received-by <time>', 'as this system had received it then')
        .option('--compare <kinds>', 'yoy, mom, ytd, lunar, share (of counts)')
        .option('--scope <region>', 'only this region and all below it, whatever else is asked'),
    ),
    'table',
  ).action(async (metric: string, options: FigureOptions) => {
    const { runFigure } = await import('./figure-run.ts')
    await runFigure(context, metric, options)
  })
