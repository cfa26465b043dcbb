import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import {
  described,
  type FormatOptions,
  type StoreOptions,
  withFormat,
  withStore,
} from './common-options.ts'

export const replayCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      described(
        'replay',
        'Fold every stored event again, beside the live tables, and switch over at once.\n由全部事件重算各表，完成后一次切换。',
        ['pulse replay --data ./.pulse'],
      ),
    ),
    'json',
  ).action(async (options: StoreOptions & FormatOptions) => {
    const { runReplay } = await import('./replay-run.ts')
    await runReplay(context, options)
  })
