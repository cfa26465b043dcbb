import { type Kafka, Partitioners } from 'kafkajs'
import type { DirectMessage } from './hostile-waves.ts'
import { waitUntil } from './wait-until.ts'

/** Few enough for any broker to take together. */
const SEND_MESSAGES = 1_000

/** Writes to the topic as another system does; a message of which it is not sure is written again. */
export type DirectWriter = {
  readonly write: (messages: readonly DirectMessage[], limitMs: number) => Promise<void>
  readonly close: () => Promise<void>
}

export const openDirectWriter = async (kafka: Kafka, topic: string): Promise<DirectWriter> => {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const writeSome = async (messages: readonly DirectMessage[], limitMs: number): Promise<void> => {
    let last = ''
    await waitUntil(
      `another system's messages to be taken by ${topic}`,
      limitMs,
      () =>
        producer.send({ topic, acks: -1, messages: [...messages] }).then(
          () => true,
          (error: unknown) => {
            last = String(error)
            return undefined
          },
        ),
      () => last,
    )
  }
  return {
    write: async (messages, limitMs) => {
      for (let from = 0; from < messages.length; from += SEND_MESSAGES)
        await writeSome(messages.slice(from, from + SEND_MESSAGES), limitMs)
    },
    close: () => producer.disconnect(),
  }
}
