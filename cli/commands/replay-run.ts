import { isSame } from '../../consumers/replay/report.ts'
import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { showProgress } from '../progress.ts'
import { renderReport } from '../render-report.ts'
import { settingsFor } from './common-options.ts'
import type { ReplayOptions } from './replay.ts'
import { replayInWords } from './replay-words.ts'

/**
 * `pulse replay`: prints what comes out otherwise before the new tables take their place. Exit code 1
 * where a dry run found something.
 */
export const runReplay = async (
  { io, exitWith }: CommandContext,
  options: ReplayOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const { from, dryRun = false } = options
  const progress = showProgress(io, 'folding', 'events')
  const report = await withAccess({ settings, io, create: from === 'kafka' && !dryRun }, (access) =>
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
  if (dryRun && !isSame(report)) exitWith(1)
}
