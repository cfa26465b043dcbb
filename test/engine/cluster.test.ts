import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPulse, type Pulse } from '../../consumers/open.ts'
import { askFigure } from '../../dashboards/figures/ask.ts'
import type { EventType } from '../../schemas/events/types.ts'
import type { Cut } from '../../schemas/fold/known-events.ts'
import { mergeComponents } from '../../schemas/fold/merge-lookup.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { sheetMetrics } from '../proof/figure-sheet.ts'
import { bulkWorld } from '../reference/bulk-world.ts'
import { deliveryPlan } from '../reference/delivery-plans.ts'
import { referenceFold } from '../reference/fold.ts'
import { receivedEvents } from '../reference/histories.ts'
import { historyBatch } from '../reference/history-batches.ts'
import { matterRows, petitionRows } from '../support/folded-rows.ts'
import { strayTables } from '../support/stray-tables.ts'
import { openTwoShards, type TwoShards } from '../support/two-shards.ts'

const timezone = 'Asia/Shanghai'
const everything: Cut = { asOf: Date.UTC(2299, 0, 1), receivedBy: Date.UTC(2299, 0, 1) }

type Opened = { readonly store: Store; readonly pulse: Pulse }

let directory = ''
let shards: TwoShards
let sharded: Opened
let single: Opened
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pulse-shards-'))
  shards = await openTwoShards(directory)
  const opened = async (store: Store): Promise<Opened> => ({
    store,
    pulse: await openPulse({ store, timezone, rests: false }),
  })
  sharded = await opened(shards.sharded)
  single = await opened(shards.single)
})
afterAll(async () => {
  await sharded.pulse.close()
  await single.pulse.close()
  await shards.close()
  await rm(directory, { recursive: true, force: true })
})

/** All that went to the shards so far. */
const published: ReceivedEvent[] = []
const publish = async (events: readonly ReceivedEvent[]): Promise<void> => {
  published.push(...events)
  await sharded.pulse.log.publish(events)
}

const rowsAt = async ({ store, pulse }: Opened, cut: Cut, prefix: string) => {
  const relations = await pulse.relationsAt(cut)
  const mine = (relation: string, key: string) =>
    `(SELECT * FROM ${relation} WHERE startsWith(${key}, '${prefix}') AND present)`
  return {
    matters: await matterRows(store, mine(relations.matters, 'matter_id')),
    petitions: await petitionRows(store, mine(relations.petitions, 'origin_matter')),
  }
}

const expected = (events: readonly ReceivedEvent[], cut?: Cut) => {
  const folded = referenceFold(events, { timezone, ...(cut ?? {}) })
  return {
    matters: folded.matters.filter(({ present }) => present),
    petitions: folded.petitions.filter(({ present }) => present),
  }
}

/** Which shard each matter is on. */
const shardsOf = async (matters: readonly string[]): Promise<Map<string, number>> =>
  new Map(
    (
      await sharded.store.query<{ m: string; shard: number }>(
        `SELECT m, 1 + cityHash64(m) % 2 AS shard FROM (SELECT arrayJoin([${matters.map(sqlString).join(', ')}]) AS m)`,
      )
    ).map(({ m, shard }) => [m, shard]),
  )

describe('two shards', () => {
  it('each hold a part of every table of the fold, a row where the hash of its matter says', async () => {
    const events = receivedEvents(bulkWorld({ seed: 3, matters: 40, prefix: 'p-' }))
    await publish(events)
    for (const [table, key] of [
      ['case_events', 'subject'],
      ['matters', 'matter_id'],
      ['petitions', 'origin_matter'],
    ] as const)
      expect(
        await sharded.store.query(
          `SELECT _shard_num AS shard, countIf(1 + cityHash64(${key}) % 2 != _shard_num) AS astray, count() > 10 AS several FROM ${table} FINAL GROUP BY shard ORDER BY shard`,
        ),
      ).toEqual([
        { shard: 1, astray: 0, several: 1 },
        { shard: 2, astray: 0, several: 1 },
      ])
  })

  it('have a survivor on one read the petitions of a matter on the other, and give them back', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `s-${index}`)
    const on = await shardsOf(names)
    const here = names.filter((name) => on.get(name) === 1)
    const there = names.filter((name) => on.get(name) === 2)
    const [away = '', other = ''] = here
    const [survivor = '', last = ''] = there
    const day = (n: number) => Date.UTC(2024, 0, n)
    const event = (subject: string, id: string, n: number, type: EventType, data: object) => ({
      wire: {
        specversion: '1.0' as const,
        subject,
        source: '/offices/430100',
        id,
        type,
        time: new Date(day(n)).toISOString(),
        data,
      },
      receivedTime: day(n),
    })
    const petition = (petitionId: string) => ({
      petitionId,
      channel: 'visit',
      region: '430102',
      category: '教育',
    })
    const steps = [
      [
        event(away, 'a', 1, 'petition.registered.v1', petition('P1')),
        event(survivor, 'b', 2, 'petition.registered.v1', petition('P1')),
        event(survivor, 'c', 3, 'matter.accepted.v1', { org: '教育局' }),
      ],
      [event(away, 'd', 4, 'matter.merged.v1', { into: survivor })],
      [event(away, 'e', 5, 'petition.registered.v1', petition('P2'))],
      // a chain over both shards, and a cycle
      [event(survivor, 'f', 6, 'matter.merged.v1', { into: other })],
      [event(other, 'g', 7, 'matter.merged.v1', { into: last })],
      [event(last, 'h', 8, 'matter.merged.v1', { into: away })],
      [event(other, 'i', 9, 'matter.unmerged.v1', { into: last })],
      [event(away, 'j', 10, 'matter.unmerged.v1', { into: survivor })],
    ]
    const so: ReceivedEvent[] = []
    for (const step of steps) {
      const events = receivedEvents(step)
      so.push(...events)
      await publish(events)
      expect(await rowsAt(sharded, everything, 's-')).toEqual(expected(so))
    }
    for (const n of [4, 9]) {
      const cut = { asOf: day(n), receivedBy: day(n) }
      expect(await rowsAt(sharded, cut, 's-')).toEqual(expected(so, cut))
    }
    await sharded.pulse.rebuild()
    expect(await rowsAt(sharded, everything, 's-')).toEqual(expected(so))
  })

  it('hold the rows of the reference for hostile histories in any delivery, at any cut', async () => {
    const prefix = 'h-'
    const [batch] = fc.sample(historyBatch({ timezone, prefix, count: 40 }), {
      numRuns: 1,
      seed: 5,
    })
    if (batch === undefined) throw new Error('no history was generated')
    const events = receivedEvents(batch.sent)
    const [plan] = fc.sample(deliveryPlan(events.length), { numRuns: 1, seed: 5 })
    for (const part of plan ?? [])
      await publish(part.map((index) => events[index]).filter((event) => event !== undefined))
    const groups = (await mergeComponents(sharded.store)).filter(([first]) =>
      first?.startsWith(prefix),
    )
    const on = await shardsOf(groups.flat())
    const across = groups.filter((group) => new Set(group.map((m) => on.get(m))).size === 2)
    expect(across.length).toBeGreaterThan(10)
    expect(await rowsAt(sharded, everything, prefix)).toEqual(expected(events))
    for (const share of [0.15, 0.5, 0.85]) {
      const { instants } = batch
      const cut = {
        asOf: instants[Math.floor(instants.length * share)] ?? 0,
        receivedBy: instants[Math.floor(instants.length * (1 - share / 2))] ?? 0,
      }
      expect(await rowsAt(sharded, cut, prefix)).toEqual(expected(events, cut))
    }
  })
})

