import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawMessage } from '../../consumers/dead-letters/letter.ts'
import { parkDeadLetters } from '../../consumers/dead-letters/park.ts'
import { openPulse, type Pulse } from '../../consumers/open.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { takeMessages } from '../support/take-messages.ts'

let directory: string
let store: Store
let pulse: Pulse
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pulse-sink-'))
  store = await openEmbedded({ directory })
  pulse = await openPulse({ store, timezone: 'Asia/Shanghai', rests: false })
})
afterAll(async () => {
  await pulse.close()
  await rm(directory, { recursive: true, force: true })
})

let position = 0
const message = (value: unknown, receivedTime = Date.UTC(2024, 5, 1)): RawMessage => ({
  origin: 'petition.case-events/0',
  position: position++,
  value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  receivedTime,
})

const registered = (matter: string, data: Record<string, unknown> = {}, id = `${matter}-1`) => ({
  specversion: '1.0',
  id,
  source: '/offices/430100',
  type: 'petition.registered.v1',
  subject: matter,
  time: '2024-03-01T09:00:00+08:00',
  data: { petitionId: 'p1', channel: 'visit', region: '岳麓区', category: '城建/物业', ...data },
})

const take = (messages: readonly RawMessage[]) =>
  takeMessages(
    { log: pulse.log, park: (letters) => parkDeadLetters(store, letters, Date.now()) },
    messages,
  )

describe('the sink', () => {
  it('ends every message as new, duplicate, conflict or dead letter, in order', async () => {
    const outcomes = await take([
      message(registered('s1')),
      message('{"specversion":"1.0",'),
      message(registered('s1')),
      message(registered('s1', { people: 3 })),
      message(registered('s2', { region: 5 })),
    ])
    expect(outcomes).toEqual(['new', 'deadLetter', 'duplicate', 'conflict', 'deadLetter'])
    expect(
      await take([message(registered('s1')), message(registered('s1', { people: 3 }))]),
    ).toEqual(['duplicate', 'duplicate'])
  })

  it('parks what it cannot use with its reason and original bytes', async () => {
    const broken = message('不是 JSON 的一行')
    await take([broken])
    const [letter] = await store.query<{ reason: string; original: string; errors: string }>(
      `SELECT reason, original, errors FROM dead_letters WHERE position = ${broken.position}`,
    )
    expect(letter?.original).toBe('不是 JSON 的一行')
    expect(JSON.parse(letter?.errors ?? '[]')[0].code).toBe(letter?.reason)
  })

  it('keeps no identity, not even in a dead letter', async () => {
    const held = message(registered('s3', { category: '来电 13812345678 反映' }))
    expect(await take([held])).toEqual(['deadLetter'])
    const [letter] = await store.query<{ reason: string; original: string }>(
      `SELECT reason, original FROM dead_letters WHERE position = ${held.position}`,
    )
    expect(letter?.reason).toBe('IDENTITY')
    expect(letter?.original).toContain('[identity removed]')
    expect(letter?.original).not.toContain('13812345678')
  })

  it('keeps the earliest receipt of equal copies, however they arrive', async () => {
    const late = Date.UTC(2024, 5, 2)
    const early = Date.UTC(2024, 4, 2)
    await take([message(registered('s4'), late)])
    await take([message(registered('s4'), early)])
    await take([message(registered('s4'), late + 1)])
    await pulse.log.settled()
    const [row] = await store.query<{ received: number; recorded: number }>(
      `SELECT toUnixTimestamp64Milli(received_at) AS received, toUnixTimestamp64Milli(recorded_at) AS recorded FROM case_events FINAL WHERE subject = 's4'`,
    )
    expect(row).toEqual({ received: early, recorded: early })
    const [matter] = await store.query<{ from: number; until: number }>(
      `SELECT toUnixTimestamp64Milli(received_from) AS from, toUnixTimestamp64Milli(received_until) AS until FROM matters FINAL WHERE matter_id = 's4'`,
    )
    expect(matter).toEqual({ from: early, until: early })
  })

  it('stores Chinese text, emoji and every control character as sent', async () => {
    const text = '岳麓区\u0000\u0001\t\n\\\'"`｜😀é'
    await take([message(registered('s5', { region: text }))])
    await pulse.log.settled()
    const [row] = await store.query<{ region: string }>(
      `SELECT region FROM petitions FINAL WHERE origin_matter = 's5'`,
    )
    expect(row?.region).toBe(text)
  })

  it('folds what a stop that was not clean left unfolded, when it is opened again', async () => {
    await take([message(registered('s6'))])
    await pulse.log.settled()
    // as if the process had been killed between storing and folding
    await store.command(
      `ALTER TABLE matters DELETE WHERE matter_id = 's6' SETTINGS mutations_sync = 2`,
    )
    await store.command(
      `ALTER TABLE petitions DELETE WHERE origin_matter = 's6' SETTINGS mutations_sync = 2`,
    )
    await store.close()
    store = await openEmbedded({ directory })
    pulse = await openPulse({ store, timezone: 'Asia/Shanghai', rests: false })
    expect(await store.query(`SELECT matter_id FROM matters FINAL WHERE matter_id = 's6'`)).toEqual(
      [{ matter_id: 's6' }],
    )
  })
})
