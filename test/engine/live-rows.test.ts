import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPulse } from '../../consumers/open.ts'
import { foldedMeanwhile, liveRows } from '../../schemas/fold/live-rows.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { migrate } from '../../schemas/tables/migrate.ts'
import { matterRows } from '../support/folded-rows.ts'
import { event } from '../unit/consumers/received-event.ts'

const MATTERS = 20_000

/** Rows of the folded tables, every one under `version`; what they say besides does not matter here. */
const fold = async (store: Store, ids: string, version: number): Promise<void> => {
  await store.command(
    `INSERT INTO matters (matter_id, present, version) SELECT DISTINCT concat('m', toString(${ids})), 1, ${version} FROM numbers(${MATTERS})`,
  )
  await store.command(
    `INSERT INTO petitions (origin_matter, petition_id, present, people, version) SELECT DISTINCT concat('m', toString(${ids})), 'p', 1, ${version}, ${version} FROM numbers(${MATTERS})`,
  )
}

const merge = async (store: Store): Promise<void> => {
  for (const table of ['matters', 'petitions'])
    await store.maintain(`OPTIMIZE TABLE ${table} FINAL`)
}

describe('the folded rows as they stand', () => {
  let directory: string
  let store: Store
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'pulse-live-rows-'))
    store = await openEmbedded({ directory })
    await migrate(store)
    await fold(store, 'number', 1)
    await merge(store)
  })
  afterAll(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  it('have every identity once, whatever is folded and merged while they are read', async () => {
    let version = 1
    let writing = true
    const writer = (async () => {
      while (writing) {
        version++
        await fold(store, `cityHash64(number, ${version}) % 300 * 61 % ${MATTERS}`, version)
        if (version % 15 === 0) await merge(store)
      }
    })()
    const wrong: unknown[] = []
    const forms = new Set<boolean>()
    const reader = async () => {
      for (let n = 0; n < 60; n++) {
        const live = await liveRows(store, 1)
        forms.add(live.matters().includes('UNION ALL'))
        for (const [sql, key] of [
          [live.matters(), 'matter_id'],
          [live.petitions(), 'origin_matter'],
        ] as const) {
          const [row] = await store.query<{ n: number; keys: number }>(
            `SELECT count() AS n, uniqExact(${key}) AS keys FROM (${sql})`,
          )
          if (row?.n !== MATTERS || row.keys !== MATTERS) wrong.push(row)
        }
      }
    }
    await Promise.all([reader(), reader(), reader()])
    writing = false
    await writer
    expect(wrong).toEqual([])
    expect(forms).toContain(true)
    expect(version).toBeGreaterThan(10)
  })

  it('are the newest of each identity, with conditions put to the row that stands', async () => {
    await fold(store, 'number', 1_000)
    await merge(store)
    await store.maintain('SYSTEM STOP MERGES')
    await fold(store, 'number % 100', 2_000)
    await fold(store, 'number % 50', 3_000)
    const { petitions } = await liveRows(store, 1)
    const counted = (where?: string) =>
      store.query(
        `SELECT people, count() AS n FROM (${petitions(where)}) GROUP BY people ORDER BY people`,
      )
    expect(petitions()).toContain('UNION ALL')
    expect(await counted()).toEqual([
      { people: 1_000, n: MATTERS - 100 },
      { people: 2_000, n: 50 },
      { people: 3_000, n: 50 },
    ])
    expect(await counted('people <= 2000')).toEqual([
      { people: 1_000, n: MATTERS - 100 },
      { people: 2_000, n: 50 },
    ])
    await store.maintain('SYSTEM START MERGES')
  })

  it('fail a reading that would take in what was folded after it was asked', async () => {
    await merge(store)
    await store.maintain('SYSTEM STOP MERGES')
    await fold(store, 'number % 100', 5_000)
    const live = await liveRows(store, 1)
    expect(live.sealed).toBe(true)
    const read = (where?: string) =>
      Promise.all(
        [live.matters(where, 'version > 5000'), live.petitions(where, 'version > 5000')].map(
          (sql) => store.query<{ n: number }>(`SELECT count() AS n FROM (${sql})`),
        ),
      )
    expect((await read()).flat()).toEqual([{ n: MATTERS }, { n: MATTERS }])
    await fold(store, '7', 6_000)
    const failed = await read().catch((error: unknown) => error)
    expect(foldedMeanwhile(failed)).toBe(true)
    // who is left out on purpose may be what it will
    expect((await read("if(1, 'm7', '') NOT IN ('m7')")).flat()).toEqual([{ n: 0 }, { n: 0 }])
    await store.maintain('SYSTEM START MERGES')
  })

  it('ask a server with FINAL, whose consumers may write in any order', async () => {
    const { matters } = await liveRows({ query: store.query, kind: 'server' }, 1)
    expect(matters()).toMatch(/FROM matters FINAL$/)
  })
})

describe('a fold after the clock went back', () => {
  it('sees what an earlier one saw', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'pulse-clock-'))
    const store = await openEmbedded({ directory })
    let clock = Date.UTC(2026, 0, 1)
    const opened = () =>
      openPulse({
        store: { ...store, close: async () => undefined },
        timezone: 'Asia/Shanghai',
        now: () => clock,
      })
    const first = await opened()
    await first.log.publish([event({ subject: 'm', id: 'a', receivedTime: clock - 10 })])
    await first.close()
    for (const table of ['matters', 'petitions'])
      await store.maintain(`OPTIMIZE TABLE ${table} FINAL`)
    await store.maintain('SYSTEM STOP MERGES')
    clock -= 3_600_000
    const second = await opened()
    await second.log.publish([event({ subject: 'm', id: 'b', receivedTime: clock - 10 })])
    const newest = await store.query<{ from: number; until: number }>(
      `SELECT toUnixTimestamp64Milli(received_from) AS from, toUnixTimestamp64Milli(received_until) AS until FROM matters ORDER BY _block_number DESC LIMIT 1`,
    )
    expect(newest).toEqual([{ from: clock - 10, until: clock + 3_600_000 - 10 }])
    expect(await matterRows(store, '(SELECT * FROM matters FINAL)')).toHaveLength(1)
    await second.close()
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })
})
