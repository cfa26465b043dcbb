import { createReadStream } from 'node:fs'
import { appendReport } from '../../producers/append/report.ts'
import { PulseError } from '../../schemas/errors.ts'
import { withSending } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import type { Io } from '../io.ts'
import { showProgress } from '../progress.ts'
import { renderReport } from '../render-report.ts'
import { type FormatOptions, type StoreOptions, settingsFor } from './common-options.ts'
import { outcomesNote } from './outcomes-note.ts'

const reading = (file: string, error: NodeJS.ErrnoException): PulseError =>
  new PulseError(
    'INPUT_INVALID',
    error.code === 'ENOENT'
      ? `There is no file ${file}.`
      : error.code === 'EISDIR'
        ? `${file} is a directory; give a file, or - for standard input.`
        : `${file} cannot be read (${error.code ?? error.message}).`,
    { cause: error },
  )

/** The bytes of a file, or of standard input for `-`. A file that cannot be read is said by name. */
const bytesOf = async function* (io: Io, file: string): AsyncGenerator<Uint8Array> {
  if (file === '-') {
    yield* io.stdin
    return
  }
  try {
    yield* createReadStream(file, { highWaterMark: 1024 ** 2 }) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw reading(file, error as NodeJS.ErrnoException)
  }
}

/** `pulse append`: takes the events in and prints the report of contract §5. */
export const runAppend = async (
  { io, exitWith }: CommandContext,
  file: string,
  options: StoreOptions & FormatOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const chunks = bytesOf(io, file)
  // a file that is not there is found before a store is made for it
  const first = await chunks.next()
  const all = async function* (): AsyncGenerator<Uint8Array> {
    if (first.done !== true) yield first.value
    yield* chunks
  }
  const progress = showProgress(io, 'appending', 'events')
  const taken = await withSending({ settings, io }, async (access) => {
    let done = 0
    try {
      return await access.append(all(), (events) => {
        done += events
        progress.at(done)
      })
    } catch (error) {
      if (done > 0)
        io.note(`${done} events are stored. Run the command again: they will count as duplicates.`)
      throw error
    } finally {
      progress.end()
    }
  })
  const report = appendReport(taken)
  io.out(renderReport(report, options.format))
  if (taken.outcomesUnknown === true) io.note(outcomesNote)
  if (taken.rejectedCount > 0) {
    io.note(
      `${taken.rejectedCount} of ${taken.rows} lines were refused; \`rejected\` says why. ${taken.rejectedCount === taken.rows ? 'Nothing was stored.' : 'The rest is stored.'}`,
    )
    exitWith(1)
  }
}
