import type { CaseEvent } from '../../schemas/events/event.ts'
import { parseEventText } from '../../schemas/events/parse.ts'
import type { Refusal } from '../../schemas/events/reasons.ts'
import type { EventLog } from '../../schemas/log/port.ts'
import { type Line, splitLines } from './split-lines.ts'
import { takenBy } from './taken-by.ts'

/** One refused event: its place among the events sent (from 0), its line (from 1), and why. */
export type Refused = {
  readonly index: number
  readonly line?: number
  readonly id?: string
  readonly errors: readonly Refusal[]
}

/**
 * What became of a stream of events. `rows` = events + refused; `events` = published + duplicates +
 * conflicts where the log says how each ended, else all are `published`. `rejected` holds at most
 * MAX_REFUSED_KEPT; `rejectedCount` is all of them.
 */
export type Taken = {
  readonly rows: number
  readonly events: number
  readonly published: number
  readonly duplicates: number
  readonly conflicts: number
  /** The log did not say how events ended: `published` is all of them. */
  readonly outcomesUnknown?: true
  readonly rejected: readonly Refused[]
  readonly rejectedCount: number
}

export const MAX_BATCH_EVENTS = 10_000
/** Longest line that can hold an event: petitioners are the only list without a stated length. */
export const MAX_LINE_BYTES = 1024 ** 2
/** A batch of long lines is cut by its size, so that memory does not grow with the length of lines. */
export const MAX_BATCH_BYTES = 16 * 1024 ** 2
export const MAX_REFUSED_KEPT = 100_000

export type Edge = {
  readonly log: EventLog
  /** The stamp of receipt, epoch ms, never going back. */
  readonly receivedClock: () => number
}

/** Counts kept while batches go out; one object a stream. */
export type Counting = {
  published: number
  duplicates: number
  conflicts: number
  outcomesUnknown?: true
}

/**
 * When an answer comes: 'stored', once everything is durable; 'visible', once every figure counts it
 * too.
 */
export type WaitFor = 'stored' | 'visible'

/**
 * Hands one batch to the log. The stamp of receipt is taken in the same turn in which the log
 * hears of the batch, so that no moment before it can be called complete while it is under way.
 */
export const publishBatch = async (
  events: readonly CaseEvent[],
  edge: Edge,
  counting: Counting,
  waitFor: WaitFor,
): Promise<void> => {
  if (events.length === 0) return
  const receivedTime = edge.receivedClock()
  const { outcomes } = await edge.log.publish(
    events.map((event) => ({ ...event, receivedTime })),
    { waitFor },
  )
  if (outcomes === undefined) {
    counting.published += events.length
    counting.outcomesUnknown = true
  } else
    for (const outcome of outcomes) {
      if (outcome === 'new') counting.published++
      else if (outcome === 'duplicate') counting.duplicates++
      else counting.conflicts++
    }
}

/** The refusal of a line that cannot be one event. */
export const tooLong: Refusal = {
  field: '',
  code: 'TOO_LONG',
  message: `the line is longer than ${MAX_LINE_BYTES} bytes; write one event a line`,
}

/**
 * Reads CloudEvents, one a line, checks each, and hands the sound ones to the log in batches. While
 * a batch is being stored the next is read and checked, and no more than that: the source is read
 * only as fast as the log takes. A refused line stops nothing. Batches are waited for until they are
 * stored, and all of them together, at the end, until they are visible where `waitFor` says so (the
 * default). `progress` hears of every stored batch. Rejects as the log does; what went before is
 * durable, and sending all again is safe.
 */
export const takeLines = async (
  chunks: AsyncIterable<Uint8Array>,
  edge: Edge,
  options: {
    readonly progress?: (events: number) => void
    readonly waitFor?: WaitFor
  } = {},
): Promise<Taken> => {
  const { progress = () => undefined, waitFor = 'visible' } = options
  const counting: Counting = { published: 0, duplicates: 0, conflicts: 0 }
  const rejected: Refused[] = []
  let rows = 0
  let events = 0
  let batch: CaseEvent[] = []
  let batchBytes = 0
  let underWay: Promise<void> = Promise.resolve()

  const flush = async (): Promise<void> => {
    await underWay
    const sent = batch
    batch = []
    batchBytes = 0
    underWay = publishBatch(sent, edge, counting, 'stored').then(() => progress(sent.length))
    // heard again, and thrown, at the next flush: until then it must not count as unhandled
    underWay.catch(() => undefined)
  }
  const takeLine = (entry: Line): void => {
    const index = rows++
    const result =
      'tooLong' in entry ? undefined : takenBy(edge.log, parseEventText(entry.bytes, edgeRules))
    if (result?.ok) {
      events++
      batch.push(result.event)
      batchBytes += 'bytes' in entry ? entry.bytes.byteLength : 0
    } else if (rejected.length < MAX_REFUSED_KEPT)
      rejected.push({
        index,
        line: entry.line,
        ...(result?.id === undefined ? {} : { id: result.id }),
        errors: result?.errors ?? [tooLong],
      })
  }

  try {
    for await (const lines of splitLines(chunks, MAX_LINE_BYTES))
      for (const entry of lines) {
        takeLine(entry)
        if (batch.length >= MAX_BATCH_EVENTS || batchBytes >= MAX_BATCH_BYTES) await flush()
      }
    await flush()
  } finally {
    await underWay
  }
  if (waitFor === 'visible') await edge.log.settled()
  return { rows, events, ...counting, rejected, rejectedCount: rows - events }
}

/** Events of clients: the stamp of receipt is the system's own. */
export const edgeRules = { receivedTime: 'refused' } as const
