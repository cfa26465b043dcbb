import { letterPlace } from '../../consumers/dead-letters/letter-name.ts'
import type { LetterLine } from '../../consumers/dead-letters/read-letters.ts'
import { readLettersAsked, readReason } from '../../dashboards/api/dead-letter-request.ts'
import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { showProgress } from '../progress.ts'
import { renderCsv, renderReport } from '../render-report.ts'
import { type FormatOptions, type StoreOptions, settingsFor } from './common-options.ts'
import type { ListOptions, ReplayOptions } from './dead-letters.ts'

/** Of a list as CSV. */
const columns: readonly (keyof LetterLine)[] = ['letter', 'parkedAt', 'reason', 'error', 'replay']

const renderLetters = (letters: readonly LetterLine[], format: FormatOptions['format']): string => {
  if (format === 'json') return `${JSON.stringify({ letters })}\n`
  if (format === 'csv') return renderCsv(letters, columns)
  if (letters.length === 0) return 'No dead letters.\n'
  const rows = letters.map(({ parkedAt, letter, reason, replay, error }) => [
    parkedAt,
    letter,
    reason,
    replay === '' ? '-' : replay,
    error,
  ])
  const head = ['parked', 'letter', 'reason', 'replay', 'error']
  const widths = head.map((name, n) =>
    Math.max(name.length, ...rows.map((cells) => cells[n]?.length ?? 0)),
  )
  return [head, ...rows]
    .map((cells) =>
      cells
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** `pulse dead-letters list`. */
export const runList = async ({ io }: CommandContext, options: ListOptions): Promise<void> => {
  const settings = await settingsFor(io, options)
  const asked = readLettersAsked(options, settings.timezone)
  const letters = await withAccess({ settings, io, create: false }, (access) =>
    access.deadLetters.list(asked),
  )
  io.out(renderLetters(letters, options.format))
}

/** `pulse dead-letters show`. */
export const runShow = async (
  { io }: CommandContext,
  letter: string,
  options: StoreOptions & FormatOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  letterPlace(letter)
  const shown = await withAccess({ settings, io, create: false }, (access) =>
    access.deadLetters.show(letter),
  )
  io.out(renderReport(shown, options.format))
}

/** `pulse dead-letters replay`: exit code 1 where a letter still cannot be used. */
export const runReplay = async (
  { io, exitWith }: CommandContext,
  options: ReplayOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const asked = { ...readReason(options.reason), dryRun: options.dryRun === true }
  const progress = showProgress(io, 'replaying', 'letters')
  const report = await withAccess({ settings, io, create: false }, (access) =>
    access.deadLetters.replay(asked, progress.at),
  ).finally(progress.end)
  io.out(renderReport(report, options.format))
  if (report.rejectedCount > 0) {
    io.note(
      `${report.rejectedCount} of ${report.letters} letters still cannot be used; \`rejected\` says why.`,
    )
    exitWith(1)
  }
}
