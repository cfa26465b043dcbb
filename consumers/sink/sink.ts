import { PulseError } from '../../schemas/errors.ts'
import type { EventLog, Outcome, ReceivedEvent } from '../../schemas/log/port.ts'
import type { Store } from '../../schemas/store/port.ts'
import { eventRowColumns, eventRows } from './event-rows.ts'
import { judge, storedContents } from './outcomes.ts'

export type SinkOptions = {
  readonly store: Store
  /** Folds the matters named from what is stored. */
  readonly fold: (subjects: ReadonlySet<string>) => Promise<void>
  /** Called before a batch's rows are stored: when, and whether every batch before it is folded. */
  readonly beforeStoring?: (storedAt: number, allFolded: boolean) => Promise<void>
  readonly now?: () => number
  /** Events one batch stores at most. Default 20,000. */
  readonly maxBatchEvents?: number
  /** Events waiting or in hand at most; beyond it `publish` refuses at once. Default 100,000. */
  readonly maxQueuedEvents?: number
}

export type Sink = EventLog & {
  /**
   * Epoch ms: everything received up to then is stored and folded. Whatever is received later
   * carries a later stamp, so a figure asked with it as `receivedBy` never changes.
   */
  readonly watermark: () => number
  /** Resolves when nothing is in hand: whether everything stored is folded. Refuses events from now on. */
  readonly stop: () => Promise<boolean>
}

type Waiting = {
  readonly events: readonly ReceivedEvent[]
  readonly resolve: (outcomes: readonly Outcome[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Stores events and folds their matters, then resolves. One batch is in hand at a time; calls that
 * arrive meanwhile wait and go together into the next. Order of work, and what a crash costs there:
 * 1. compare with what is stored. Nothing yet.
 * 2. store the rows. The events are kept; whoever sent them was not told and may send them again.
 * 3. fold. The rows are folded when the store is opened next.
 * 4. resolve.
 * A batch that fails in the fold stays marked: the next one folds its matters too.
 */
export const createSink = (options: SinkOptions): Sink => {
  const { store, now = Date.now } = options
  const maxBatch = options.maxBatchEvents ?? 20_000
  const maxQueued = options.maxQueuedEvents ?? 100_000
  const waiting: Waiting[] = []
  const unfolded = new Set<string>()
  /** Earliest stamp of each call in hand or waiting. */
  const pending = new Map<Waiting, number>()
  let queued = 0
  let stopping = false
  let working: Promise<void> | undefined

  const storeAndFold = async (events: readonly ReceivedEvent[]): Promise<readonly Outcome[]> => {
    const { outcomes, toStore } = judge(events, await storedContents(store, events))
    if (toStore.length > 0) {
      const storedAt = now()
      await options.beforeStoring?.(storedAt, unfolded.size === 0)
      for (const { subject } of toStore) unfolded.add(subject)
      await store.insert('case_events', eventRowColumns, eventRows(toStore, storedAt))
    }
    if (unfolded.size > 0) {
      const folding = new Set(unfolded)
      await options.fold(folding)
      for (const subject of folding) unfolded.delete(subject)
    }
    return outcomes
  }

  const takeBatch = (): Waiting[] => {
    const batch: Waiting[] = []
    let size = 0
    for (let call = waiting[0]; call !== undefined; call = waiting[0]) {
      if (batch.length > 0 && size + call.events.length > maxBatch) break
      batch.push(call)
      size += call.events.length
      waiting.shift()
    }
    return batch
  }

  const work = async () => {
    for (let batch = takeBatch(); batch.length > 0; batch = takeBatch()) {
      const done = () => {
        for (const call of batch) {
          pending.delete(call)
          queued -= call.events.length
        }
      }
      try {
        const outcomes = await storeAndFold(batch.flatMap(({ events }) => events))
        done()
        let from = 0
        for (const { events, resolve } of batch) {
          resolve(outcomes.slice(from, from + events.length))
          from += events.length
        }
      } catch (error) {
        done()
        for (const { reject } of batch) reject(error)
      }
    }
    working = undefined
  }

  return {
    publish: (events) => {
      if (events.length === 0) return Promise.resolve({ outcomes: [] })
      if (stopping)
        return Promise.reject(
          new PulseError('LOG_UNAVAILABLE', 'The service is stopping. Send again shortly.', {
            retriable: true,
          }),
        )
      if (queued > 0 && queued + events.length > maxQueued)
        return Promise.reject(
          new PulseError(
            'LOG_UNAVAILABLE',
            'Too many events are waiting to be stored. Send again shortly.',
            { retriable: true },
          ),
        )
      return new Promise((resolve, reject) => {
        const call: Waiting = {
          events,
          resolve: (outcomes) => resolve({ outcomes }),
          reject,
        }
        queued += events.length
        pending.set(
          call,
          events.reduce((least, { receivedTime }) => Math.min(least, receivedTime), Infinity),
        )
        waiting.push(call)
        working ??= work()
      })
    },
    watermark: () => Math.min(now(), ...pending.values()) - 1,
    stop: async () => {
      stopping = true
      await working
      return unfolded.size === 0
    },
  }
}
