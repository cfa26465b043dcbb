import { setImmediate as turn } from 'node:timers/promises'
import type { CaseEvent } from '../../schemas/events/event.ts'
import { parseEventText } from '../../schemas/events/parse.ts'
import type { DeadLetter, Header, RawMessage } from '../dead-letters/letter.ts'
import { createEventRows } from '../sink/event-rows.ts'
import type { Sized } from './gatherer.ts'
import { NO_STAMPS, type PartitionProgress, type Piece, type Span } from './partition-progress.ts'
import { contentOf, createPositionRows, NO_CONTENT } from './position-rows.ts'
import { noReceipts, type StoredReceipts } from './stored-receipts.ts'

/** A message as the log gives it. */
export type LogMessage = {
  readonly offset: string
  /** Epoch ms: when the broker appended it. */
  readonly timestamp: string
  readonly value: Buffer | null
  readonly key?: Buffer | null
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>
}

type HeaderValue = Buffer | string

/** Messages of one partition, one behind another; what lies between them was never a message. */
export type Delivery = Sized & {
  readonly partition: number
  readonly origin: string
  readonly progress: PartitionProgress
  readonly piece: Piece
  readonly messages: readonly LogMessage[]
}

/** What is to be stored of a batch. */
export type ReadBatch = {
  readonly deliveries: readonly Delivery[]
  /** Mark of the batch in its rows, epoch ms. */
  readonly storedAt: number
  readonly events: number
  /** Of `case_events`. */
  readonly eventRows: Uint8Array
  readonly positions: number
  /** Of `log_positions`. */
  readonly positionRows: Uint8Array
  readonly letters: readonly DeadLetter[]
  readonly merges: readonly CaseEvent[]
  readonly subjects: ReadonlySet<string>
  readonly received: Span
}

/** Messages read before others have their turn: some five milliseconds. */
const READ_AT_ONCE = 500

const EMPTY = Buffer.alloc(0)

const joined = (a: Span, b: Span): Span => ({
  from: Math.min(a.from, b.from),
  until: Math.max(a.until, b.until),
})

const headersOf = ({ headers = {} }: LogMessage): Header[] =>
  Object.entries(headers).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values])
      .filter((value) => value !== undefined)
      .map((value): Header => [name, Buffer.from(value)]),
  )

/** A message as a dead letter keeps it. */
export const rawMessage = (origin: string, position: number, message: LogMessage): RawMessage => ({
  origin,
  position,
  value: message.value ?? EMPTY,
  headers: headersOf(message),
  receivedTime: Number(message.timestamp),
  ...(message.key === undefined || message.key === null ? {} : { key: message.key }),
})

/**
 * Checks every message and writes the rows of the batch. Gives way to whatever else waits in this
 * process every few milliseconds. `receiptsOf` is asked for what is delivered again after it was
 * folded.
 */
export const readBatch = async (
  deliveries: readonly Delivery[],
  storedAt: number,
  receiptsOf: (delivery: Delivery) => Promise<StoredReceipts>,
): Promise<ReadBatch> => {
  const expected = deliveries.reduce((sum, { rows }) => sum + rows, 0)
  const events = createEventRows(storedAt, expected)
  const positions = createPositionRows(storedAt, expected)
  const letters: DeadLetter[] = []
  const merges: CaseEvent[] = []
  const subjects = new Set<string>()
  let eventCount = 0
  let positionCount = 0
  let received = NO_STAMPS

  const readOne = (
    { origin, progress }: Delivery,
    message: LogMessage,
    position: number,
    receipts: StoredReceipts,
  ): number | undefined => {
    const appendedAt = Number(message.timestamp)
    const value = message.value ?? EMPTY
    const parsed = parseEventText(value, { receivedTime: 'carried' })
    positionCount += 1
    if (!parsed.ok) {
      letters.push({
        message: rawMessage(origin, position, message),
        errors: parsed.errors,
      })
      const received = receipts(position, NO_CONTENT) ?? progress.receivedAt(position, appendedAt)
      positions.dead(origin, position, received)
      return undefined
    }
    const receivedTime =
      receipts(position, contentOf(parsed.event)) ??
      progress.receivedAt(position, appendedAt, parsed.event.receivedTime)
    const event = { ...parsed.event, receivedTime }
    events.add(event, parsed.verbatim === true ? value : undefined)
    positions.event(origin, position, event)
    if (event.type === 'matter.merged.v1') merges.push(event)
    subjects.add(event.subject)
    eventCount += 1
    return receivedTime
  }

  let read = 0
  const readDelivery = async (delivery: Delivery, receipts: StoredReceipts): Promise<void> => {
    const { origin, piece, messages } = delivery
    let at = piece.from
    let span = NO_STAMPS
    const skipTo = (position: number): void => {
      if (position <= at) return
      positions.nothing(origin, at, position - at, storedAt)
      positionCount += 1
    }
    for (const message of messages) {
      const position = Number(message.offset)
      if (position < piece.from) continue
      skipTo(position)
      const stamp = readOne(delivery, message, position, receipts)
      if (stamp !== undefined) span = joined(span, { from: stamp, until: stamp })
      at = position + 1
      read += 1
      if (read % READ_AT_ONCE === 0) await turn()
    }
    skipTo(piece.to)
    piece.received = span
    received = joined(received, span)
  }

  for (const delivery of deliveries) {
    const again = delivery.piece.from < delivery.progress.coveredTo()
    await readDelivery(delivery, again ? await receiptsOf(delivery) : noReceipts)
  }
  return {
    deliveries,
    storedAt,
    events: eventCount,
    eventRows: events.bytes(),
    positions: positionCount,
    positionRows: positions.bytes(),
    letters,
    merges,
    subjects,
    received,
  }
}
