import { type Command, Option } from 'commander'
import type { CommandContext } from '../context.ts'
import {
  described,
  type FormatOptions,
  type StoreOptions,
  withFormat,
  withStore,
} from './common-options.ts'

export type ReplayOptions = StoreOptions &
  FormatOptions & { readonly from: 'store' | 'kafka'; readonly dryRun?: boolean }

export const replayCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      described(
        'replay',
        'Fold every event again beside the live tables, say what comes out otherwise, and switch over.\n由全部事件在旁重算各表，报告差异后切换。',
        ['pulse replay --data ./.pulse', 'pulse replay --dry-run', 'pulse replay --from kafka'],
      ),
    ),
    'json',
  )
    .addOption(
      new Option(
        '--from <source>',
        'what is folded: the stored events, or also what Kafka holds and the store lacks',
      )
        .choices(['store', 'kafka'])
        .default('store'),
    )
    .addOption(
      new Option(
        '--dry-run',
        'say what would be otherwise, and leave all as it is; exit code 1 where anything would',
      ),
    )
    .action(async (options: ReplayOptions) => {
      const { runReplay } = await import('./replay-run.ts')
      await runReplay(context, options)
    })
