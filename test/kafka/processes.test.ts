import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caseEvents } from '../support/case-events.ts'
import { pulse } from '../support/cli-child.ts'
import { eventually, kafkaOf, serving, topicOf } from '../support/deployment.ts'
import { send, sharedBrokers } from '../support/kafka.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pulse-processes-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const lines = (events: ReturnType<typeof caseEvents>) =>
  events.map(({ canonical }) => `${canonical}\n`).join('')

const messages = (events: ReturnType<typeof caseEvents>) =>
  events.map(({ subject, canonical }) => ({ key: subject, value: canonical }))

const question = 'from=2020-01-01&to=2030-01-01'
const petitions = async (
  url: string,
  more = '',
): Promise<{ value: number; receivedBy: string }> => {
  const response = await fetch(`${url}/api/v1/figures/petitions?${question}${more}`)
  const answer = (await response.json()) as { rows: { value: number }[]; receivedBy: string }
  if (!response.ok) throw new Error(JSON.stringify(answer))
  return { value: answer.rows[0]?.value ?? 0, receivedBy: answer.receivedBy }
}

/** The same by the command line. */
const petitionsAsked = async (
  data: string,
  env: Readonly<Record<string, string>> = {},
): Promise<unknown> => {
  const range = ['--from', '2020-01-01', '--to', '2030-01-01']
  const { out } = await pulse(
    ['figure', 'petitions', ...range, '--format', 'json', '--data', data],
    { env },
  )
  return JSON.parse(out).rows[0].value
}

describe('pulse up with Kafka as its log', () => {
  it('takes events in through the log, shows them at once, and keeps them', async () => {
    const env = kafkaOf('up')
    const data = join(folder, 'up')
    const up = await serving(['up', '--data', data], env)
    const events = caseEvents(300)
    const answer = await fetch(`${up.url}/api/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines(events),
    })
    expect(answer.status).toBe(202)
    expect((await petitions(up.url)).value).toBe(300)
    expect((await fetch(`${up.url}/readyz`)).status).toBe(200)
    const metrics = await (await fetch(`${up.url}/metrics`)).text()
    expect(metrics).toContain('pulse_rows_stored_total{table="case_events"} 300')
    expect(metrics).toMatch(/pulse_log_lag\{partition="\d"\} 0/)
    // others write to the topic too
    await send(sharedBrokers(), topicOf(env), messages(caseEvents(50, { from: 300 })))
    expect(
      (
        await eventually(
          () => petitions(up.url),
          ({ value }) => value === 350,
        )
      ).value,
    ).toBe(350)
    // the command line asks the one that runs
    expect(await petitionsAsked(data, env)).toBe(350)
    expect(await up.end('SIGTERM')).toBe(0)
    // and without it, what the log has given
    expect(await petitionsAsked(data)).toBe(350)
    const past = await pulse(['append', '-', '--data', data], {
      stdin: lines(caseEvents(1, { from: 900 })),
    })
    expect(past.code).toBe(2)
    expect(past.notes).toContain('come through Kafka')
  })
})

describe('pulse consume and pulse serve on a store of another process', () => {
  it('refuse a store that was not prepared, saying what to run', async () => {
    const store = await serving(['store', '--data', join(folder, 'bare')])
    const env = { ...kafkaOf('bare'), CLICKHOUSE_URL: store.url }
    for (const command of ['consume', 'serve']) {
      const refused = await pulse([command, '--port', '0'], { env })
      expect(refused.code).not.toBe(0)
      expect(refused.notes).toContain('pulse migrate')
    }
    expect((await pulse(['migrate'], { env })).code).toBe(0)
    const zone = await pulse(['consume', '--port', '0'], {
      env: { ...env, PULSE_TIMEZONE: 'Europe/Paris' },
    })
    expect(zone.code).toBe(2)
    expect(zone.notes).toContain('PULSE_TIMEZONE=Asia/Shanghai')
    expect(await store.end('SIGTERM')).toBe(0)
  })

  it('show what the log holds; with the consumer stopped the watermark stays, and figures with it', async () => {
    const store = await serving(['store', '--data', join(folder, 'apart')])
    const env = { ...kafkaOf('apart'), CLICKHOUSE_URL: store.url }
    expect((await pulse(['migrate'], { env })).code).toBe(0)
    const consume = await serving(['consume'], env)
    const serve = await serving(['serve'], env)
    await send(sharedBrokers(), topicOf(env), messages(caseEvents(200)))
    expect(
      (
        await eventually(
          () => petitions(serve.url),
          ({ value }) => value === 200,
        )
      ).value,
    ).toBe(200)
    expect((await fetch(`${consume.url}/readyz`)).status).toBe(200)
    expect(await consume.end('SIGTERM')).toBe(0)
    const stopped = await petitions(serve.url)
    await send(sharedBrokers(), topicOf(env), messages(caseEvents(100, { from: 200 })))
    await sleep(20_000)
    expect(await petitions(serve.url)).toEqual(stopped)
    const after = await serving(['consume'], env)
    expect(
      (
        await eventually(
          () => petitions(serve.url),
          ({ value }) => value === 300,
        )
      ).value,
    ).toBe(300)
    const then = `&receivedBy=${encodeURIComponent(stopped.receivedBy)}`
    expect(await petitions(serve.url, then)).toEqual(stopped)
    const ahead = await fetch(
      `${serve.url}/api/v1/figures/petitions?${question}&receivedBy=2150-01-01T00:00:00Z`,
    )
    expect(ahead.status).toBe(400)
    expect(await after.end('SIGTERM')).toBe(0)
    expect(await serve.end('SIGTERM')).toBe(0)
    expect(await store.end('SIGTERM')).toBe(0)
  })
})
