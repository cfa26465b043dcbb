import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawMessage } from '../../consumers/dead-letters/letter.ts'
import { parkDeadLetters } from '../../consumers/dead-letters/park.ts'
import { listLetters, showLetter } from '../../consumers/dead-letters/read-letters.ts'
import { replayLetters } from '../../consumers/dead-letters/replay-letters.ts'
import { openPulse, type Pulse } from '../../consumers/open.ts'
import type { Refusal } from '../../schemas/events/reasons.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { migrate, readMigrations } from '../../schemas/tables/migrate.ts'
import { takeMessages } from '../support/take-messages.ts'

let directory: string
let store: Store
let pulse: Pulse
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pulse-letters-'))
  store = await openEmbedded({ directory })
  pulse = await openPulse({ store, timezone: 'Asia/Shanghai', rests: false })
})
afterAll(async () => {
  await pulse.close()
  await rm(directory, { recursive: true, force: true })
})

const MOBILE = '13812345678'
const KEY = 'abcdef0123456789'

const registered = (matter: string, over: object = {}, data: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    id: `${matter}-1`,
    source: '/offices/430100',
    type: 'petition.registered.v1',
    subject: matter,
    time: '2024-03-01T09:00:00+08:00',
    data: { petitionId: 'p1', channel: 'visit', region: '岳麓区', category: '城建', ...data },
    ...over,
  })

/** As a version would have parked them that did not know what this one knows. */
const unknownThen: Refusal = { field: 'data.people', code: 'UNKNOWN_FIELD', message: 'is no field' }
const park = (messages: readonly RawMessage[], errors = [unknownThen], now = Date.now()) =>
  parkDeadLetters(
    store,
    messages.map((message) => ({ message, errors })),
    now,
  )
const at = (origin: string, position: number, value: string | Uint8Array): RawMessage => ({
  origin,
  position,
  value: typeof value === 'string' ? Buffer.from(value) : value,
  receivedTime: Date.UTC(2024, 5, 1),
})

const replay = (dryRun = false, log = pulse.log) =>
  replayLetters({ store, log, receivedClock: Date.now, now: Date.now }, { dryRun })
const stored = (subject: string) =>
  store.query<{ received: number; stored: number }>(
    `SELECT toUnixTimestamp64Milli(received_at) AS received, toUnixTimestamp64Milli(stored_at) AS stored FROM case_events WHERE subject = '${subject}'`,
  )
const audited = () =>
  store.query<{ position: number; result: string; event_id: string }>(
    'SELECT position, toString(result) AS result, event_id FROM dead_letter_replays ORDER BY replayed_at, position',
  )

