import { setImmediate as turn } from 'node:timers/promises'
import type { CaseEvent } from '../../schemas/events/event.ts'
import { parseEventText } from '../../schemas/events/parse.ts'
import type { DeadLetter } from '../dead-letters/letter.ts'
import { rawMessage } from '../log/log-message.ts'
import { createPositionRows } from '../log/position-rows.ts'
import type { Run } from '../log/topic-reader.ts'
import { createEventRows } from '../sink/event-rows.ts'
import { judgeMessage, type ReplayedPartition } from './judge-message.ts'
import type { KnownPositions } from './known-positions.ts'

/** A run of messages, with what is known of its partition. */
export type ReplayedRun = Pick<Run, 'from' | 'to' | 'messages'> & {
  readonly partition: ReplayedPartition
}

/** What came of a batch. */
export type ReadRuns = {
  readonly messages: number
  readonly events: number
  /** Of `case_events`; those of consumers at work carry the mark LEFT. */
  readonly eventRows: Uint8Array
  readonly leftEvents: number
  readonly leftRows: Uint8Array
  /** Of `log_positions`, where there is none yet. */
  readonly positions: number
  readonly positionRows: Uint8Array
  readonly letters: readonly DeadLetter[]
  readonly merges: readonly CaseEvent[]
  readonly left: number
  readonly passedOver: number
}

/** `stored_at` of events that are not this replay's to bring in. */
export const LEFT = 0

/** Messages read before others have their turn: some five milliseconds. */
const READ_AT_ONCE = 500

/** Judges every message of a batch and writes its rows. `storedAt`: epoch ms, above LEFT. */
export const readRuns = async (
  runs: readonly ReplayedRun[],
  known: KnownPositions,
  { storedAt, busy }: { readonly storedAt: number; readonly busy: boolean },
): Promise<ReadRuns> => {
  const expected = runs.reduce((sum, { messages }) => sum + messages.length, 0)
  const events = createEventRows(storedAt, expected)
  const lefts = createEventRows(LEFT, 0)
  const rows = createPositionRows(storedAt, 0)
  const letters: DeadLetter[] = []
  const merges: CaseEvent[] = []
  const counted = { messages: 0, events: 0, leftEvents: 0, positions: 0, left: 0, passedOver: 0 }

  const readOne = ({ partition }: ReplayedRun, message: Run['messages'][number]): void => {
    const { origin } = partition
    const position = Number(message.offset)
    const appendedAt = Number(message.timestamp)
    const value = message.value ?? Buffer.alloc(0)
    const parsed = parseEventText(value, { receivedTime: 'carried' })
    const judged = judgeMessage({
      position,
      appendedAt,
      parsed,
      known: known(origin, position),
      partition,
      busy,
    })
    const { fate } = judged
    if (fate === 'left' || fate === 'passedOver') {
      counted[fate] += 1
      if (!parsed.ok) return
      lefts.add({ ...parsed.event, receivedTime: appendedAt })
      counted.leftEvents += 1
    } else if (fate === 'letter' && !parsed.ok) {
      letters.push({ message: rawMessage(origin, position, message), errors: parsed.errors })
      if (!judged.fresh) return
      rows.dead(origin, position, judged.received)
      counted.positions += 1
    } else if (fate === 'event' && parsed.ok) {
      const event = { ...parsed.event, receivedTime: judged.received }
      events.add(event, parsed.verbatim === true ? value : undefined)
      counted.events += 1
      if (event.type === 'matter.merged.v1') merges.push(event)
      if (!judged.fresh) return
      rows.event(origin, position, event)
      counted.positions += 1
    }
  }

  for (const run of runs) {
    const { origin } = run.partition
    let at = run.from
    const skipTo = (position: number): void => {
      if (position <= at || position > run.partition.passed || busy) return
      if (known(origin, at).length > 0) return
      rows.nothing(origin, at, position - at, storedAt)
      counted.positions += 1
    }
    for (const message of run.messages) {
      skipTo(Number(message.offset))
      readOne(run, message)
      at = Number(message.offset) + 1
      counted.messages += 1
      if (counted.messages % READ_AT_ONCE === 0) await turn()
    }
    skipTo(run.to)
  }
  return {
    ...counted,
    eventRows: events.bytes(),
    leftRows: lefts.bytes(),
    positionRows: rows.bytes(),
    letters,
    merges,
  }
}
