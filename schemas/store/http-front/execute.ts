import { randomUUID } from 'node:crypto'
import { sqlString } from '../sql-text.ts'
import type { Staging } from '../staging.ts'
import { refusal } from './exceptions.ts'
import type { Lane, Need } from './lane.ts'
import type { Lanes } from './lanes.ts'
import { guardReader, parseFault, rewriting } from './reader-guard.ts'
import { guardNames, guardTree, type ReaderScope, treeOf } from './reader-scope.ts'
import type { Received } from './received.ts'
import { type Outline, outlineOf } from './statement.ts'

/** What a statement came to. Its file is removed by whoever takes it. */
export type Outcome = {
  readonly format: string
  readonly result: { readonly file: string } | { readonly bytes: Uint8Array }
  /** Rows of the result. */
  readonly rows: number
  /** Rows an INSERT brought; undefined: it was none, or the engine does not say. */
  readonly written?: number
  readonly elapsedMs: number
}

export type Executing = {
  readonly lanes: Lanes
  readonly staging: Staging
  /** What readers may read; absent: every table. */
  readonly scope?: ReaderScope | undefined
  /** Ends the statements whose text ends so. Never rejects. */
  readonly kill: (mark: string) => Promise<void>
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const textOf = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    throw refusal(
      'BAD_ARGUMENTS',
      'The statement is not UTF-8. Binary rows belong after FORMAT, binary values into unhex().',
    )
  }
}

/** How often a statement that is no longer wanted is ended, until it has: it may not have begun yet. */
const KILL_EVERY_MS = 250

/** Runs `work`; once the signal comes, ends the statements that carry this mark. */
const killable = async <T>(
  mark: string,
  signal: AbortSignal,
  kill: Executing['kill'],
  work: () => Promise<T>,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    void kill(mark)
    timer = setInterval(() => void kill(mark), KILL_EVERY_MS)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await work()
  } finally {
    signal.removeEventListener('abort', onAbort)
    clearInterval(timer)
  }
}

/** An error of the engine without what the front put into the statement, which who asked never wrote. */
const withoutOurs = (error: unknown, additions: readonly string[]): unknown => {
  if (!(error instanceof Error)) return error
  const message = additions.reduce((text, part) => text.replaceAll(part, ''), error.message)
  return message === error.message ? error : Object.assign(new Error(message), { cause: error })
}

const ROWS = new Set(['SELECT', 'WITH', '('])

/**
 * Runs one statement that needs nothing more. Results of SELECT go to a file, written by the engine on
 * its own thread: memory stays bounded, the engine never waits for a slow client, and an error late in
 * a long result is still answered as an error.
 */
const runText = async (
  lane: Lane,
  bytes: Buffer,
  outline: Outline,
  usualFormat: string,
  { staging, kill }: Executing,
  signal: AbortSignal,
): Promise<Outcome> => {
  const started = performance.now()
  const format = outline.format?.name ?? usualFormat
  const mark = `/*front ${randomUUID()}*/`
  const elapsedMs = (): number => performance.now() - started
  if (!ROWS.has(outline.verb)) {
    const sql = `${textOf(bytes.subarray(0, outline.end))}\n${mark}`
    const run = () =>
      lane.run(sql, format).catch((error: unknown) => {
        throw withoutOurs(error, [`\n${mark}`])
      })
    const ran = await (lane.readOnly ? killable(mark, signal, kill, run) : run())
    return { format, result: { bytes: ran.bytes }, rows: ran.rows, elapsedMs: elapsedMs() }
  }
  const file = staging.path()
  const at = outline.format?.at ?? outline.end
  const into = `\nINTO OUTFILE ${sqlString(file)} COMPRESSION 'none'\n`
  const ending = outline.format === undefined ? `FORMAT ${usualFormat}\n${mark}` : `\n${mark}`
  const sql = `${textOf(bytes.subarray(0, at))}${into}${textOf(bytes.subarray(at, outline.end))}${ending}`
  try {
    const { rows } = await killable(mark, signal, kill, () => lane.run(sql, usualFormat))
    return { format, result: { file }, rows, elapsedMs: elapsedMs() }
  } catch (error) {
    await staging.discard(file)
    throw withoutOurs(error, [into, ending, file])
  }
}

