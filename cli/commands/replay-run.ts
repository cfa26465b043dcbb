import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { showProgress } from '../progress.ts'
import { renderReport } from '../render-report.ts'
import { type FormatOptions, type StoreOptions, settingsFor } from './common-options.ts'

/** `pulse replay`: folds everything again and prints `{events, matters}`. */
export const runReplay = async (
  { io }: CommandContext,
  options: StoreOptions & FormatOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const progress = showProgress(io, 'folding', 'events')
  const rebuilt = await withAccess({ settings, io, create: false }, (access) =>
    access.rebuild(progress.at),
  ).finally(progress.end)
  io.out(renderReport(rebuilt, options.format))
}
