import kafkajs, { type Batch, type Kafka } from 'kafkajs'
import type { LogMessage } from './log-message.ts'

export type FeedOptions = {
  readonly kafka: Kafka
  readonly topic: string
  readonly groupId: string
  readonly sessionTimeoutMs: number
  /**
   * What a partition holds from `from` to before `to`: the messages, and nothing between them. Returns
   * at once: the group is kept alive between deliveries.
   */
  readonly onDelivery: (
    partition: number,
    from: number,
    to: number,
    messages: readonly LogMessage[],
  ) => void
  /**
   * These are ours from now on. `kept`: as a member that never left, so that what it has in hand of
   * them is still its own. Gives where to go on reading those it has something of.
   */
  readonly onAssigned: (partitions: readonly number[], kept: boolean) => ReadonlyMap<number, number>
  /** Reading ended and will not begin again by itself. */
  readonly onCrash: (error: Error) => void
}

/** Ends of one partition's log: the first position it still has, and the one behind the last. */
export type LogEnds = { readonly partition: number; readonly low: number; readonly end: number }

/** Reads a topic as a member of a group, and commits only when told to. */
export type Feed = {
  /** Resolves when the ends of the log can be asked. */
  readonly connect: () => Promise<void>
  /** Resolves when it has joined the group. */
  readonly start: () => Promise<void>
  readonly pause: () => void
  readonly resume: () => void
  /** Rejects where the group refuses, as it does while partitions change hands. */
  readonly commit: (
    positions: readonly (readonly [partition: number, position: number])[],
  ) => Promise<void>
  readonly ends: () => Promise<readonly LogEnds[]>
  /** Where the group goes on, of the partitions it has committed. */
  readonly committed: () => Promise<ReadonlyMap<number, number>>
  /** Leaves the group. */
  readonly stop: () => Promise<void>
}

/** A fetch waits so long for so many bytes: small ones cost as much as large ones. */
const FETCH_WAIT_MS = 50
const FETCH_BYTES = 16 * 1024

/**
 * The position a fetch asked for: before the first message where records of a transaction lie. The
 * client has it and leaves it out of its types.
 */
const askedFrom = (batch: Batch & { readonly fetchedOffset?: string }): number =>
  Number(batch.fetchedOffset ?? batch.firstOffset())

/** Reading that ended so begins anew after so long. */
const REST_MS = 1_000

/**
 * Whether brokers that are away for a while are why reading ended: the client says of a coordinator it
 * cannot ask, and of a connection it waited for, that they will not come back.
 */
const isBrokersAway = (error: Error): boolean => {
  let inner: unknown = error
  for (let depth = 0; depth < 8 && inner instanceof Error; depth++) {
    if (
      inner instanceof kafkajs.KafkaJSGroupCoordinatorNotFound ||
      inner instanceof kafkajs.KafkaJSTimeout
    )
      return true
    inner = inner.cause
  }
  return false
}

export const createFeed = (options: FeedOptions): Feed => {
  const { kafka, topic, groupId, sessionTimeoutMs } = options
  const admin = kafka.admin()
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.min(3_000, Math.floor(sessionTimeoutMs / 4)),
    minBytes: FETCH_BYTES,
    maxWaitTimeInMs: FETCH_WAIT_MS,
  })
  let member = ''
  let paused = false
  let stopping = false
  let restarting: NodeJS.Timeout | undefined

  consumer.on('consumer.group_join', ({ payload: { memberId, memberAssignment } }) => {
    const goOn = options.onAssigned(memberAssignment[topic] ?? [], memberId === member)
    member = memberId
    for (const [partition, position] of goOn)
      consumer.seek({ topic, partition, offset: String(position) })
    if (paused) consumer.pause([{ topic }])
  })
  // a batch of nothing but records of transactions is passed over without being handed out
  consumer.on('consumer.end_batch_process', ({ payload }) => {
    if (payload.topic === topic && payload.batchSize === 0)
      options.onDelivery(
        payload.partition,
        Number(payload.firstOffset ?? payload.lastOffset),
        Number(payload.lastOffset) + 1,
        [],
      )
  })
  consumer.on('consumer.crash', ({ payload: { error, restart } }) => {
    if (restart) return
    if (!isBrokersAway(error)) options.onCrash(error)
    else if (!stopping) restarting = setTimeout(() => read().catch(options.onCrash), REST_MS)
  })

  /** The client refuses to be paused between two lives of its membership; the next one is when it joins. */
  const whileMember = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      if (!(error instanceof kafkajs.KafkaJSNonRetriableError)) throw error
    }
  }

  const read = (): Promise<void> =>
    consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, isRunning, isStale }) => {
        const last = batch.messages.at(-1)
        if (last === undefined || !isRunning() || isStale()) return
        options.onDelivery(
          batch.partition,
          askedFrom(batch),
          Number(batch.lastOffset()) + 1,
          batch.messages,
        )
        resolveOffset(last.offset)
      },
    })

  return {
    connect: async () => {
      await admin.connect()
      await consumer.connect()
    },
    start: async () => {
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await read()
    },
    pause: () => {
      paused = true
      whileMember(() => consumer.pause([{ topic }]))
    },
    resume: () => {
      paused = false
      whileMember(() => consumer.resume([{ topic }]))
    },
    commit: (positions) =>
      consumer.commitOffsets(
        positions.map(([partition, position]) => ({ topic, partition, offset: String(position) })),
      ),
    ends: async () =>
      (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
        partition,
        low: Number(low),
        end: Number(high),
      })),
    committed: async () => {
      const found = await admin.fetchOffsets({ groupId, topics: [topic] })
      return new Map(
        found
          .flatMap(({ partitions }) => partitions)
          .map(({ partition, offset }): readonly [number, number] => [partition, Number(offset)])
          .filter(([, position]) => position >= 0),
      )
    },
    stop: async () => {
      stopping = true
      clearTimeout(restarting)
      await consumer.disconnect()
      await admin.disconnect()
    },
  }
}