/** A reader's statement: judged and run as the engine's own parser writes it. */
const runReader = async (
  lane: Lane,
  received: Received,
  need: Need,
  usualFormat: string,
  executing: Executing,
  signal: AbortSignal,
): Promise<Outcome> => {
  const ran = await lane.run(rewriting(textOf(received.sql)), 'TSVRaw').catch((error: unknown) => {
    throw error instanceof Error
      ? Object.assign(new Error(parseFault(error.message)), { cause: error })
      : error
  })
  const bytes = Buffer.from(ran.bytes.subarray(0, -1))
  const text = bytes.toString('latin1')
  guardReader(text, need.values)
  const outline = outlineOf(text)
  const { scope } = executing
  if (scope !== undefined) {
    guardNames(text, need.values, scope)
    if (ROWS.has(outline.verb)) {
      const select = textOf(bytes.subarray(0, outline.format?.at ?? outline.end))
      const tree = await lane.run(treeOf(select), 'TSVRaw').catch((error: unknown) => {
        throw withoutOurs(error, [treeOf('')])
      })
      guardTree(Buffer.from(tree.bytes).toString('utf8'), scope)
    }
  }
  return runText(lane, bytes, outline, usualFormat, executing, signal)
}

const runInsert = async (
  lane: Lane,
  sql: Buffer,
  { head, path }: NonNullable<Received['rows']>,
): Promise<Outcome> => {
  const started = performance.now()
  const statement = [
    textOf(sql.subarray(0, head.infileAt)),
    `FROM INFILE ${sqlString(path)} COMPRESSION 'none'`,
    textOf(sql.subarray(head.infileAt, head.formatAt)),
    `FORMAT ${head.format}`,
  ].join('\n')
  const { rows } = await lane.run(statement, 'TabSeparated').catch((error: unknown) => {
    throw withoutOurs(error, [` (in file/uri ${path})`, `(in file/uri ${path}): `, path])
  })
  return {
    format: 'TabSeparated',
    result: { bytes: new Uint8Array() },
    rows: 0,
    written: rows,
    elapsedMs: performance.now() - started,
  }
}

const checkWriter = (outline: Outline): void => {
  if (outline.verb === '') throw refusal('SYNTAX_ERROR', 'Empty query.')
  if (outline.several)
    throw refusal(
      'SYNTAX_ERROR',
      'Syntax error (Multi-statements are not allowed): send one statement a request.',
    )
  if (outline.touchesFiles)
    throw refusal(
      'INTO_OUTFILE_NOT_ALLOWED',
      'INTO OUTFILE and FROM INFILE are not allowed over HTTP: rows travel in the bodies.',
      400,
    )
}

/** Runs a statement on a lane that fits. Rejects with what is told as an exception. */
export const execute = (
  received: Received,
  need: Need,
  usualFormat: string,
  executing: Executing,
  signal: AbortSignal,
): Promise<Outcome> => {
  const text = received.sql.toString('latin1')
  const mentions = (name: string): boolean => text.includes(name)
  const outline = need.readOnly ? undefined : outlineOf(text)
  if (outline !== undefined) checkWriter(outline)
  // what remains on a connection after SET or USE, or after what was taken for one statement and was
  // two, must not meet the next request
  const leaves =
    outline !== undefined && (outline.changesSession || text.lastIndexOf(';', outline.end - 1) > -1)
  return executing.lanes.use(need, mentions, async (lane, spend) => {
    if (signal.aborted) throw refusal('SOCKET_TIMEOUT', 'The client went away.')
    if (leaves) spend()
    if (outline === undefined)
      return runReader(lane, received, need, usualFormat, executing, signal)
    if (received.rows !== undefined) return runInsert(lane, received.sql, received.rows)
    return runText(lane, received.sql, outline, usualFormat, executing, signal)
  })
}
