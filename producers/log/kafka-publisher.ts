import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin, type Kafka, type Producer } from 'kafkajs'
import { PulseError } from '../../schemas/errors.ts'
import type { CaseEvent } from '../../schemas/events/event.ts'
import { heldClient } from '../../schemas/log/kafka/held-client.ts'
import { kafkaError, kafkaErrorType } from '../../schemas/log/kafka/kafka-error.ts'
import type { EventLog } from '../../schemas/log/port.ts'
import { groupProgress } from './group-progress.ts'
import { createSendQueue, type Refused } from './send-queue.ts'
import { topicLimit } from './topic-limit.ts'

export type PublisherOptions = {
  /** The consumer group whose committed positions say what figures count. */
  readonly groupId: string
  /** How long the brokers may take to acknowledge a send, retries included. Default 20 s. */
  readonly ackLimitMs?: number
  /** How long a small send waits for company. Default 5 ms. */
  readonly lingerMs?: number
  /** Events in hand or waiting at most; beyond it `publish` refuses at once. Default 100,000. */
  readonly maxQueuedEvents?: number
  /** `settled` gives up on a consumer that has not moved for so long. Default 30 s. */
  readonly settleStallMs?: number
  /** And on one that moves, after so long. Default 4 minutes. */
  readonly settleLimitMs?: number
  /** Hears of every send that ended; where it was not acknowledged, nobody knows what became of it. */
  readonly observe?: (sent: {
    readonly events: number
    readonly seconds: number
    readonly acknowledged: boolean
  }) => void
}

/** An event log in Kafka. It leaves outcomes out: whether an event is new is found when it is stored. */
export type KafkaPublisher = EventLog & {
  /** Whether every partition has a leader that answers. */
  readonly answers: () => Promise<boolean>
  /** Events in hand or waiting. */
  readonly waiting: () => number
  /** Refuses from now on, sends what waits, within the bound of a send; then lets go of the brokers. */
  readonly close: () => Promise<void>
}

type Message = { readonly key: Buffer; readonly value: Buffer; readonly bytes: number }

/** What a record takes beside key and value, and a batch of records beside those, at most. */
const RECORD_BYTES = 32
const BATCH_BYTES = 128
/** All partitions together, though the broker's limit is each one's: so none can be above it. */
const MAX_SEND_BYTES = 1024 ** 2
const MAX_QUEUED_BYTES = 64 * 1024 ** 2
const SMALL_SEND_EVENTS = 500
const MAX_WAIT_MS = 30_000
const BROKER_ACK_MS = 10_000
const PAUSE_MS = 200
const PROBE_MS = 5_000

const tooLargeTypes = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']

const messageOf = ({ subject, canonical }: CaseEvent): Message => {
  const key = Buffer.from(subject)
  const value = Buffer.from(canonical)
  return { key, value, bytes: key.length + value.length + RECORD_BYTES }
}

const tooLarge = (bytes: number, limit: number) =>
  `the event has ${bytes} bytes and the log takes ${limit - BATCH_BYTES - RECORD_BYTES}; send less in it (or raise max.message.bytes of the topic)`

const tooLargeError = (bytes: number, limit: number, others: string): PulseError =>
  new PulseError('LIMIT_EXCEEDED', `An event was not taken: ${tooLarge(bytes, limit)}. ${others}`, {
    details: { limitBytes: limit },
  })

const notAcknowledged = (limitMs: number, cause: unknown): PulseError =>
  new PulseError(
    'LOG_UNAVAILABLE',
    `The brokers did not acknowledge the events within ${limitMs / 1000} s. They may have them all the same; send again.`,
    { retriable: true, cause },
  )

/**
 * Opens the log for writing: acknowledged by all replicas in step, idempotent, one send at a time.
 * Rejects with LOG_UNAVAILABLE where the brokers do not answer. The topic must be there.
 *
 * A send that is not acknowledged in time rejects, and its producer is given up: it rolls its
 * sequence numbers back, so that other events sent under the same numbers would be taken for copies
 * and acknowledged without being stored.
 */
