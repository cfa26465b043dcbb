import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import { PulseError } from '../../schemas/errors.ts'
import { kafkaError } from '../../schemas/log/kafka/kafka-error.ts'
import type { Store } from '../../schemas/store/port.ts'
import { createAssignment } from './assignment.ts'
import { attachLog } from './attach.ts'
import { createBacklog } from './backlog.ts'
import { createGatherer } from './gatherer.ts'
import { createHolding } from './holding.ts'
import { createFeed } from './kafka-feed.ts'
import { openLetterTopic } from './letter-topic.ts'
import { createLogFolding, type LogFolding } from './log-folding.ts'
import { openReaders } from './open-reader.ts'
import { packMessages } from './packed-messages.ts'
import { spanOf } from './partition-progress.ts'
import { createPublisher } from './publish-progress.ts'
import { type Delivery, type ReadBatch, readBatch } from './read-batch.ts'
import type { ConsumerSeries } from './series.ts'
import type { OnStep } from './steps.ts'
import { storeBatch } from './store-batch.ts'
import { type StoredReceipts, storedReceipts } from './stored-receipts.ts'
import { createTroubles } from './troubles.ts'
import { Stopped, untilDone } from './until-done.ts'
import { createEndsWatch } from './watch-ends.ts'

export type LogConsumerOptions = {
  /** Up to date, and left open by `stop`. */
  readonly store: Store
  readonly timezone: string
  readonly kafka: Kafka
  readonly topic: string
  /** Where dead letters go beside the table. Default: nowhere. */
  readonly deadLetterTopic?: string
  readonly groupId: string
  readonly sessionTimeoutMs: number
  readonly series: ConsumerSeries
  /** Hears of troubles, and of their end, one line each. */
  readonly log: (line: string) => void
  /** Told once, when the consumer cannot go on; it is to be stopped then. */
  readonly onFatal: (error: Error) => void
  /** For tests: hears of each step. */
  readonly onStep?: OnStep
  readonly now?: () => number
}

/** A member of the group that stores and folds what its partitions hold. */
export type LogConsumer = {
  /** Resolves when everything that was in the log before the call is visible in every figure. */
  readonly settled: () => Promise<void>
  /** Why it does not get on, in one line; undefined where it does. */
  readonly trouble: () => string | undefined
  readonly rebuild: LogFolding['rebuild']
  /** Finishes the batch in hand, folds, commits and leaves the group, within a bound. */
  readonly stop: () => Promise<void>
}

/** Threads that read: two and what stores keep two cores at work, and each holds memory of its own. */
const READERS = 2
const LOOK_EVERY_MS = 250
/** A fold waits so long for the ends of the log, then goes by those seen last. */
const LOOK_LIMIT_MS = 200
/** A rebuild looks for what was stored meanwhile by its mark: one that is older is made anew. */
const MARK_LIMIT_MS = 30_000
/** What is stored is folded before the process goes, if it does not take longer. */
const LAST_FOLD_MS = 10_000
const LEAVE_MS = 10_000

