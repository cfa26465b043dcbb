import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { showProgress } from '../progress.ts'
import { renderReport } from '../render-report.ts'
import { settingsFor } from './common-options.ts'
import type { ReplayOptions } from './replay.ts'
import { replayInWords } from './replay-words.ts'

/** `pulse replay`: prints what comes out otherwise before the new tables take their place. */
export const runReplay = async (
  { io }: CommandContext,
  options: ReplayOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const { from, dryRun = false } = options
  const progress = showProgress(io, 'folding', 'events')
  await withAccess({ settings, io, create: from === 'kafka' && !dryRun }, (access) =>
    access.replay(
      { from, dryRun },
      {
        progress: progress.at,
        report: (report) => {
          progress.end()
          io.out(renderReport(report, options.format))
          for (const line of replayInWords(report)) io.note(line)
        },
      },
    ),
  ).finally(progress.end)
  io.note(
    dryRun
      ? 'A dry run: nothing was changed.'
      : 'The new tables have taken the place of the live ones.',
  )
}
