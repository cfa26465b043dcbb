import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { caseEvents } from '../support/case-events.ts'
import { pulse, startServing } from '../support/cli-child.ts'
import { patienceMs, send, sharedBrokers, uniqueName, withAdmin } from '../support/kafka.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pulse-conservation-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const patience = { timeout: patienceMs, interval: 300 }

const envOf = (name: string, more: Readonly<Record<string, string>> = {}) => ({
  KAFKA_BROKERS: sharedBrokers().join(','),
  KAFKA_TOPIC_PREFIX: `${uniqueName(name)}.`,
  KAFKA_GROUP_ID: uniqueName(name),
  KAFKA_PARTITIONS: '3',
  KAFKA_SESSION_TIMEOUT_MS: '6000',
  ...more,
})

const messages = (events: ReturnType<typeof caseEvents>) =>
  events.map(({ subject, canonical }) => ({ key: subject, value: canonical }))

describe('the processes apart, a store of another process and Kafka', () => {
  it('have their dead letters listed and replayed, and are reconciled', async () => {
    const store = await startServing(['store', '--data', join(folder, 'apart')])
    const env = envOf('apart', { CLICKHOUSE_URL: store.url })
    const topic = `${env.KAFKA_TOPIC_PREFIX}petition.case-events`
    const run = (...args: string[]) => pulse(args, { env })
    const sql = async (text: string) => {
      const answer = await fetch(`${store.url}/?database=pulse`, { method: 'POST', body: text })
      if (!answer.ok) throw new Error(await answer.text())
    }
    const clean = async () => {
      const ran = await run('reconcile', '--format', 'json')
      return { code: ran.code, ...JSON.parse(ran.out) }
    }
    expect((await run('migrate')).code).toBe(0)
    const consume = await startServing(['consume'], env)
    await send(sharedBrokers(), topic, messages(caseEvents(40)))
    await send(sharedBrokers(), topic, [{ key: 'm', value: 'no event 13812345678' }])
    await vi.waitFor(
      async () =>
        expect(await clean()).toMatchObject({
          code: 0,
          clean: true,
          outcomes: { new: 40, duplicate: 0, conflict: 0, deadLetter: 1 },
        }),
      patience,
    )

    const listed = await run('dead-letters', 'list', '--format', 'json')
    const { letters } = JSON.parse(listed.out)
    expect(letters).toMatchObject([{ reason: 'NOT_JSON', replay: '' }])
    const shown = await run('dead-letters', 'show', letters[0].letter)
    expect(JSON.parse(shown.out)).toMatchObject({ key: 'm', identityRemoved: true })
    expect(shown.out).not.toContain('13812345678')

    // as parked by a version that did not know what this one knows
    const [later] = caseEvents(1, { from: 40 })
    await sql(
      `INSERT INTO dead_letters (parked_at, origin, position, reason, errors, original) FORMAT JSONEachRow ${JSON.stringify({ parked_at: '2024-06-01 00:00:00', origin: 'other/0', position: 5, reason: 'UNKNOWN_TYPE', errors: '[]', original: later?.canonical })}`,
    )
    const dry = await run('dead-letters', 'replay', '--reason', 'UNKNOWN_TYPE', '--dry-run')
    expect(dry.code).toBe(0)
    expect(JSON.parse(dry.out)).toMatchObject({ dryRun: true, published: 1 })
    const replayed = await run('dead-letters', 'replay')
    expect(replayed.code).toBe(1)
    expect(JSON.parse(replayed.out)).toMatchObject({
      published: 1,
      rejected: [{ letter: letters[0].letter, reason: 'IDENTITY' }],
    })
    await vi.waitFor(
      async () => expect(await clean()).toMatchObject({ code: 0, outcomes: { new: 41 } }),
      patience,
    )
    expect(JSON.parse((await run('dead-letters', 'replay')).out)).toMatchObject({
      published: 0,
      already: 1,
    })

    const series = await (await fetch(`${consume.url}/metrics`)).text()
    expect(series).toContain('pulse_reconcile_gaps{kind="events"} 0')
    expect(series).toMatch(/pulse_log_messages\{outcome="new"\} 4\d/)
    expect(series).toContain('pulse_dead_letters_parked{reason="NOT_JSON"} 1')

    expect(await consume.end('SIGTERM')).toBe(0)
    /** Does harm, has it named with exit code 1, and makes it as it was. */
    const named = async (harm: () => Promise<unknown>, mend: () => Promise<unknown>) => {
      await harm()
      const { code, out } = await run('reconcile')
      await mend()
      expect(code).toBe(1)
      expect((await run('reconcile')).code).toBe(0)
      return out
    }
    const goneFrom = (table: string, where: string) => {
      const remove = `ALTER TABLE ${table} DELETE WHERE ${where} SETTINGS mutations_sync = 2`
      return named(
        async () => {
          await sql(`CREATE OR REPLACE TABLE kept AS ${table}`)
          await sql(`INSERT INTO kept SELECT * FROM ${table} WHERE ${where}`)
          await sql(remove)
        },
        () => sql(`INSERT INTO ${table} SELECT * FROM kept`),
      )
    }
    // a raw row, by the event that the log has at its position
    expect(
      await goneFrom('case_events', `subject = '${later?.subject}' AND id = '${later?.id}'`),
    ).toContain(`${later?.subject}  ${later?.source}  ${later?.id}`)
    // a folded row, by its matter
    const [first] = caseEvents(1)
    expect(await goneFrom('matters', `matter_id = '${first?.subject}'`)).toMatch(
      new RegExp(`gap \\(matters\\): One matter \\(${first?.subject}\\)`),
    )
    // an offset that was moved past a message nobody stored, by partition and position
    const { partitions } = await clean()
    const [partition, { origin, end }] = Object.entries(partitions)[0] as [
      string,
      { origin: string; end: number },
    ]
    const move = (offset: number) =>
      withAdmin(sharedBrokers(), (admin) =>
        admin.setOffsets({
          groupId: env.KAFKA_GROUP_ID,
          topic,
          partitions: [{ partition: Number(partition), offset: String(offset) }],
        }),
      )
    await send(sharedBrokers(), topic, [
      { partition: Number(partition), key: 'm', value: 'not read yet' },
    ])
    expect(
      await named(
        () => move(end + 1),
        () => move(end),
      ),
    ).toContain(`${origin}: position ${end} has been passed over`)
    expect(await store.end('SIGTERM')).toBe(0)
  }, 300_000)
})

