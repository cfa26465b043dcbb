import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Consumer, type ConsumerCrashEvent, type Kafka } from 'kafkajs'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createFeed } from '../../consumers/log/kafka-feed.ts'
import {
  kafkaAt,
  makeTopic,
  patienceMs,
  send,
  sharedBrokers,
  uniqueName,
} from '../support/kafka.ts'

const patience = { timeout: patienceMs, interval: 50 }

/** A feed of a topic of its own; `giveUp` leaves it as the client does when it gives up. */
const opened = async () => {
  const topic = uniqueName('feed')
  await makeTopic(sharedBrokers(), { topic, numPartitions: 1 })
  const real = kafkaAt()
  let consumer: Consumer | undefined
  let hears: ((event: ConsumerCrashEvent) => void) | undefined
  const kafka: Kafka = Object.create(real, {
    consumer: {
      value: (...given: Parameters<Kafka['consumer']>) => {
        const made = real.consumer(...given)
        consumer = made
        const on = made.on.bind(made)
        made.on = ((name: 'consumer.crash', listener: NonNullable<typeof hears>) => {
          if (name === 'consumer.crash') hears = listener
          return on(name, listener)
        }) as typeof made.on
        return made
      },
    },
  })
  const values: string[] = []
  const crashes: Error[] = []
  let joined = 0
  const feed = createFeed({
    kafka,
    topic,
    groupId: uniqueName('group'),
    sessionTimeoutMs: 6_000,
    onDelivery: (_partition, _from, _to, messages) => {
      values.push(...messages.map(({ value }) => String(value)))
    },
    // the group has committed nothing: without this it would begin at the first position again
    onAssigned: () => {
      joined += 1
      return new Map([[0, values.length]])
    },
    onCrash: (error) => crashes.push(error),
  })
  await feed.connect()
  await feed.start()
  onTestFinished(feed.stop)
  return {
    feed,
    values,
    crashes,
    joined: () => joined,
    send: (value: string) => send(sharedBrokers(), topic, [{ key: 'm', value }]),
    leave: async () => consumer?.disconnect(),
    giveUp: (error: Error) =>
      hears?.({
        id: '1',
        type: 'consumer.crash',
        timestamp: 0,
        payload: { error, groupId: '', restart: false },
      }),
  }
}

it('goes on reading when the client gave up for brokers that were away', async () => {
  const { feed, values, crashes, joined, send, leave, giveUp } = await opened()
  await send('before')
  await vi.waitFor(() => expect(values).toEqual(['before']), patience)
  const before = joined()
  await leave()
  // the client refuses both while it is no member
  feed.resume()
  feed.pause()
  // its types know no argument, and it fails without one
  const cause: Error = Reflect.construct(kafkajs.KafkaJSGroupCoordinatorNotFound, [
    'no coordinator',
  ])
  giveUp(Object.assign(new kafkajs.KafkaJSNonRetriableError(cause), { cause }))
  await send('after')
  await vi.waitFor(() => expect(joined()).toBeGreaterThan(before), patience)
  await sleep(1_000)
  expect(values).toEqual(['before'])
  feed.resume()
  await vi.waitFor(() => expect(values).toEqual(['before', 'after']), patience)
  expect(crashes).toEqual([])
}, 150_000)

it('is at its end when the client gave up for anything else', async () => {
  const { crashes, leave, giveUp } = await opened()
  await leave()
  const error = new kafkajs.KafkaJSNonRetriableError('a codec nobody knows')
  giveUp(error)
  expect(crashes).toEqual([error])
}, 150_000)