describe('a large world on two shards', () => {
  const prefix = 'w-'
  const events = receivedEvents(bulkWorld({ seed: 7, matters: 900, prefix }))
  beforeAll(() => publish(events))

  it('is the world of the reference, folded anew as well', async () => {
    expect(await rowsAt(sharded, everything, prefix)).toEqual(expected(events))
    await sharded.pulse.rebuild()
    expect(await rowsAt(sharded, everything, prefix)).toEqual(expected(events))
  })

  it('has many matters that are touched at once folded where their events are', async () => {
    const many = receivedEvents(
      Array.from({ length: 5200 }, (_, n) => ({
        wire: {
          specversion: '1.0' as const,
          subject: `many-${n}`,
          source: '/offices/430100',
          id: 'a',
          type: 'petition.registered.v1' as const,
          time: '2024-05-01T08:00:00+08:00',
          data: { petitionId: 'P1', channel: 'call', region: '430102', category: '教育' },
        },
        receivedTime: Date.UTC(2024, 4, 1, 1),
      })),
    )
    const before = shards.sent.length
    await publish(many)
    const folds = shards.sent.slice(before).filter((sql) => sql.startsWith('INSERT INTO folded'))
    expect(folds.map((sql) => sql.slice(0, 55))).toEqual([
      "INSERT INTO folded SELECT * FROM cluster('two', view(SE",
    ])
    expect(await rowsAt(sharded, everything, 'many-')).toEqual(expected(many))
  })

  it('gives every figure of one place, now and as of a date', async () => {
    const ask = ({ store, pulse }: Opened, metric: string, by: string[], asOf: number) =>
      askFigure(
        {
          store,
          relationsAt: pulse.relationsAt,
          watermark: () => Date.UTC(2030, 0, 1),
          now: () => Date.UTC(2026, 0, 1),
          settings: { timezone, monthStart: 1, collectiveThreshold: 5 },
        },
        { metric, by, from: '2023-01-01', to: '2025-01-01', asOf, where: [] },
      )
    await single.pulse.log.publish(published)
    let told = 0
    for (const [index, { id, view }] of sheetMetrics.entries()) {
      const by = [['quarter'], ['region@2'], ['month', view === 'petitions' ? 'repeat' : 'flag']][
        index % 3
      ]
      for (const asOf of [
        Date.UTC(2026, 0, 1),
        ...(index % 12 === 0 ? [Date.UTC(2024, 5, 1)] : []),
      ]) {
        const [one, two] = await Promise.all(
          [single, sharded].map((opened) => ask(opened, id, by ?? [], asOf)),
        )
        expect({ id, by, asOf, rows: two?.rows }).toEqual({ id, by, asOf, rows: one?.rows })
        if ((one?.rows ?? []).some(({ value }) => value !== null && value !== 0)) told += 1
      }
    }
    expect(told).toBeGreaterThan(sheetMetrics.length * 0.7)
  })

  it('has every shard asked for its own rows only, and nowhere else for those of one shard', () => {
    const read = shards.sent.filter((sql) => /^\s*(?:SELECT|INSERT)/.test(sql))
    expect(read.filter((sql) => sql.includes("cluster('two', view(")).length).toBeGreaterThan(50)
    expect(read.flatMap(strayTables)).toEqual([])
  })
})
