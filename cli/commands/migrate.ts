import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import {
  described,
  type FormatOptions,
  type StoreOptions,
  withFormat,
  withStore,
} from './common-options.ts'

export const migrateCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      described(
        'migrate',
        'Bring the tables of a store to this version. Other commands do it by themselves when they open one.\n升级表结构（其他命令打开库时会自动进行）。',
        ['pulse migrate --data ./.pulse'],
      ),
    ),
    'json',
  ).action(async (options: StoreOptions & FormatOptions) => {
    const { runMigrate } = await import('./migrate-run.ts')
    await runMigrate(context, options)
  })