describe('pulse up with Kafka as its log', () => {
  it('is reconciled through the process that runs, and apart', async () => {
    const env = envOf('up')
    const data = join(folder, 'up')
    const up = await startServing(['up', '--data', data], env)
    await send(
      sharedBrokers(),
      `${env.KAFKA_TOPIC_PREFIX}petition.case-events`,
      messages(caseEvents(30)),
    )
    const reconciled = () => pulse(['reconcile', '--data', data, '--format', 'json'], { env })
    await vi.waitFor(
      async () =>
        expect(JSON.parse((await reconciled()).out)).toMatchObject({
          clean: true,
          outcomes: { new: 30 },
          partitions: [{ lag: 0 }, { lag: 0 }, { lag: 0 }],
        }),
      patience,
    )
    expect(await up.end('SIGTERM')).toBe(0)
    const apart = await reconciled()
    expect(apart.code).toBe(0)
    expect(JSON.parse(apart.out).partitions).toMatchObject([{ lag: 0 }, { lag: 0 }, { lag: 0 }])
    // without Kafka it is asked of the store alone
    const alone = await pulse(['reconcile', '--data', data, '--format', 'json'])
    expect(alone.code).toBe(0)
    expect(JSON.parse(alone.out).partitions[0]).not.toHaveProperty('end')
  }, 300_000)
})
