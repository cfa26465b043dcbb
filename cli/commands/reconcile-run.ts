import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { showProgress } from '../progress.ts'
import { renderReconciliation } from '../render-reconciliation.ts'
import { type FormatOptions, type StoreOptions, settingsFor } from './common-options.ts'

/** `pulse reconcile`: exit code 1 where something is missing. */
export const runReconcile = async (
  { io, exitWith }: CommandContext,
  options: StoreOptions & FormatOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const progress = showProgress(io, 'comparing', 'events')
  const report = await withAccess({ settings, io, create: false }, (access) =>
    access.reconcile(progress.at),
  ).finally(progress.end)
  io.out(renderReconciliation(report, options.format))
  if (!report.clean) exitWith(1)
}
