import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseEventText } from '../../schemas/events/parse.ts'
import { topicsOf } from '../../schemas/log/topics.ts'
import { pulse, startServing, type Up } from '../support/cli-child.ts'
import {
  kafkaAt,
  ownBroker,
  readWhole,
  sharedBrokers,
  uniqueName,
  withAdmin,
} from '../support/kafka.ts'
import { scratchDirectory } from '../support/scratch-store.ts'
import { wireEvent } from '../unit/intake/memory-log.ts'

type Environment = Readonly<Record<string, string>>

/** Topics and a group of a test's own on the broker of the run, gone with it. */
const scratchEnvironment = (): Environment => {
  const prefix = `${uniqueName('intake')}.`
  onTestFinished(() =>
    withAdmin(sharedBrokers(), async (admin) => {
      const made = (await admin.listTopics()).filter((name) => name.startsWith(prefix))
      if (made.length > 0) await admin.deleteTopics({ topics: made })
    }),
  )
  return {
    KAFKA_BROKERS: sharedBrokers().join(','),
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_GROUP_ID: uniqueName('group'),
    KAFKA_PARTITIONS: '3',
  }
}

const topicIn = (env: Environment): string =>
  topicsOf({ topicPrefix: env['KAFKA_TOPIC_PREFIX'] ?? '' }).caseEvents.name

const startIntake = async (env: Environment): Promise<Up> => {
  const intake = await startServing(['intake'], env)
  onTestFinished(async () => {
    await intake.end('SIGKILL')
  })
  return intake
}

/** Takes the place of the consumer: commits whatever the topic holds. */
const follow = async (env: Environment): Promise<void> => {
  const consumer = kafkaAt().consumer({
    groupId: env['KAFKA_GROUP_ID'] ?? '',
    maxWaitTimeInMs: 200,
  })
  await consumer.connect()
  onTestFinished(() => consumer.disconnect())
  await consumer.subscribe({ topics: [topicIn(env)], fromBeginning: true })
  await consumer.run({
    autoCommitThreshold: 1,
    eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary }) => {
      resolveOffset(batch.lastOffset())
      await commitOffsetsIfNecessary()
    },
  })
}

const post = (url: string, body: string, type = 'application/x-ndjson', query = '') =>
  fetch(`${url}/api/v1/events${query}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })

const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify(wireEvent(from + n))}\n`).join('')

const idsIn = async (env: Environment, brokers = sharedBrokers()): Promise<readonly string[]> =>
  (await readWhole(brokers, topicIn(env))).map(({ message }) => {
    const parsed = parseEventText(message.value ?? '', { receivedTime: 'refused' })
    return parsed.ok ? parsed.event.id : 'not an event'
  })

const idsOf = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `e${from + n}`)