/** Joins the group and begins. Rejects where store or log cannot be used at all. */
export const startLogConsumer = async (options: LogConsumerOptions): Promise<LogConsumer> => {
  const { store, topic, series, now = Date.now, onStep = () => undefined } = options
  const assignment = createAssignment(topic)
  const troubles = createTroubles(options.log, now)
  const letterTopic =
    options.deadLetterTopic === undefined
      ? undefined
      : openLetterTopic(options.kafka, options.deadLetterTopic)
  let stopping = false
  let failed = false
  const stopped = (): boolean => stopping

  const fail = (error: unknown): void => {
    if (failed || stopping || error instanceof Stopped) return
    failed = true
    options.onFatal(error instanceof Error ? error : new Error(String(error)))
  }

  /** No row says how they ended: whoever reconciles finds them missing. */
  const lost = (partition: number, from: number, to: number): void =>
    options.log(
      `${topic}/${partition}: the positions ${from} to ${to - 1} are gone from the log unread, and their events are lost. Give the topic a longer retention.`,
    )

  const gatherer = createGatherer<Delivery>({
    onFull: () => feed.pause(),
    onRoom: () => feed.resume(),
  })
  const feed = createFeed({
    ...options,
    onDelivery: (partition, from, to, messages) => {
      const ours = assignment.of(partition)
      if (ours === undefined) return
      const before = ours.progress.next()
      if (before !== undefined && from > before) lost(partition, before, from)
      const packed = packMessages(messages)
      const piece = ours.progress.handOver(from, to, spanOf(packed.appendedAt), now())
      if (piece === undefined) return
      gatherer.put({
        ...ours,
        piece,
        messages: packed,
        rows: messages.length,
        bytes: packed.bytes.length,
      })
    },
    onAssigned: (partitions, kept) => {
      const goOn = assignment.assign(partitions, kept)
      gatherer.keep(({ partition, progress }) => assignment.of(partition)?.progress === progress)
      return goOn
    },
    onCrash: (error) => fail(kafkaError(error, `Reading ${topic}`)),
  })
  const watch = createEndsWatch(feed, assignment, now)
  const look = () =>
    watch.look().catch((cause: unknown) => {
      throw kafkaError(cause, `Asking where ${topic} ends`)
    })

  const holding = createHolding({
    store,
    topic,
    assignment,
    committed: feed.committed,
    look,
    sessionTimeoutMs: options.sessionTimeoutMs,
    onGone: lost,
    log: options.log,
    now,
  })

  const folding = await createLogFolding({
    store,
    timezone: options.timezone,
    storedUpTo: async () => {
      await Promise.race([
        look().catch(() => undefined),
        sleep(LOOK_LIMIT_MS, undefined, { ref: false }),
      ])
      return assignment.storedUpTo()
    },
    onFolded: () => void publisher.publish(),
    onFold: (outcome) => {
      if ('ms' in outcome) {
        series.folded(outcome.ms)
        troubles.over('folding')
      } else if (!stopping) {
        troubles.begin('folding', outcome.error)
        if (outcome.error instanceof PulseError && !outcome.error.retriable) fail(outcome.error)
      }
    },
    onStep,
    stopped,
  })
  const backlog = createBacklog({ hold: folding.holdFarBehind }, { now })
  const publisher = createPublisher({
    store,
    assignment,
    feed,
    unfoldedFrom: folding.unfoldedFrom,
    active: watch.active,
    series,
    onStep,
    onFailure: (error) => troubles.begin('progress', kafkaError(error, 'Committing')),
    onSuccess: () => troubles.over('progress'),
    now,
  })
  series.watchLag(() =>
    assignment.all().map(({ partition, progress }) => [partition, progress.lag()]),
  )

  const trying = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    untilDone(work, { stopped, onFailure: (error) => troubles.begin(name, error) }).then(
      (value) => {
        troubles.over(name)
        return value
      },
    )

  const receiptsOf = ({ origin, piece }: Delivery): Promise<StoredReceipts> =>
    trying('store', () => storedReceipts(store, origin, piece))

  const read = (deliveries: readonly Delivery[]): Promise<ReadBatch> =>
    readBatch(reader.read, deliveries, now(), receiptsOf)

  const storeRead = async (first: ReadBatch): Promise<void> => {
    const begun = performance.now()
    let batch = first
    await trying('store', async () => {
      if (now() > batch.storedAt + MARK_LIMIT_MS) batch = await read(batch.deliveries)
      await storeBatch(store, batch, { now: now(), onStep })
    })
    series.inserted(performance.now() - begun)
    if (batch.letters.length > 0)
      await trying('dead letters', async () => letterTopic?.publish(batch.letters, now()))
    series.batch(batch.positions)
    series.stored('case_events', batch.events)
    series.stored('log_positions', batch.positions)
    for (const { errors } of batch.letters) series.deadLetter(errors[0]?.code ?? '')
    for (const { piece } of batch.deliveries) piece.stored = true
    if (batch.events > 0) folding.touch(batch.subjects, batch.received, first.storedAt)
    folding.stored()
    backlog.stored(batch.events)
    backlog.see(watch.unstored())
    await onStep('inserted')
    if (batch.events === 0) void publisher.publish()
  }

  const readOwned = async (deliveries: readonly Delivery[]): Promise<ReadBatch> => {
    const [whole, owned] = await Promise.all([
      read(deliveries),
      trying('store', () => holding.owned(deliveries)),
    ])
    return owned.length === deliveries.length ? whole : read(owned)
  }

  /** One batch is read while the one before it is stored. */
  const work = async (): Promise<void> => {
    let storing = Promise.resolve()
    for (;;) {
      const deliveries = await gatherer.next()
      if (deliveries === undefined) break
      await onStep('fetched')
      await trying('log', holding.recall)
      const batch = await readOwned(deliveries)
      await onStep('validated')
      await storing
      if (batch.deliveries.length === 0) continue
      storing = storeRead(batch)
      storing.catch(() => undefined)
    }
    await storing
  }

  const lookOut = async (): Promise<void> => {
    for (; !stopping; await sleep(LOOK_EVERY_MS)) {
      try {
        const ends = await look()
        await holding.recall()
        if (ends.length > partitions) {
          partitions = ends.length
          await attachLog(store, topic, partitions, now())
        }
        troubles.over('log')
      } catch (error) {
        troubles.begin('log', error)
      }
      if (holding.takenForGood())
        fail(
          new PulseError(
            'LOG_UNAVAILABLE',
            `Another consumer claimed partitions of ${topic} that the group still gives to this one. Start it again.`,
          ),
        )
      backlog.see(watch.unstored())
      await publisher.publish()
    }
  }

  await feed.connect().catch((cause: unknown) => {
    throw kafkaError(cause, 'Connecting')
  })
  let partitions = (await look()).length
  await attachLog(store, topic, partitions, now())
  const reader = openReaders(Math.min(READERS, availableParallelism()))
  const working = work().catch(fail)
  await feed.start().catch((cause: unknown) => {
    throw kafkaError(cause, `Joining the group ${options.groupId}`)
  })
  const lookingOut = lookOut()

  const stop = async (): Promise<void> => {
    // no more is taken in; what waits is delivered again
    gatherer.keep(() => false)
    gatherer.end()
    await Promise.race([working, sleep(LAST_FOLD_MS, undefined, { ref: false })])
    folding.hold(false)
    await Promise.race([
      folding.settled().catch(() => undefined),
      sleep(LAST_FOLD_MS, undefined, { ref: false }),
    ])
    stopping = true
    folding.hold(true)
    await publisher.publish()
    await Promise.race([
      Promise.all([lookingOut, feed.stop(), letterTopic?.close()]),
      sleep(LEAVE_MS, undefined, { ref: false }),
    ])
    await folding.idle()
    await reader.close()
  }

  let ending: Promise<void> | undefined
  return {
    settled: () => publisher.visibleUpTo(now()),
    trouble: troubles.first,
    rebuild: folding.rebuild,
    stop: () => {
      ending ??= stop()
      return ending
    },
  }
}
