import { onTestFinished } from 'vitest'
import {
  type KafkaPublisher,
  openPublisher,
  type PublisherOptions,
} from '../../producers/log/kafka-publisher.ts'
import { parseEventText } from '../../schemas/events/parse.ts'
import { openKafka } from '../../schemas/log/kafka/connection.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { kafkaSettings, readWhole, sharedBrokers, uniqueName } from './kafka.ts'

/** A publisher of a test, closed with it. */
export const openScratchPublisher = async (
  topic: string,
  options: Partial<PublisherOptions> & { readonly brokers?: readonly string[] } = {},
): Promise<KafkaPublisher> => {
  const { brokers = sharedBrokers(), ...own } = options
  const kafka = openKafka(kafkaSettings({ brokers }), { clientId: 'test' })
  const publisher = await openPublisher(kafka, topic, { groupId: uniqueName('group'), ...own })
  onTestFinished(() => publisher.close())
  return publisher
}

export const stored = { waitFor: 'stored' } as const

export const idsOf = (events: readonly ReceivedEvent[]): readonly string[] =>
  events.map(({ id }) => id)

/** Ids of the events a topic holds, one for every message. */
export const idsIn = async (
  brokers: readonly string[],
  topic: string,
): Promise<readonly string[]> =>
  (await readWhole(brokers, topic)).map(({ message }) => {
    const parsed = parseEventText(message.value ?? '', { receivedTime: 'refused' })
    return parsed.ok ? parsed.event.id : 'not an event'
  })

/** How a call ended: `acknowledged`, or the code of its error. */
export const endOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'acknowledged',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