describe('dead letters', () => {
  it('are kept with key, headers, place and time, and listed once however often they are parked', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0]), Buffer.from('不是')])
    const message: RawMessage = {
      ...at('listed/2', 41, bytes),
      key: Buffer.from('m-键'),
      headers: [
        ['trace', Buffer.from('a')],
        ['trace', Buffer.from([0xff])],
      ],
    }
    const errors: Refusal[] = [
      { field: '', code: 'NOT_UTF8', message: 'the bytes are not UTF-8' },
      { field: 'x', code: 'MISSING', message: 'is missing' },
    ]
    await park([message], errors, 1_000)
    await park([message], errors, 2_000)
    const [row] = await store.query<{ bytes: string }>(
      `SELECT hex(original) AS bytes FROM dead_letters WHERE origin = 'listed/2' LIMIT 1`,
    )
    expect(row?.bytes).toBe(bytes.toString('hex').toUpperCase())
    expect(await showLetter(store, { origin: 'listed/2', position: 41 })).toMatchObject({
      letter: 'listed/2/41',
      parkedAt: '1970-01-01T00:00:02.000Z',
      receivedAt: '2024-06-01T00:00:00.000Z',
      reason: 'NOT_UTF8',
      errors,
      key: 'm-键',
      headers: [
        { name: 'trace', value: 'a' },
        { name: 'trace', value: '�' },
      ],
      bytes: bytes.length,
      identityRemoved: false,
      replays: [],
    })
    await park([at('listed/2', 42, 'x'), at('listed/10', 7, 'x')], [unknownThen], 5_000)
    const names = async (asked: object) =>
      (await listLetters(store, { limit: 10, ...asked })).map(({ letter }) => letter)
    expect(await names({})).toEqual(['listed/10/7', 'listed/2/42', 'listed/2/41'])
    expect(await names({ limit: 1 })).toEqual(['listed/10/7'])
    expect(await names({ since: 5_000 })).toEqual(['listed/10/7', 'listed/2/42'])
    expect(await names({ reason: 'NOT_UTF8' })).toEqual(['listed/2/41'])
    expect((await listLetters(store, { limit: 10, reason: 'NOT_UTF8' }))[0]).toEqual({
      letter: 'listed/2/41',
      parkedAt: '1970-01-01T00:00:01.000Z',
      reason: 'NOT_UTF8',
      error: 'the bytes are not UTF-8 (and 1 more)',
      replay: '',
    })
    await expect(showLetter(store, { origin: 'listed/2', position: 43 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await store.command('TRUNCATE TABLE dead_letters')
  })

  it('show no key of a petitioner', async () => {
    await park([at('shown/0', 1, registered('shown', {}, { petitioners: [KEY] }))])
    const shown = await showLetter(store, { origin: 'shown/0', position: 1 })
    expect(JSON.stringify(shown)).not.toContain(KEY)
    expect(shown.original).toContain('岳麓区')
    await store.command('TRUNCATE TABLE dead_letters')
  })

  it('are replayed by the rules of today: what passes is published, the rest says why', async () => {
    const begun = Date.now()
    const carried = { receivedtime: '2024-01-01T00:00:00Z' }
    await park([
      at('log/0', 3, registered('r1', carried)),
      at('log/0', 4, registered('r2', {}, { colour: 'red' })),
      at('log/1', 2, registered('r3')),
    ])
    await takeMessages(
      {
        log: pulse.log,
        park: (letters) => parkDeadLetters(store, letters, Date.now()),
      },
      [at('log/1', 3, registered('r4', {}, { category: `电话 ${MOBILE}` }))],
    )
    const rejected = [
      { letter: 'log/0/4', reason: 'UNKNOWN_FIELD', error: expect.stringContaining('colour') },
      { letter: 'log/1/3', reason: 'IDENTITY', error: expect.stringContaining('taken out') },
    ]
    expect(await replay(true)).toEqual({
      dryRun: true,
      letters: 4,
      published: 2,
      already: 0,
      rejected,
      rejectedCount: 2,
    })
    expect(await stored('r1')).toEqual([])
    expect(await audited()).toEqual([])

    expect(await replay()).toEqual({
      dryRun: false,
      letters: 4,
      published: 2,
      duplicates: 0,
      already: 0,
      rejected,
      rejectedCount: 2,
    })
    // received when it was accepted, whatever it carried; and counted when the replay has ended
    const [event] = await stored('r1')
    expect(event?.received).toBeGreaterThanOrEqual(begun)
    expect(
      await store.query("SELECT matter_id FROM matters FINAL WHERE matter_id IN ('r1', 'r3')"),
    ).toHaveLength(2)
    expect(await audited()).toEqual([
      { position: 2, result: 'published', event_id: 'r3-1' },
      { position: 3, result: 'published', event_id: 'r1-1' },
      { position: 3, result: 'withheld', event_id: '' },
      { position: 4, result: 'refused', event_id: '' },
    ])
    const listed = await listLetters(store, { limit: 10 })
    expect(listed.map(({ letter, replay }) => [letter, replay]).sort()).toEqual([
      ['log/0/3', 'published'],
      ['log/0/4', 'refused'],
      ['log/1/2', 'published'],
      ['log/1/3', 'withheld'],
    ])
    expect((await showLetter(store, { origin: 'log/0', position: 3 })).replays).toEqual([
      { at: expect.stringMatching(/Z$/), result: 'published', reason: '' },
    ])
  })

  it('replayed again publish nothing; published again all the same they are duplicates', async () => {
    const rows = await stored('r1')
    expect(await replay()).toMatchObject({ letters: 4, published: 0, already: 2, rejectedCount: 2 })
    // as after a crash between publishing and noting
    await store.command('TRUNCATE TABLE dead_letter_replays')
    expect(await replay()).toMatchObject({ published: 2, duplicates: 2, already: 0 })
    expect(await stored('r1')).toEqual(rows)
  })

  it('go to a log that says nothing of outcomes without waiting for figures, and heed what it refuses', async () => {
    await store.command('TRUNCATE TABLE dead_letter_replays')
    const sent: ReceivedEvent[] = []
    const report = await replay(false, {
      publish: async (events) => {
        sent.push(...events)
        return {}
      },
      settled: () => Promise.reject(new Error('nobody consumes')),
      refusal: ({ subject }) =>
        subject === 'r3' ? { field: '', code: 'TOO_LONG', message: 'too large' } : undefined,
    })
    expect(report).not.toHaveProperty('duplicates')
    expect(report).toMatchObject({ published: 1, rejectedCount: 3 })
    expect(report.rejected).toContainEqual({
      letter: 'log/1/2',
      reason: 'TOO_LONG',
      error: 'too large',
    })
    expect(sent.map(({ subject }) => subject)).toEqual(['r1'])
  })

  it('parked by a version that kept less can be shown and replayed', async () => {
    const old = await openEmbedded({ directory, database: 'older' })
    try {
      await migrate(
        old,
        readMigrations().filter(({ version }) => version < 10),
      )
      const insert = (position: number, original: string) =>
        old.command(
          `INSERT INTO dead_letters SELECT fromUnixTimestamp64Milli(1000), 'log/0', ${position}, 'IDENTITY', '[]', ${sqlString(original)}`,
        )
      await insert(1, registered('o1'))
      await insert(2, registered('o2', { id: '[identity removed]' }))
      await migrate(old)
      expect(await showLetter(old, { origin: 'log/0', position: 2 })).toMatchObject({
        receivedAt: '1970-01-01T00:00:01.000Z',
        key: '',
        headers: [],
        identityRemoved: true,
      })
      const log = { ...pulse.log, publish: async () => ({}) }
      expect(
        await replayLetters(
          { store: old, log, receivedClock: Date.now, now: Date.now },
          { dryRun: false },
        ),
      ).toMatchObject({ letters: 2, published: 1, rejectedCount: 1 })
    } finally {
      await old.close()
    }
  })

  it('are walked to the end, in whatever number and size', async () => {
    await store.command('TRUNCATE TABLE dead_letters')
    const broken = Buffer.from('x'.repeat(9_000))
    const many = Array.from({ length: 4_100 }, (_, n) => at(`many/${n % 3}`, n, broken))
    await park(many, [unknownThen], 1)
    // parked again, over the end of a page
    await park(many.slice(600, 700), [unknownThen], 2)
    const seen: number[] = []
    const report = await replayLetters(
      { store, log: pulse.log, receivedClock: Date.now, now: Date.now },
      { dryRun: true },
      (letters) => seen.push(letters),
    )
    expect(report).toMatchObject({ letters: 4_100, rejectedCount: 4_100 })
    expect(report.rejected).toHaveLength(1_000)
    expect(new Set(report.rejected.map(({ letter }) => letter)).size).toBe(1_000)
    expect(seen.at(-1)).toBe(4_100)
    expect(seen.length).toBeGreaterThan(8)
  })
})
