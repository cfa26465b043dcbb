import { setTimeout as sleep } from 'node:timers/promises'
import { PulseError } from '../../schemas/errors.ts'
import type { EventLog, Outcome, ReceivedEvent } from '../../schemas/log/port.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { Folder } from '../projector/folder.ts'
import { eventRowColumns, eventRows } from './event-rows.ts'
import { storeMergeEdges } from './merge-edges.ts'
import { judge, storedContents } from './outcomes.ts'

export type SinkOptions = {
  readonly store: Store
  /** Folds what was stored, in the background. */
  readonly folder: Folder
  /** Called before a batch's rows are stored: when, and whether everything before it is folded. */
  readonly beforeStoring?: (storedAt: number, allFolded: boolean) => Promise<void>
  readonly now?: () => number
  /** Events one batch stores at most. Default 20,000. */
  readonly maxBatchEvents?: number
  /** Events waiting or in hand at most; beyond it `publish` refuses at once. Default 100,000. */
  readonly maxQueuedEvents?: number
  /**
   * While fewer than `smallBatchEvents` wait, the next batch begins after a rest four times as long as
   * the last took, and at most so long: what comparing and storing cost lies in the batch more than in
   * its events. Default 300 ms.
   */
  readonly maxRestMs?: number
  /** Default 2,000. */
  readonly smallBatchEvents?: number
}

export type Sink = EventLog & {
  /**
   * Epoch ms: everything received up to then is stored and folded. Whatever is received later
   * carries a later stamp, so a figure asked with it as `receivedBy` never changes.
   */
  readonly watermark: () => number
  /** Epoch ms: everything received up to then is stored. */
  readonly storedUpTo: () => number
  /** Resolves when nothing is in hand: whether everything stored is folded. Refuses events from now on. */
  readonly stop: () => Promise<boolean>
}

/** How often a resting sink looks whether enough waits by now. */
const REST_STEP_MS = 20

type Waiting = {
  readonly events: readonly ReceivedEvent[]
  readonly resolve: (outcomes: readonly Outcome[]) => void
  readonly reject: (error: unknown) => void
}

const earliest = (events: readonly ReceivedEvent[]): number =>
  events.reduce(
    (least, { receivedTime }) => Math.min(least, receivedTime),
    Number.POSITIVE_INFINITY,
  )

const latest = (events: readonly ReceivedEvent[]): number =>
  events.reduce((most, { receivedTime }) => Math.max(most, receivedTime), 0)

/**
 * Stores events, has their matters folded, then resolves. One batch is in hand at a time; calls
 * that arrive meanwhile wait and go together into the next. Order of work, and what a crash costs:
 * 1. wait for room, compare with what is stored. Nothing yet.
 * 2. store the rows. The events are kept; whoever sent them was not told and may send them again.
 * 3. fold, together with what other batches touched. The rows are folded when the store is opened
 *    next (mark `folding_since`).
 * 4. resolve; before step 3 for a caller that only asked for the events to be stored.
 */
export const createSink = (options: SinkOptions): Sink => {
  const { store, folder, now = Date.now } = options
  const maxBatch = options.maxBatchEvents ?? 20_000
  const maxQueued = options.maxQueuedEvents ?? 100_000
  const maxRestMs = options.maxRestMs ?? 300
  const smallBatch = options.smallBatchEvents ?? 2_000
  /** Wall clock until which a small batch waits for company. */
  let restsUntil = 0
  const waiting: Waiting[] = []
  /** Earliest stamp of each call in hand or waiting. */
  const pending = new Map<Waiting, number>()
  /** Stamps may lie ahead of this clock: what is stored is stored all the same. */
  let latestStored = 0
  let queued = 0
  let stopping = false
  let working: Promise<void> | undefined

  const storeBatch = async (events: readonly ReceivedEvent[]): Promise<readonly Outcome[]> => {
    await folder.room()
    const { outcomes, toStore } = judge(events, await storedContents(store, events))
    if (toStore.length === 0) return outcomes
    const storedAt = now()
    await options.beforeStoring?.(storedAt, folder.allFolded())
    await storeMergeEdges(store, toStore)
    const until = latest(toStore)
    latestStored = Math.max(latestStored, until)
    try {
      await store.insert('case_events', eventRowColumns, eventRows(toStore, storedAt))
    } finally {
      // a failed insert may have stored its rows all the same
      folder.touch(
        toStore.map(({ subject }) => subject),
        { from: earliest(toStore), until },
      )
    }
    return outcomes
  }

  const storedUpTo = (): number =>
    pending.size === 0 ? Math.max(now() - 1, latestStored) : Math.min(...pending.values()) - 1

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

  const rests = (): boolean =>
    waiting.length > 0 && queued < smallBatch && !stopping && now() < restsUntil

  const work = async () => {
    for (;;) {
      while (rests()) await sleep(Math.min(REST_STEP_MS, restsUntil - now()))
      const batch = takeBatch()
      if (batch.length === 0) break
      const begun = now()
      const done = () => {
        for (const call of batch) {
          pending.delete(call)
          queued -= call.events.length
        }
      }
      try {
        const outcomes = await storeBatch(batch.flatMap(({ events }) => events))
        done()
        restsUntil = now() + Math.min(4 * (now() - begun), maxRestMs)
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

  const stored = (events: readonly ReceivedEvent[]): Promise<readonly Outcome[]> =>
    new Promise((resolve, reject) => {
      const call: Waiting = { events, resolve, reject }
      queued += events.length
      pending.set(call, earliest(events))
      waiting.push(call)
      working ??= work()
    })

  return {
    publish: async (events, { waitFor = 'visible' } = {}) => {
      if (events.length === 0) return { outcomes: [] }
      if (stopping)
        throw new PulseError('LOG_UNAVAILABLE', 'The service is stopping. Send again shortly.', {
          retriable: true,
        })
      if (queued > 0 && queued + events.length > maxQueued)
        throw new PulseError(
          'LOG_UNAVAILABLE',
          'Too many events are waiting to be stored. Send again shortly.',
          { retriable: true },
        )
      const outcomes = await stored(events)
      if (waitFor === 'visible') await folder.settled()
      return { outcomes }
    },
    settled: () => folder.settled(),
    storedUpTo,
    watermark: () => Math.min(now() - 1, storedUpTo(), folder.unfoldedFrom() - 1),
    stop: async () => {
      stopping = true
      await working
      await folder.settled()
      return folder.allFolded()
    },
  }
}