describe('pulse intake', () => {
  it('puts what it answers for into the log, in each of the three forms', async () => {
    const env = scratchEnvironment()
    const { url } = await startIntake({ ...env, PULSE_MAX_BODY: '10KB' })
    const one = JSON.stringify(wireEvent(1))
    expect((await post(url, one, 'application/cloudevents+json')).status).toBe(202)
    const batch = JSON.stringify([wireEvent(2), wireEvent(3, { data: {} })])
    const batchType = 'application/cloudevents-batch+json'
    const mixed = await post(url, batch, batchType)
    expect(mixed.status).toBe(207)
    expect(await mixed.json()).toMatchObject({
      accepted: 1,
      published: 1,
      rejected: [{ index: 1 }],
    })
    expect((await post(url, lines(4, 1_000))).status).toBe(202)
    expect((await post(url, `[${one}]`.padEnd(11_000), batchType)).status).toBe(413)
    expect((await post(url, 'nonsense')).status).toBe(400)
    expect([...(await idsIn(env))].sort()).toEqual([...idsOf(1, 2), ...idsOf(4, 1_000)].sort())
  })

  it('tells those who watch that the log answers', async () => {
    const { url } = await startIntake(scratchEnvironment())
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    await post(url, lines(1, 10))
    const series = await (await fetch(`${url}/metrics`)).text()
    for (const line of [
      'pulse_log_up 1',
      'pulse_events_accepted_total{outcome="logged"} 10',
      'pulse_log_send_events_sum 10',
      'pulse_log_waiting_events 0',
      'pulse_log_failed_sends_total 0',
    ])
      expect(series).toContain(line)
    expect(series).not.toContain('pulse_store_up')
  })

  it('is appended to, and waits at the end for the consumer, where it is not told otherwise', async () => {
    const env = scratchEnvironment()
    const { url } = await startIntake(env)
    await follow(env)
    const appended = await pulse(['append', '-', '--server', url], { stdin: lines(1, 100) })
    expect(appended).toMatchObject({ code: 0 })
    expect(JSON.parse(appended.out)).toMatchObject({ events: 100, published: 100, duplicates: 0 })
    expect(appended.notes).toContain('The events went through Kafka')
    expect((await post(url, lines(101, 1), undefined, '?waitFor=visible')).status).toBe(202)
    expect(await idsIn(env)).toHaveLength(101)
  })

  it('answers 503 while the broker is away, and takes events once it is back', async () => {
    const broker = await ownBroker()
    const env = { KAFKA_BROKERS: broker.brokers.join(','), KAFKA_PARTITIONS: '2' }
    const { url } = await startIntake(env)
    await broker.shutDown()
    const refused = await post(url, lines(1, 10))
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).not.toBeNull()
    expect(await refused.json()).toMatchObject({ code: 'LOG_UNAVAILABLE' })
    expect((await fetch(`${url}/readyz`)).status).toBe(503)
    await broker.restart()
    await expect
      .poll(async () => (await post(url, lines(1, 10))).status, { timeout: 60_000 })
      .toBe(202)
    const ids = await idsIn(env, [...broker.brokers])
    expect(new Set(ids)).toEqual(new Set(idsOf(1, 10)))
  })

  it('is reached over TLS and SCRAM: from HTTP into the log of a secure broker', async () => {
    const broker = await ownBroker({ secure: true })
    const { secure } = broker
    if (secure === undefined) throw new Error('The broker has no secure listeners.')
    const env = {
      KAFKA_BROKERS: secure.saslTls,
      KAFKA_PARTITIONS: '2',
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_FILE: secure.authorityFile,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: secure.user,
      KAFKA_SASL_PASSWORD: secure.password,
    }
    const { url, notes } = await startIntake(env)
    expect((await post(url, lines(1, 20))).status).toBe(202)
    expect(new Set(await idsIn(env, [...broker.brokers]))).toEqual(new Set(idsOf(1, 20)))
    expect(notes()).not.toContain(secure.password)
    const refused = await pulse(['intake', '--port', '0'], {
      env: { ...env, KAFKA_SASL_PASSWORD: 'open sesame' },
    })
    expect(refused.code).toBe(1)
    expect(refused.notes).toContain('refused the sign-in; mend KAFKA_SASL_MECHANISM')
    expect(refused.notes).not.toContain('open sesame')
  })
})

/** Sends batches from several senders until it is stopped; `acknowledged` are those answered with 202. */
const sendOn = (url: () => string) => {
  const acknowledged = new Set<string>()
  /** The first of each batch of 20. */
  const unanswered: number[] = []
  let next = 1
  let stopping = false
  const sender = async (): Promise<void> => {
    while (!stopping) {
      const from = next
      next += 20
      const status = await post(url(), lines(from, 20)).then(
        (response) => response.status,
        () => 0,
      )
      if (status === 202) for (const id of idsOf(from, 20)) acknowledged.add(id)
      else {
        unanswered.push(from)
        await sleep(200)
      }
    }
  }
  const senders = [sender(), sender(), sender()]
  return {
    acknowledged,
    unanswered,
    more: (events: number) => {
      const from = acknowledged.size
      return expect.poll(() => acknowledged.size > from + events, { timeout: 30_000 }).toBe(true)
    },
    stop: async () => {
      stopping = true
      await Promise.all(senders)
    },
  }
}

