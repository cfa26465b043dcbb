import { randomUUID } from 'node:crypto'
import { type ITopicConfig, Kafka, logLevel } from 'kafkajs'
import { inject, onTestFinished } from 'vitest'
import '../kafka/global-setup.ts'

/** Addresses of the broker of the run. */
export const sharedBrokers = (): string[] => [...inject('kafkaBrokers')]

/** A name no other test has: of a topic, a prefix of topics, or a group. */
export const uniqueName = (name: string): string => `${name}-${randomUUID()}`

export const kafkaAt = (brokers: readonly string[] = sharedBrokers()): Kafka =>
  new Kafka({ clientId: 'test', brokers: [...brokers], logLevel: logLevel.NOTHING })

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

export const makeTopic = (brokers: readonly string[], topic: ITopicConfig): Promise<boolean> =>
  withAdmin(brokers, (admin) => admin.createTopics({ topics: [topic], waitForLeaders: true }))

export type Sent = { readonly key: string; readonly value: string }

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

export type Received = Sent & { readonly timestamp: string }

/** The first `count` messages of a topic, within `limitMs`. */
export const receive = async (
  brokers: readonly string[],
  topic: string,
  count: number,
  limitMs = 20_000,
): Promise<readonly Received[]> => {
  const consumer = kafkaAt(brokers).consumer({ groupId: uniqueName('reader') })
  await consumer.connect()
  const received: Received[] = []
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
      const eachMessage = async ({
        message: { key, value, timestamp },
      }: {
        message: { key: Buffer | null; value: Buffer | null; timestamp: string }
      }) => {
        received.push({ key: `${key}`, value: `${value}`, timestamp })
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
