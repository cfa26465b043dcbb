import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { described, withFormat, withStore } from './common-options.ts'
import { type InquiryOptions, withNarrowing, withPeriod } from './inquiry-options.ts'

export type RankOptions = InquiryOptions & { readonly by: string; readonly min?: string }

export const rankCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      withNarrowing(
        withPeriod(
          described(
            'rank',
            'Units ranked by a metric, better first; ties share a rank.\n排名：同级单位按指标排序，并列同名次。',
            [
              'pulse rank on_time_closure_rate --by region@2 --from 2024-03-01 --to 2024-04-01 --min 10',
              'pulse rank median_days_to_close --by org --from 2024-01-01 --to 2025-01-01',
            ],
          ).argument('<metric>', 'see `pulse metrics`'),
        )
          .requiredOption('--by <keys>', 'what is ranked, e.g. region@2 or org')
          .option('--min <n>', 'units with a smaller denominator are listed unranked (default 1)'),
      ),
    ),
    'table',
  ).action(async (metric: string, options: RankOptions) => {
    const { runRank } = await import('./rank-run.ts')
    await runRank(context, metric, options)
  })
