import type { CaseEvent } from '../../schemas/events/event.ts'
import { parseEventText } from '../../schemas/events/parse.ts'
import type { DeadLetter } from '../dead-letters/letter.ts'
import { createEventRows } from '../sink/event-rows.ts'
import { type PackedMessages, rawMessageAt, valueAt } from './packed-messages.ts'
import { NO_STAMPS, receivedAt, type Span, type Standing } from './partition-progress.ts'
import { contentOf, createPositionRows, NO_CONTENT } from './position-rows.ts'
import { type StoredReceipts, storedReceiptOf } from './stored-receipts.ts'

/** A run of positions and the messages it holds; what lies between them was never a message. */
export type ToRead = {
  readonly origin: string
  readonly from: number
  /** Behind the last. */
  readonly to: number
  /** Those of before `from` are passed over. */
  readonly messages: PackedMessages
  readonly standing: Standing
  /** Of what is delivered again after it was folded. */
  readonly receipts: StoredReceipts
}

/** What is to be stored of what was read. */
export type WhatWasRead = {
  readonly events: number
  /** Of `case_events`, in pieces. */
  readonly eventRows: readonly Uint8Array<ArrayBuffer>[]
  readonly positions: number
  /** Of `log_positions`, in pieces. */
  readonly positionRows: readonly Uint8Array<ArrayBuffer>[]
  readonly letters: readonly DeadLetter[]
  readonly merges: readonly CaseEvent[]
  readonly subjects: ReadonlySet<string>
  /** Stamps of the events of each run. */
  readonly received: readonly Span[]
}

/** What comes from another thread is a plain array, and taking values from a buffer is the faster. */
const asBuffer = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length)

/** Checks every message and writes the rows of the batch. `storedAt`: its mark, epoch ms. */
export const readMessages = (runs: readonly ToRead[], storedAt: number): WhatWasRead => {
  const expected = runs.reduce((sum, { messages }) => sum + messages.positions.length, 0)
  const events = createEventRows(storedAt, expected)
  const positions = createPositionRows(storedAt, expected)
  const letters: DeadLetter[] = []
  const merges: CaseEvent[] = []
  const subjects = new Set<string>()
  let eventCount = 0
  let positionCount = 0

  /** Gives when it was received; nothing where it is no event. */
  const readOne = (run: ToRead, n: number, position: number): number | undefined => {
    const { origin, messages, standing, receipts } = run
    const appendedAt = messages.appendedAt[n] ?? 0
    const value = valueAt(messages, n)
    const parsed = parseEventText(value, { receivedTime: 'carried' })
    positionCount += 1
    if (!parsed.ok) {
      letters.push({ message: rawMessageAt(origin, messages, n), errors: parsed.errors })
      const received =
        storedReceiptOf(receipts, position, NO_CONTENT) ??
        receivedAt(standing, position, appendedAt)
      positions.dead(origin, position, received)
      return undefined
    }
    const receivedTime =
      storedReceiptOf(receipts, position, contentOf(parsed.event)) ??
      receivedAt(standing, position, appendedAt, parsed.event.receivedTime)
    const event = { ...parsed.event, receivedTime }
    events.add(event, parsed.verbatim === true ? value : undefined)
    positions.event(origin, position, event)
    if (event.type === 'matter.merged.v1') merges.push(event)
    subjects.add(event.subject)
    eventCount += 1
    return receivedTime
  }

  const readRun = (given: ToRead): Span => {
    const run = { ...given, messages: { ...given.messages, bytes: asBuffer(given.messages.bytes) } }
    let at = run.from
    let { from, until } = NO_STAMPS
    const skipTo = (position: number): void => {
      if (position <= at) return
      positions.nothing(run.origin, at, position - at, storedAt)
      positionCount += 1
    }
    run.messages.positions.forEach((position, n) => {
      if (position < run.from) return
      skipTo(position)
      const received = readOne(run, n, position)
      if (received !== undefined) {
        from = Math.min(from, received)
        until = Math.max(until, received)
      }
      at = position + 1
    })
    skipTo(run.to)
    return { from, until }
  }

  const received = runs.map(readRun)
  return {
    events: eventCount,
    eventRows: [events.bytes()],
    positions: positionCount,
    positionRows: [positions.bytes()],
    letters,
    merges,
    subjects,
    received,
  }
}
