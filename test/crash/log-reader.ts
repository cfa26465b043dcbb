import { randomUUID } from 'node:crypto'
import type { Kafka, KafkaMessage } from 'kafkajs'
import { parseEventText } from '../../schemas/events/parse.ts'
import { contentName } from './hostile-waves.ts'
import { waitUntil } from './wait-until.ts'

/** What stands at one position of the log, judged here and not by the consumer. */
export type LogEntry = {
  /** Topic, partition and offset: `topic/3@17`. */
  readonly place: string
  /** Name of the content; undefined where the message cannot be used. */
  readonly content: string | undefined
}

const READ_LIMIT_MS = 60_000

/** Sum of the end offsets of a topic, and of what a group has committed there. */
export const positionsOf = async (
  kafka: Kafka,
  topic: string,
  groupId: string,
): Promise<{ readonly end: number; readonly committed: number }> => {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const ends = await admin.fetchTopicOffsets(topic)
    const [group] = await admin.fetchOffsets({ groupId, topics: [topic] })
    const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)
    return {
      end: sum(ends.map(({ high }) => Number(high))),
      committed: sum((group?.partitions ?? []).map(({ offset }) => Math.max(0, Number(offset)))),
    }
  } finally {
    await admin.disconnect()
  }
}

/** Every message of a topic, in the order of each partition. */
const readTopic = async <T>(
  kafka: Kafka,
  topic: string,
  read: (partition: number, message: KafkaMessage) => T,
): Promise<readonly T[]> => {
  const { end } = await positionsOf(kafka, topic, randomUUID())
  const found: T[] = []
  const consumer = kafka.consumer({ groupId: `judge-${randomUUID()}` })
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        found.push(read(partition, message))
      },
    })
    await waitUntil(
      `all of ${topic}`,
      READ_LIMIT_MS,
      () => (found.length >= end ? true : undefined),
      () => `${found.length} of ${end} were read.`,
    )
    return found
  } finally {
    await consumer.disconnect()
  }
}

export const readLog = (kafka: Kafka, topic: string): Promise<readonly LogEntry[]> =>
  readTopic(kafka, topic, (partition, { offset, value }) => {
    const parsed = parseEventText(value ?? new Uint8Array(), { receivedTime: 'carried' })
    return {
      place: `${topic}/${partition}@${offset}`,
      content: parsed.ok ? contentName(parsed.event) : undefined,
    }
  })

/** Where the letters of a topic of dead letters come from, as `LogEntry.place`; copies count again. */
export const readLetterPlaces = (kafka: Kafka, topic: string): Promise<readonly string[]> =>
  readTopic(kafka, topic, (_, { headers }) => `${headers?.['origin']}@${headers?.['position']}`)
