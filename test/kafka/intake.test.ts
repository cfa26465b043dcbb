import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pulse, startServing } from '../support/cli-child.ts'
import {
  follow,
  lineIds,
  lines,
  loggedIds,
  post,
  scratchEnvironment,
  startIntake,
} from '../support/intake.ts'
import { scratchDirectory } from '../support/scratch-store.ts'
import { wireEvent } from '../unit/intake/memory-log.ts'

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
    expect([...(await loggedIds(env))].sort()).toEqual(
      [...lineIds(1, 2), ...lineIds(4, 1_000)].sort(),
    )
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
    expect(await loggedIds(env)).toHaveLength(101)
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
    expect(new Set(await loggedIds(env))).toEqual(new Set(lineIds(1, 50)))
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
