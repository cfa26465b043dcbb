import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { PulseError } from '../../schemas/errors.ts'
import { forgetGroup } from '../../schemas/log/kafka/forget-group.ts'
import type { GroupOffsets } from '../../schemas/log/kafka/group-offsets.ts'
import { kafkaError } from '../../schemas/log/kafka/kafka-error.ts'
import { createGatherer, type Sized } from './gatherer.ts'
import { createFeed } from './kafka-feed.ts'
import type { LogMessage } from './log-message.ts'

/** Positions of one partition from `from` to before `to`: the messages, and nothing between them. */
export type Run = Sized & {
  readonly partition: number
  readonly from: number
  readonly to: number
  readonly messages: readonly LogMessage[]
}

/** What a partition has when the reading begins. */
export type PartitionSpan = Pick<GroupOffsets, 'partition' | 'begin' | 'end'>

const SESSION_MS = 30_000
/** Brokers that send nothing for so long, while there is more to read, are given up. */
const SILENCE_MS = 120_000
const LOOK_EVERY_MS = 1_000

/** Counts off what is read of each partition, so that nothing is given twice and nothing behind the end. */
const createSpans = (spans: readonly PartitionSpan[]) => {
  const next = new Map(spans.map(({ partition, begin }) => [partition, begin]))
  const ends = new Map(spans.map(({ partition, end }) => [partition, end]))
  const isOpen = (partition: number): boolean =>
    (next.get(partition) ?? 0) < (ends.get(partition) ?? 0)
  return {
    next: (): ReadonlyMap<number, number> => next,
    done: (): boolean => ![...next.keys()].some(isOpen),
    /** The part of a delivery that is wanted and new. */
    take: (
      partition: number,
      from: number,
      to: number,
      messages: readonly LogMessage[],
    ): Run | undefined => {
      if (!isOpen(partition)) return undefined
      const first = Math.max(from, next.get(partition) ?? 0)
      const last = Math.min(to, ends.get(partition) ?? 0)
      if (first >= last) return undefined
      next.set(partition, last)
      const wanted = messages.filter(
        ({ offset }) => Number(offset) >= first && Number(offset) < last,
      )
      return {
        partition,
        from: first,
        to: last,
        messages: wanted,
        rows: wanted.length,
        bytes: wanted.reduce((sum, { value }) => sum + (value?.length ?? 0), 0),
      }
    },
  }
}

/**
 * Everything a topic holds from its beginnings to the ends given, in batches that memory holds: as a
 * group of its own that commits nothing and is deleted again. Throws LOG_UNAVAILABLE where the brokers
 * fall silent or refuse, and the reason of `signal` once that is aborted.
 */
export const readTopic = async function* (
  kafka: Kafka,
  topic: string,
  partitions: readonly PartitionSpan[],
  signal?: AbortSignal,
): AsyncGenerator<readonly Run[]> {
  const spans = createSpans(partitions)
  if (spans.done()) return
  const groupId = `petition-pulse-replay-${randomUUID()}`
  let failure: Error | undefined
  let paused = false
  let heardAt = performance.now()
  const gatherer = createGatherer<Run>({
    onFull: () => {
      paused = true
      feed.pause()
    },
    onRoom: () => {
      paused = false
      heardAt = performance.now()
      feed.resume()
    },
  })
  const fail = (error: Error): void => {
    failure ??= error
    gatherer.end()
  }
  const feed = createFeed({
    kafka,
    topic,
    groupId,
    sessionTimeoutMs: SESSION_MS,
    onDelivery: (partition, from, to, messages) => {
      const run = spans.take(partition, from, to, messages)
      if (run === undefined) return
      heardAt = performance.now()
      gatherer.put(run)
      if (spans.done()) gatherer.end()
    },
    onAssigned: spans.next,
    onCrash: fail,
  })
  const watching = setInterval(() => {
    if (!paused && performance.now() > heardAt + SILENCE_MS)
      fail(
        new PulseError(
          'LOG_UNAVAILABLE',
          `The brokers sent nothing of ${topic} for ${SILENCE_MS / 1000} s, and there is more to read. See that they run, and run the command again.`,
          { retriable: true },
        ),
      )
  }, LOOK_EVERY_MS)
  const giveUp = (): void => gatherer.end()
  signal?.addEventListener('abort', giveUp)
  try {
    await feed.connect()
    signal?.throwIfAborted()
    await feed.start()
    for (;;) {
      const batch = await gatherer.next()
      signal?.throwIfAborted()
      if (failure !== undefined) throw failure
      if (batch === undefined) return
      yield batch
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw kafkaError(error, `Reading ${topic}`)
  } finally {
    clearInterval(watching)
    signal?.removeEventListener('abort', giveUp)
    await feed.stop().catch(() => undefined)
    await forgetGroup(kafka, groupId)
  }
}
