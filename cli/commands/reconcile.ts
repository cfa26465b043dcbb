import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import {
  described,
  type FormatOptions,
  type StoreOptions,
  withFormat,
  withStore,
} from './common-options.ts'

export const reconcileCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      described(
        'reconcile',
        'Prove that nothing is lost: compare the log, what was committed, the stored events and the folded rows. Exit code 1 names a gap.\n对账：日志、已提交位置、原始事件与汇总行逐一核对，有缺口则退出码为 1 并指明。',
        ['pulse reconcile', 'pulse reconcile --format json'],
      ),
    ),
    'table',
  ).action(async (options: StoreOptions & FormatOptions) => {
    const { runReconcile } = await import('./reconcile-run.ts')
    await runReconcile(context, options)
  })