export const openPublisher = async (
  kafka: Kafka,
  topic: string,
  options: PublisherOptions,
): Promise<KafkaPublisher> => {
  const { groupId, ackLimitMs = 20_000 } = options
  const admin = heldClient<Admin>(() => kafka.admin())
  const producer = heldClient<Producer>(() =>
    kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // by the key as Kafka's own clients do it, so that whoever writes puts a matter in one partition
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 20 },
    }),
  )
  const limit = await admin
    .use(ackLimitMs, (client) => topicLimit(client, topic))
    .catch((error: unknown) => {
      throw kafkaError(error, 'Opening the event log')
    })

  /** As often as it takes within the bound; after a failure by a producer of its own. */
  const sendAll = async (messages: readonly Message[]): Promise<void> => {
    const request = { topic, acks: -1, timeout: BROKER_ACK_MS, messages: [...messages] }
    const until = performance.now() + ackLimitMs
    for (;;) {
      try {
        const left = Math.max(0, until - performance.now())
        await producer.use(left, (client) => client.send(request))
        return
      } catch (error) {
        if (tooLargeTypes.includes(kafkaErrorType(error) ?? '')) throw error
        const known = kafkaError(error, 'Writing to the event log')
        if (!known.retriable) throw known
        if (performance.now() + PAUSE_MS >= until) throw notAcknowledged(ackLimitMs, error)
      }
      await sleep(PAUSE_MS)
    }
  }

  /** Finds by halves what the broker refuses for its size: its limit may have been lowered. */
  const sendOrRefuse = async (messages: readonly Message[]): Promise<Refused<Message>> => {
    try {
      await sendAll(messages)
      return new Map()
    } catch (error) {
      const [first] = messages
      if (error instanceof PulseError || first === undefined) throw error
      if (messages.length === 1)
        return new Map([[first, tooLargeError(first.bytes, limit, 'The others are in the log.')]])
      const middle = Math.ceil(messages.length / 2)
      return new Map([
        ...(await sendOrRefuse(messages.slice(0, middle))),
        ...(await sendOrRefuse(messages.slice(middle))),
      ])
    }
  }

  const queue = createSendQueue<Message>({
    send: async (messages) => {
      const begun = performance.now()
      let events = messages.length
      let acknowledged = false
      try {
        const refused = await sendOrRefuse(messages)
        events -= refused.size
        acknowledged = true
        return refused
      } finally {
        options.observe?.({ events, seconds: (performance.now() - begun) / 1000, acknowledged })
      }
    },
    sizeOf: ({ bytes }) => bytes,
    maxBatchBytes: Math.min(limit - BATCH_BYTES, MAX_SEND_BYTES),
    maxQueuedItems: options.maxQueuedEvents ?? 100_000,
    maxQueuedBytes: MAX_QUEUED_BYTES,
    lingerMs: options.lingerMs ?? 5,
    smallBatchItems: SMALL_SEND_EVENTS,
    maxWaitMs: MAX_WAIT_MS,
  })
  const settled = groupProgress({
    admin,
    topic,
    groupId,
    stallMs: options.settleStallMs ?? 30_000,
    limitMs: options.settleLimitMs ?? 240_000,
  })

  const fits = ({ bytes }: Message): boolean => bytes + BATCH_BYTES <= limit

  return {
    publish: async (events, { waitFor = 'visible' } = {}) => {
      const messages = events.map(messageOf)
      const unfit = messages.find((message) => !fits(message))
      if (unfit !== undefined) throw tooLargeError(unfit.bytes, limit, 'Nor was any sent with it.')
      await queue.put(messages)
      if (waitFor === 'visible') await settled()
      return {}
    },
    refusal: (event) => {
      // a character of text has three bytes at most
      if ((event.canonical.length + event.subject.length) * 3 + RECORD_BYTES + BATCH_BYTES <= limit)
        return undefined
      const message = messageOf(event)
      return fits(message)
        ? undefined
        : { field: '', code: 'TOO_LONG', message: tooLarge(message.bytes, limit) }
    },
    settled,
    answers: () =>
      admin
        .use(PROBE_MS, async (client) => {
          const { topics } = await client.fetchTopicMetadata({ topics: [topic] })
          const partitions = topics.flatMap((found) => found.partitions)
          return partitions.length > 0 && partitions.every(({ leader }) => leader >= 0)
        })
        .catch(() => false),
    waiting: () => queue.queued().items,
    close: async () => {
      await queue.stop()
      await Promise.all([producer.close(), admin.close()])
    },
  }
}