describe('an intake that ends while events arrive', () => {
  it('asked to, has in the log what it answered for, and ends by itself with 0', async () => {
    const env = scratchEnvironment()
    const intake = await startIntake(env)
    const sending = sendOn(() => intake.url)
    await sending.more(400)
    const begun = Date.now()
    expect(await intake.end('SIGTERM')).toBe(0)
    expect(Date.now() - begun).toBeLessThan(20_000)
    await sending.stop()
    const ids = new Set(await idsIn(env))
    expect([...sending.acknowledged].filter((id) => !ids.has(id))).toEqual([])
  })

  it('killed, has in the log what it answered for; the rest may be sent again', async () => {
    const env = scratchEnvironment()
    let intake = await startIntake(env)
    const sending = sendOn(() => intake.url)
    for (let kills = 0; kills < 3; kills++) {
      await sending.more(200)
      expect(await intake.end('SIGKILL')).toBe(null)
      const ids = new Set(await idsIn(env))
      expect([...sending.acknowledged].filter((id) => !ids.has(id))).toEqual([])
      intake = await startIntake(env)
    }
    await sending.stop()
    for (const from of sending.unanswered)
      expect((await post(intake.url, lines(from, 20))).status).toBe(202)
    const ids = new Set(await idsIn(env))
    expect(ids.size).toBe(sending.acknowledged.size + 20 * sending.unanswered.length)
  })
})

describe('a command that sends events where Kafka is the log', () => {
  it('puts them into Kafka itself, and waits until they are counted', async () => {
    const env = { ...scratchEnvironment(), CLICKHOUSE_URL: 'http://127.0.0.1:1' }
    const first = await startIntake(env)
    await first.end('SIGTERM')
    await follow(env)
    const appended = await pulse(['append', '-'], { env, stdin: lines(1, 50) })
    expect(appended).toMatchObject({ code: 0 })
    expect(JSON.parse(appended.out)).toMatchObject({ events: 50, published: 50, rejected: [] })
    expect(new Set(await idsIn(env))).toEqual(new Set(idsOf(1, 50)))
  })

  it('says what to start where nothing stores what the log takes', async () => {
    const data = await scratchDirectory('nobody')
    const refused = await pulse(['append', '-', '--data', data], {
      env: scratchEnvironment(),
      stdin: lines(1, 1),
    })
    expect(refused.code).toBe(2)
    expect(refused.notes).toContain('KAFKA_BROKERS is set, and nothing stores what the log takes')
  })
})

describe('an import through an intake with a store', () => {
  it('is compared with what is stored, once everything in the log is', async () => {
    const env = scratchEnvironment()
    const store = await startServing(['store', '--data', await scratchDirectory('ledger')])
    onTestFinished(async () => {
      await store.end('SIGKILL')
    })
    const clickhouse = { CLICKHOUSE_URL: store.url }
    const { url } = await startIntake({ ...env, ...clickhouse })
    const ask = async () => {
      const query = `source=${encodeURIComponent('/offices/430100')}&idPrefix=e`
      const response = await fetch(`${url}/api/v1/ledger-events?${query}`)
      return { status: response.status, text: await response.text() }
    }
    const missing = await ask()
    expect(missing.status).toBe(503)
    expect(missing.text).toContain('Run `pulse migrate`')
    const stored = await pulse(['append', '-'], { env: clickhouse, stdin: lines(1, 2) })
    expect(stored).toMatchObject({ code: 0 })
    expect(await ask()).toMatchObject({
      status: 200,
      text: '{"subject":"m1","id":"e1"}\n{"subject":"m2","id":"e2"}\n',
    })
    await post(url, lines(3, 1))
    let answered = false
    const asking = ask().then(() => {
      answered = true
    })
    await sleep(1_000)
    expect(answered).toBe(false)
    await follow(env)
    await asking
  })
})
