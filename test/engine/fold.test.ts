import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPulse } from '../../consumers/open.ts'
import type { Cut } from '../../schemas/fold/known-events.ts'
import { foldedMeanwhile, liveRows } from '../../schemas/fold/live-rows.ts'
import { LISTED, type RelationsOptions, relationsAt } from '../../schemas/fold/source.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { bulkWorld } from '../reference/bulk-world.ts'
import { deliveryPlan } from '../reference/delivery-plans.ts'
import { referenceFold } from '../reference/fold.ts'
import { receivedEvents } from '../reference/histories.ts'
import { historyBatch } from '../reference/history-batches.ts'
import { matterRows, petitionRows } from '../support/folded-rows.ts'

/** A store folded in one time zone, in a directory of its own. */
const opened = async (timezone: string) => {
  const directory = await mkdtemp(join(tmpdir(), 'pulse-fold-'))
  const store = await openEmbedded({ directory })
  const pulse = await openPulse({ store, timezone, rests: false })
  return {
    store,
    pulse,
    timezone,
    close: async () => {
      await pulse.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** `mostListed` 0: the matters a cut divides are picked by the engine, however few they are. */
const rowsAt = async (
  { store, timezone }: { readonly store: Store; readonly timezone: string },
  cut: Cut,
  prefix: string,
  options: RelationsOptions = {},
) => {
  const relations = await relationsAt(store, cut, timezone, { leastRowsApart: 1, ...options })
  const mine = (relation: string, key: string) =>
    `(SELECT * FROM ${relation} WHERE startsWith(${key}, '${prefix}') AND present)`
  return {
    matters: await matterRows(store, mine(relations.matters, 'matter_id')),
    petitions: await petitionRows(store, mine(relations.petitions, 'origin_matter')),
  }
}

const expected = (events: readonly ReceivedEvent[], timezone: string, cut?: Cut) => {
  const folded = referenceFold(events, { timezone, ...(cut ?? {}) })
  return {
    matters: folded.matters.filter(({ present }) => present),
    petitions: folded.petitions.filter(({ present }) => present),
  }
}

const everything: Cut = { asOf: Date.UTC(2299, 0, 1), receivedBy: Date.UTC(2299, 0, 1) }

describe.each(['Asia/Shanghai', 'America/New_York'])('the fold in %s', (timezone) => {
  let world: Awaited<ReturnType<typeof opened>>
  beforeAll(async () => {
    world = await opened(timezone)
  })
  afterAll(() => world.close())

  it('gives the rows of the reference for hostile histories in any delivery, at any cut', async () => {
    let run = 0
    const seeds = Number(process.env['FOLD_RUNS'] ?? 2)
    for (; run < seeds; run++) {
      const prefix = `h${run}-`
      const [batch] = fc.sample(historyBatch({ timezone, prefix, count: 60 }), {
        numRuns: 1,
        seed: run + 1,
      })
      if (batch === undefined) throw new Error('no history was generated')
      const sent = batch.sent
      const events = receivedEvents(sent)
      const [plan] = fc.sample(deliveryPlan(events.length), { numRuns: 1, seed: run + 1 })
      for (const part of plan ?? [])
        await world.pulse.log.publish(
          part.map((index) => events[index]).filter((event) => event !== undefined),
        )
      expect(await rowsAt(world, everything, prefix)).toEqual(expected(events, timezone))
      const instants = batch.instants
      for (const share of [0.15, 0.4, 0.6, 0.85]) {
        const cut = {
          asOf: instants[Math.floor(instants.length * share)] ?? 0,
          receivedBy: instants[Math.floor(instants.length * (1 - share / 2))] ?? 0,
        }
        for (const mostListed of [0, LISTED])
          expect(await rowsAt(world, cut, prefix, { mostListed })).toEqual(
            expected(events, timezone, cut),
          )
      }
    }
  })

  it('a cut divides all matters that it divides, however often one of them was folded', async () => {
    const prefix = 'often-'
    const events = receivedEvents(bulkWorld({ seed: 3, matters: 2, prefix }))
    // one event a call: a matter leaves a row for each
    for (const event of events) await world.pulse.log.publish([event])
    const stamps = events.map(({ receivedTime }) => receivedTime).sort((a, b) => a - b)
    for (const share of [0.3, 0.6]) {
      const receivedBy = stamps[Math.floor(stamps.length * share)] ?? 0
      const cut = { asOf: everything.asOf, receivedBy }
      for (const mostListed of [1, 2, 3])
        expect(await rowsAt(world, cut, prefix, { mostListed })).toEqual(
          expected(events, timezone, cut),
        )
    }
  })

  it('a cut tells whether anything was folded while it was read', async () => {
    const prefix = 'held-'
    const [first, ...rest] = receivedEvents(bulkWorld({ seed: 5, matters: 2, prefix }))
    const last = rest.find(({ subject }) => subject !== first?.subject)
    if (first === undefined || last === undefined) throw new Error('no world was generated')
    const received = Date.UTC(2100, 0, 1)
    await world.pulse.log.publish([{ ...first, receivedTime: received }])
    const now = { asOf: everything.asOf, receivedBy: received }
    const cuts = [now, { ...now, receivedBy: received - 1 }] // as the rows stand; with one of them folded
    const taken = await Promise.all(cuts.map((cut) => relationsAt(world.store, cut, timezone)))
    const moving = await relationsAt(world.store, now, timezone, { moving: true })
    for (const { held } of taken) expect(await held()).toBe(true)
    await world.pulse.log.publish([{ ...last, receivedTime: received + 1 }])
    for (const { held } of taken) expect(await held()).toBe(false)
    expect(await moving.held()).toBe(true)

    // where the large part is read apart, the reading itself fails
    await world.pulse.log.publish(
      receivedEvents(bulkWorld({ seed: 9, matters: 60, prefix: 'beside-' })),
    )
    for (const table of ['matters', 'petitions'])
      await world.store.maintain(`OPTIMIZE TABLE ${table} FINAL`)
    await world.store.maintain('SYSTEM STOP MERGES')
    await world.pulse.log.publish([{ ...first, id: 'again', receivedTime: received + 2 }])
    const later = { ...now, receivedBy: received + 2 }
    const apart = await relationsAt(world.store, later, timezone, { leastRowsApart: 1 })
    expect(apart.matters).toContain('throwIf')
    const counted = () =>
      world.store.query(
        `SELECT count() AS n FROM ${apart.matters} WHERE startsWith(matter_id, '${prefix}')`,
      )
    const before = await counted()
    await world.pulse.log.publish([{ ...last, id: 'again', receivedTime: received + 3 }])
    expect(foldedMeanwhile(await counted().catch((error: unknown) => error))).toBe(true)
    const anew = await relationsAt(world.store, later, timezone, { leastRowsApart: 1 })
    expect(
      await world.store.query(
        `SELECT count() AS n FROM ${anew.matters} WHERE startsWith(matter_id, '${prefix}')`,
      ),
    ).toEqual(before)
    await world.store.maintain('SYSTEM START MERGES')
  })

  it('gives the rows of the reference for a large world, live, rebuilt and as of any date', async () => {
    const prefix = 'w-'
    const events = receivedEvents(bulkWorld({ seed: 7, matters: 1500, prefix }))
    const half = Math.ceil(events.length / 2)
    await world.pulse.log.publish(events.slice(0, half))
    // one part holds nearly all rows, what is folded after it lies in others
    for (const table of ['matters', 'petitions'])
      await world.store.maintain(`OPTIMIZE TABLE ${table} FINAL`)
    await world.store.maintain('SYSTEM STOP MERGES')
    const soFar = events.slice(0, half + 400)
    for (let from = half; from < soFar.length; from += 100)
      await world.pulse.log.publish(soFar.slice(from, from + 100))
    const { matters, petitions } = await liveRows(world.store, 1)
    for (const sql of [matters(), petitions()]) expect(sql).toContain('UNION ALL')
    expect(await rowsAt(world, everything, prefix)).toEqual(expected(soFar, timezone))
    await world.store.maintain('SYSTEM START MERGES')
    await world.pulse.log.publish(events)
    expect(await rowsAt(world, everything, prefix)).toEqual(expected(events, timezone))
    await world.pulse.rebuild()
    expect(await rowsAt(world, everything, prefix)).toEqual(expected(events, timezone))
    for (const asOf of [Date.UTC(2023, 0, 1), Date.UTC(2024, 5, 30, 12)]) {
      const cut = { asOf, receivedBy: asOf + 86_400_000 }
      for (const mostListed of [0, LISTED])
        expect(await rowsAt(world, cut, prefix, { mostListed })).toEqual(
          expected(events, timezone, cut),
        )
    }
  })
})
