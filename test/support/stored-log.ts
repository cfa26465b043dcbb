import type { LogMessage } from '../../consumers/log/log-message.ts'
import { packMessages } from '../../consumers/log/packed-messages.ts'
import { createPartitionProgress } from '../../consumers/log/partition-progress.ts'
import { storeProgress } from '../../consumers/log/progress-rows.ts'
import { readBatch } from '../../consumers/log/read-batch.ts'
import { readMessages } from '../../consumers/log/read-messages.ts'
import { storeBatch } from '../../consumers/log/store-batch.ts'
import { NO_RECEIPTS } from '../../consumers/log/stored-receipts.ts'
import { foldTouched } from '../../consumers/projector/fold-touched.ts'
import type { LogOffsets } from '../../consumers/reconcile/check-positions.ts'
import type { LogToReplay } from '../../consumers/replay/log-facts.ts'
import { originOf } from '../../schemas/log/positions.ts'
import type { Store } from '../../schemas/store/port.ts'
import { setMark } from '../../schemas/tables/marks.ts'

/** A message of a log without a broker; `skip`: positions before it that never held one. */
export type StoredMessage = {
  readonly partition: number
  /** Epoch ms, never going back within a partition. */
  readonly appendedAt: number
  readonly value: string
  readonly skip?: number
}

export type StoredLog = {
  /** Stores messages as the consumer does; folds them unless told not to. */
  readonly take: (messages: readonly StoredMessage[], fold?: boolean) => Promise<void>
  /** As Kafka would tell them, everything committed. */
  readonly offsets: () => LogOffsets[]
  readonly topic: string
  /** As a replay reads it: `begin`, of each partition, is the first position it still has. */
  readonly toReplay: (state?: {
    readonly begin?: number
    readonly busy?: boolean
    /** Where the group goes on; default the ends. */
    readonly committed?: number
  }) => LogToReplay
  /** Puts messages into the log that nobody has read yet. */
  readonly append: (messages: readonly StoredMessage[]) => void
}

/** What the consumer does with the messages of a log, without the log: the same steps on the same tables. */
export const storedLog = async (
  store: Store,
  { topic, partitions, timezone }: { topic: string; partitions: number; timezone: string },
): Promise<StoredLog> => {
  const ends = Array.from({ length: partitions }, () => 0)
  const held: LogMessage[][] = ends.map(() => [])
  const place = (partition: number, messages: readonly StoredMessage[]): LogMessage[] => {
    let at = ends[partition] ?? 0
    const placed = messages.map(({ appendedAt, value, skip = 0 }) => {
      at += skip
      return { offset: String(at++), timestamp: String(appendedAt), value: Buffer.from(value) }
    })
    ends[partition] = at
    held[partition]?.push(...placed)
    return placed
  }
  const progress = ends.map(() => {
    const one = createPartitionProgress()
    one.recall(0, undefined)
    return one
  })
  await setMark(store, 'log', JSON.stringify({ topic, partitions }))
  return {
    topic,
    take: async (messages, fold = true) => {
      const deliveries = progress.flatMap((own, partition) => {
        const mine = messages.filter((message) => message.partition === partition)
        if (mine.length === 0) return []
        const from = ends[partition] ?? 0
        const placed = place(partition, mine)
        const at = ends[partition] ?? 0
        const stamps = mine.map(({ appendedAt }) => appendedAt)
        const appended = { from: Math.min(...stamps), until: Math.max(...stamps) }
        const piece = own.handOver(from, at, appended, appended.until)
        if (piece === undefined) throw new Error('nothing was new')
        const origin = originOf(topic, partition)
        return [
          {
            partition,
            origin,
            progress: own,
            piece,
            messages: packMessages(placed),
            rows: mine.length,
            bytes: 0,
          },
        ]
      })
      const now = Date.now()
      const batch = await readBatch(
        async (runs, storedAt) => readMessages(runs, storedAt),
        deliveries,
        now,
        async () => NO_RECEIPTS,
      )
      await storeBatch(store, batch, { now, onStep: () => undefined })
      if (!fold) return
      await foldTouched(store, { table: 'folded', timezone }, batch.subjects)
      const watermark = Math.max(...messages.map(({ appendedAt }) => appendedAt))
      await storeProgress(
        store,
        ends.map((end, partition) => ({
          origin: originOf(topic, partition),
          claim: 0,
          folded: end,
          watermark,
        })),
        now,
      )
    },
    offsets: () =>
      ends.map((end, partition) => ({
        origin: originOf(topic, partition),
        begin: 0,
        end,
        committed: end,
      })),
    toReplay: ({ begin = 0, busy = false, committed } = {}) => ({
      topic,
      offsets: async () =>
        ends.map((end, partition) => ({
          partition,
          begin: Math.min(begin, end),
          end,
          committed: committed ?? end,
        })),
      busy: async () => busy,
      read: async function* (offsets, signal) {
        for (const { partition, begin: from, end: to } of offsets) {
          signal?.throwIfAborted()
          const messages = (held[partition] ?? []).filter(({ offset }) => Number(offset) >= from)
          if (from < to) yield [{ partition, from, to, messages, rows: messages.length, bytes: 0 }]
        }
      },
    }),
    append: (messages) => {
      for (const partition of ends.keys())
        place(
          partition,
          messages.filter((message) => message.partition === partition),
        )
    },
  }
}
