import kafkajs, { type Kafka, type Producer } from 'kafkajs'
import { heldClient } from '../../schemas/log/kafka/held-client.ts'
import { kafkaError, kafkaErrorType } from '../../schemas/log/kafka/kafka-error.ts'
import { chunked } from '../chunked.ts'
import { keptOf } from '../dead-letters/kept.ts'
import type { DeadLetter, Header } from '../dead-letters/letter.ts'

/** The topic of dead letters, for those who watch the log rather than the table. */
export type LetterTopic = {
  /**
   * Resolves when the brokers have every letter; rejects with LOG_UNAVAILABLE (retriable) where that is
   * not known, and some of them may be there then. Copies have the same `origin` and `position`.
   * `now`: epoch ms.
   */
  readonly publish: (letters: readonly DeadLetter[], now: number) => Promise<void>
  readonly close: () => Promise<void>
}

type Message = {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Record<string, Buffer[] | string>
}

const SEND_MS = 30_000
const ACK_MS = 10_000
/** A broker's limit is on what is sent together, and its usual one is a little above this. */
const SEND_BYTES = 900_000

const bytesOf = ({ key, value, headers }: Message): number =>
  (key?.length ?? 0) +
  (value?.length ?? 0) +
  Object.values(headers)
    .flat()
    .reduce((sum, header) => sum + header.length, 0)

/** What the sender gave; a name that came more than once has its values in their order. */
const ownHeaders = (headers: readonly Header[]): Record<string, Buffer[]> => {
  const byName = new Map<string, Buffer[]>()
  for (const [name, value] of headers)
    byName.set(name, [...(byName.get(name) ?? []), Buffer.from(value)])
  return Object.fromEntries(byName)
}

const messageOf = (letter: DeadLetter, now: number): Message => {
  const { message, errors } = letter
  const { original, key, headers, identityRemoved } = keptOf(letter)
  return {
    key: key.length === 0 ? null : Buffer.from(key),
    value: Buffer.from(original),
    headers: {
      ...ownHeaders(headers),
      reason: errors[0]?.code ?? '',
      errors: JSON.stringify(errors),
      origin: message.origin,
      position: String(message.position),
      receivedtime: new Date(message.receivedTime).toISOString(),
      parkedtime: new Date(now).toISOString(),
      ...(identityRemoved ? { identityremoved: 'true' } : {}),
    },
  }
}

const withoutValue = (message: Message): Message => ({
  ...message,
  value: null,
  headers: { ...message.headers, valueomitted: 'true' },
})

/** Connects when it is first written to. */
export const openLetterTopic = (kafka: Kafka, topic: string): LetterTopic => {
  const producer = heldClient<Producer>(() =>
    kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      // whoever parks letters tries again for as long as it takes
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 },
    }),
  )
  const send = (messages: Message[]): Promise<unknown> =>
    producer.use(SEND_MS, (client) => client.send({ topic, acks: -1, timeout: ACK_MS, messages }))

  /** Of a letter that is too large for the topic all but its bytes goes: those are in the table. */
  const sendFitting = async (messages: Message[]): Promise<void> => {
    try {
      await send(messages)
    } catch (error) {
      const [first] = messages
      const hopeless = first === undefined || (messages.length === 1 && first.value === null)
      if (kafkaErrorType(error) !== 'MESSAGE_TOO_LARGE' || hopeless) throw error
      for (const message of messages)
        await sendFitting([messages.length === 1 ? withoutValue(message) : message])
    }
  }

  return {
    publish: async (letters, now) => {
      const messages = letters.map((letter) => messageOf(letter, now))
      try {
        for (const chunk of chunked(messages, bytesOf, { mostSize: SEND_BYTES }))
          await sendFitting(chunk)
      } catch (error) {
        throw kafkaError(error, `Writing to ${topic}`)
      }
    },
    close: producer.close,
  }
}
