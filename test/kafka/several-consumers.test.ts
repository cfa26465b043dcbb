import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { openServer } from '../../schemas/store/server.ts'
import { pulse, startPulse } from '../support/cli-child.ts'
import { eventually, kafkaOf, serving, topicOf } from '../support/deployment.ts'
import { drawnDelivery, expectedRows, messageOf, rowsAt } from '../support/folded-log.ts'
import { send, sharedBrokers } from '../support/kafka.ts'
import { eventsOf } from '../support/log-consumer.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pulse-several-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A prepared store of another process, and the settings of those who use it. */
const deployment = async (name: string) => {
  const front = await serving(['store', '--data', join(folder, name)])
  const env = { ...kafkaOf(name), CLICKHOUSE_URL: front.url }
  expect(await pulse(['migrate'], { env })).toMatchObject({ code: 0 })
  return { front, env, topic: topicOf(env), store: await openServer({ url: front.url }) }
}

/** Everything in the topic is stored and folded. */
const caughtUp = async (store: Store, topic: string) => {
  const events = await eventsOf(topic)
  const last = Math.max(...events.map(({ receivedTime }) => receivedTime))
  const watermark = async () => watermarkOf(await readProgress(store)) ?? 0
  expect(await eventually(watermark, (moment) => moment >= last)).toBeGreaterThanOrEqual(last)
  return events
}

const stored = async (url: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^pulse_rows_stored_total\{table="case_events"\} (\d+)$/m.exec(text)?.[1] ?? 0)
}

describe('several consumers', () => {
  it('fold matters merged across their partitions right, while partitions change hands', async () => {
    const { front, env, topic, store } = await deployment('two')
    const parts = [...drawnDelivery(2, 60)]
    const sendSome = async (share: number) => {
      for (const part of parts.splice(0, Math.ceil(parts.length * share)))
        await send(sharedBrokers(), topic, part.map(messageOf))
    }
    const first = await serving(['consume'], env)
    await sendSome(0.3)
    const second = await serving(['consume'], env)
    await sendSome(0.4)
    await eventually(
      () => stored(second.url),
      (rows) => rows > 0,
    )
    expect(await stored(second.url)).toBeGreaterThan(0)
    // one leaves without a word, and its partitions go over when its session has ended
    expect(await first.end('SIGKILL')).toBeNull()
    await sendSome(0.5)
    const third = await serving(['consume'], env)
    await sendSome(1)
    const events = await caughtUp(store, topic)
    expect(await rowsAt(store)).toEqual(expectedRows(events))
    expect(await second.end('SIGTERM')).toBe(0)
    expect(await third.end('SIGTERM')).toBe(0)
    await store.close()
    expect(await front.end('SIGTERM')).toBe(0)
  })
})

describe('a store that goes away', () => {
  it('is waited for; the consumer says so, loses nothing, and goes on when it is back', async () => {
    const { front, env, topic, store } = await deployment('away')
    const [first = [], ...rest] = drawnDelivery(3)
    const consume = await serving(['consume'], env)
    await send(sharedBrokers(), topic, first.map(messageOf))
    await caughtUp(store, topic)
    const readiness = async () => (await fetch(`${consume.url}/readyz`)).status
    expect(await readiness()).toBe(200)
    await front.end('SIGKILL')
    for (const part of rest) await send(sharedBrokers(), topic, part.map(messageOf))
    expect(await eventually(readiness, (status) => status === 503)).toBe(503)
    const { port } = new URL(front.url)
    const back = startPulse(['store', '--data', join(folder, 'away'), '--port', port])
    const ended = new Promise((resolve) => back.once('close', resolve))
    onTestFinished(() => void back.kill('SIGKILL'))
    expect(await eventually(readiness, (status) => status === 200)).toBe(200)
    const events = await caughtUp(store, topic)
    expect(await rowsAt(store)).toEqual(expectedRows(events))
    expect(consume.notes()).toMatch(/the store did not answer/)
    expect(await consume.end('SIGTERM')).toBe(0)
    await store.close()
    back.kill('SIGTERM')
    await ended
  })
})
