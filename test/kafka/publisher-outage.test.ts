import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openPublisher, type PublisherOptions } from '../../producers/log/kafka-publisher.ts'
import { type Broker, startBroker } from '../../scripts/kafka/broker.ts'
import { caseEvents } from '../support/case-events.ts'
import { makeTopic, patienceMs, scratchTopic, sharedBrokers, uniqueName } from '../support/kafka.ts'
import { endOf, idsIn, idsOf, openScratchPublisher as open, stored } from '../support/publisher.ts'

/** A client of the shared broker, of which the answer to a send can be lost and new connections refused. */
const frailKafka = () => {
  const state = { losing: false, refusing: false }
  const isSend = (chunk: unknown) => Buffer.isBuffer(chunk) && chunk.readInt16BE(4) === 0
  const kafka = new kafkajs.Kafka({
    clientId: 'frail',
    brokers: sharedBrokers(),
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 1, initialRetryTime: 50, maxRetryTime: 50 },
    socketFactory: ({ host, port, onConnect }) => {
      const socket = connect({ host, port: state.refusing ? 1 : port }, onConnect)
      const write = socket.write.bind(socket)
      socket.write = (chunk: string | Uint8Array) => {
        if (state.losing && isSend(chunk)) {
          state.refusing = true
          socket.pause()
          setTimeout(() => socket.destroy(new Error('lost')), 300)
        }
        return write(chunk)
      }
      return socket
    },
  })
  return { kafka, state }
}

describe('a send whose answer is lost', () => {
  it('does not swallow the next one, of as many events for the same partitions', async () => {
    const topic = await scratchTopic('lost', { numPartitions: 3 })
    const { kafka, state } = frailKafka()
    const publisher = await openPublisher(kafka, topic, {
      groupId: uniqueName('group'),
      ackLimitMs: 2_000,
    })
    onTestFinished(() => publisher.close())
    await publisher.publish(caseEvents(30, { matters: 10 }), stored)
    state.losing = true
    const lost = caseEvents(30, { from: 100, matters: 10 })
    expect(await endOf(publisher.publish(lost, stored))).toBe('LOG_UNAVAILABLE')
    state.losing = false
    state.refusing = false
    const next = caseEvents(30, { from: 200, matters: 10 })
    await publisher.publish(next, stored)
    const ids = new Set(await idsIn(sharedBrokers(), topic))
    // it reached the broker: only its answer was lost
    expect(idsOf(lost).filter((id) => ids.has(id))).toHaveLength(30)
    expect(idsOf(next).filter((id) => !ids.has(id))).toEqual([])
  })
})

describe('while the broker is away', { timeout: 240_000 }, () => {
  let broker: Broker
  beforeAll(async () => {
    broker = await startBroker({ heapMb: 256, readyLimitMs: patienceMs })
  })
  afterAll(() => broker.stop())

  const away = async (ackLimitMs: number, options: Partial<PublisherOptions> = {}) => {
    const topic = uniqueName('away')
    await makeTopic(broker.brokers, { topic, numPartitions: 3 })
    const publisher = await open(topic, { brokers: broker.brokers, ackLimitMs, ...options })
    await publisher.publish(caseEvents(1), stored)
    return { publisher, topic }
  }

  it('nothing is acknowledged; it is once the broker is back, and then is there', async () => {
    const { publisher, topic } = await away(90_000)
    await broker.shutDown()
    const ends: string[] = []
    const call = endOf(publisher.publish(caseEvents(100, { from: 1 }), stored)).then((end) =>
      ends.push(end),
    )
    await sleep(2_000)
    expect(ends).toEqual([])
    expect(await publisher.answers()).toBe(false)
    await broker.restart()
    await call
    expect(ends).toEqual(['acknowledged'])
    expect(await publisher.answers()).toBe(true)
    expect(new Set(await idsIn(broker.brokers, topic)).size).toBe(101)
  })

  it('killed and restarted while much is sent, it has everything that was acknowledged', async () => {
    const { publisher, topic } = await away(20_000)
    const acknowledged = new Set<string>()
    let stopping = false
    let next = 1
    const sender = async (): Promise<void> => {
      while (!stopping) {
        const events = caseEvents(40, { from: next, matters: 50 })
        next += events.length
        if ((await endOf(publisher.publish(events, stored))) === 'acknowledged')
          for (const id of idsOf(events)) acknowledged.add(id)
        await sleep(5)
      }
    }
    const senders = [sender(), sender(), sender()]
    for (let kills = 0; kills < 2; kills++) {
      const before = acknowledged.size
      await expect.poll(() => acknowledged.size > before + 400, { timeout: 60_000 }).toBe(true)
      await broker.kill()
      await sleep(300)
      await broker.restart()
    }
    const before = acknowledged.size
    await expect.poll(() => acknowledged.size > before + 400, { timeout: 60_000 }).toBe(true)
    stopping = true
    await Promise.all(senders)
    const ids = new Set(await idsIn(broker.brokers, topic))
    expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([])
  })

  it('a call is rejected within its bound, to be sent again; what does not fit the queue at once', async () => {
    const { publisher } = await away(1_500, { maxQueuedEvents: 10 })
    await broker.kill()
    const begun = Date.now()
    let waits = true
    const call = endOf(publisher.publish(caseEvents(10, { from: 1 }), stored)).finally(() => {
      waits = false
    })
    expect(await endOf(publisher.publish(caseEvents(1, { from: 50 }), stored))).toBe(
      'LOG_UNAVAILABLE',
    )
    expect(waits).toBe(true)
    expect(await call).toBe('LOG_UNAVAILABLE')
    await expect(publisher.publish(caseEvents(1), stored)).rejects.toThrow(
      'The brokers did not acknowledge the events within 1.5 s. They may have them all the same; send again.',
    )
    expect(Date.now() - begun).toBeLessThan(30_000)
    await broker.restart()
    await expect
      .poll(() => endOf(publisher.publish(caseEvents(10, { from: 1 }), stored)), {
        timeout: 60_000,
      })
      .toBe('acknowledged')
    await broker.kill()
    const last = endOf(publisher.publish(caseEvents(10, { from: 100 }), stored))
    const closing = Date.now()
    await publisher.close()
    expect(await last).toBe('LOG_UNAVAILABLE')
    expect(Date.now() - closing).toBeLessThan(30_000)
  })
})
