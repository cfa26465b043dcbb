import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ITopicConfig, Kafka, type KafkaMessage, logLevel } from 'kafkajs'
import { inject, onTestFinished } from 'vitest'
import type { KafkaSettings } from '../../schemas/settings/kafka-settings.ts'
import { type Broker, type BrokerOptions, startBroker } from '../../scripts/kafka/broker.ts'
import '../kafka/global-setup.ts'

/** Addresses of the broker of the run. */
export const sharedBrokers = (): string[] => [...inject('kafkaBrokers')]

/** A name no other test has: of a topic, a prefix of topics, or a group. */
export const uniqueName = (name: string): string => `${name}-${randomUUID()}`

export const kafkaAt = (brokers: readonly string[] = sharedBrokers()): Kafka =>
  new Kafka({ clientId: 'test', brokers: [...brokers], logLevel: logLevel.NOTHING })

/** Settings as a process of the system has them, for the broker of the run unless others are given. */
export const kafkaSettings = (given: Partial<KafkaSettings> = {}): KafkaSettings => ({
  brokers: sharedBrokers(),
  topicPrefix: '',
  groupId: 'petition-pulse',
  sessionTimeoutMs: 30_000,
  ...given,
})

/** A topic of its own for a test, gone with it. */
export const scratchTopic = async (
  name: string,
  options: Omit<ITopicConfig, 'topic'> = {},
): Promise<string> => {
  const topic = uniqueName(name)
  await makeTopic(sharedBrokers(), { ...options, topic })
  onTestFinished(() =>
    withAdmin(sharedBrokers(), (admin) => admin.deleteTopics({ topics: [topic] })),
  )
  return topic
}

/** Tests run beside others; how soon a broker is up says nothing of what they test. */
export const patienceMs = 60_000

/** A broker of its own for a test, gone with it. */
export const ownBroker = async (options: BrokerOptions = {}): Promise<Broker> => {
  const broker = await startBroker({ heapMb: 256, readyLimitMs: patienceMs, ...options })
  onTestFinished(broker.stop)
  return broker
}

type Admin = ReturnType<Kafka['admin']>

export const withAdmin = async <R>(
  brokers: readonly string[],
  use: (admin: Admin) => Promise<R>,
): Promise<R> => {
  const admin = kafkaAt(brokers).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

const topicLimitMs = 10_000

/**
 * Resolves when every partition has a leader. Not by kafkajs's own `waitForLeaders`, which gives up
 * when the broker has yet to hear of the topic from the controller.
 */
export const makeTopic = (brokers: readonly string[], topic: ITopicConfig): Promise<void> =>
  withAdmin(brokers, async (admin) => {
    await admin.createTopics({ topics: [topic], waitForLeaders: false })
    for (const until = Date.now() + topicLimitMs; ; await sleep(20)) {
      // a leader that is named may not know yet that it is: it is asked where its partition ends
      const ends = await admin.fetchTopicOffsets(topic.topic).catch((error: unknown) => {
        if (Date.now() > until) throw error
        return []
      })
      if (ends.length > 0) return
      if (Date.now() > until) throw new Error(`${topic.topic} has no leader.`)
    }
  })

/** To a partition, or to that of the key. */
export type Sent = { readonly key: string; readonly value: string; readonly partition?: number }

/** Resolves when the broker has acknowledged all of them. */
export const send = async (
  brokers: readonly string[],
  topic: string,
  messages: readonly Sent[],
): Promise<void> => {
  const producer = kafkaAt(brokers).producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  try {
    await producer.send({ topic, acks: -1, messages: [...messages] })
  } finally {
    await producer.disconnect()
  }
}

/** A consumer that is let go waits for the end of its last fetch. */
const maxWaitTimeInMs = 200

/** The first `count` messages of a topic, within `limitMs`. */
export const receive = async (
  brokers: readonly string[],
  topic: string,
  count: number,
  { limitMs = 20_000, kafka = kafkaAt(brokers) }: { limitMs?: number; kafka?: Kafka } = {},
): Promise<readonly KafkaMessage[]> => {
  const consumer = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs })
  await consumer.connect()
  const received: KafkaMessage[] = []
  let late: NodeJS.Timeout | undefined
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) =>
        reject(new Error(`${topic}: ${received.length} of ${count} messages; ${why}`))
      late = setTimeout(() => fail(`no more within ${limitMs} ms`), limitMs)
      consumer.on('consumer.crash', ({ payload }) => {
        if (!payload.restart) fail(payload.error.message)
      })
      const eachMessage = async ({ message }: { message: KafkaMessage }) => {
        received.push(message)
        if (received.length === count) resolve()
      }
      consumer.run({ eachMessage }).catch(reject)
    })
    return received
  } finally {
    clearTimeout(late)
    await consumer.disconnect()
  }
}

/** A message and where it stands. */
export type Standing = { readonly partition: number; readonly message: KafkaMessage }

/** All that a topic holds now, partition by partition, within `limitMs`. */
export const readWhole = async (
  brokers: readonly string[],
  topic: string,
  limitMs = 30_000,
): Promise<readonly Standing[]> => {
  const ends = await withAdmin(brokers, (admin) => admin.fetchTopicOffsets(topic))
  const left = new Map(
    ends
      .filter(({ low, high }) => low !== high)
      .map(({ partition, high }) => [partition, BigInt(high)]),
  )
  const found: Standing[] = []
  if (left.size === 0) return found
  const consumer = kafkaAt(brokers).consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs })
  await consumer.connect()
  let late: NodeJS.Timeout | undefined
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      late = setTimeout(
        () => reject(new Error(`${topic} was not read whole within ${limitMs} ms`)),
        limitMs,
      )
      consumer
        .run({
          eachBatch: async ({ batch: { partition, messages } }) => {
            found.push(...messages.map((message) => ({ partition, message })))
            const end = left.get(partition)
            const last = messages.at(-1)
            if (end !== undefined && last !== undefined && BigInt(last.offset) + 1n >= end)
              left.delete(partition)
            if (left.size === 0) resolve()
          },
        })
        .catch(reject)
    })
  } finally {
    clearTimeout(late)
    await consumer.disconnect()
  }
  return found.sort(
    (a, b) =>
      a.partition - b.partition || Number(BigInt(a.message.offset) - BigInt(b.message.offset)),
  )
}
