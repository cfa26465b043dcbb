import { describe, expect, it, onTestFinished } from 'vitest'
import { prepareStore } from '../../consumers/prepare-store.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { readMarks } from '../../schemas/tables/marks.ts'
import { rowsAt } from '../support/folded-log.ts'
import { TIMEZONE } from '../support/log-consumer.ts'
import { nothingOtherwise } from '../support/refold-report.ts'
import { gapsOf, replayLog, takeLog } from '../support/replayed-log.ts'
import { scratchDirectory } from '../support/scratch-store.ts'
import {
  lastEvents,
  loseEvent,
  mutated,
  storedFacts,
  tablesBeside,
} from '../support/stored-facts.ts'

/**
 * The store of a process that is killed while tables are switched, before the `nth` statement that
 * writes after the switch was announced: from then on nothing of that process reaches the store.
 */
const killedAt = (store: Store, nth: number): Store => {
  let announced = false
  let ran = 0
  const writing = (about: string): void => {
    announced ||= about.includes('switching_since')
    if (announced) ran += 1
    if (ran > nth) throw new Error('killed')
  }
  return {
    ...store,
    query: async <Row>(sql: string): Promise<Row[]> => {
      if (ran > nth) throw new Error('killed')
      return store.query<Row>(sql)
    },
    command: async (sql) => {
      writing(sql)
      await store.command(sql)
    },
    maintain: async (sql) => {
      writing(sql)
      await store.maintain(sql)
    },
    insert: async (table, columns, rows) => {
      writing(table)
      await store.insert(table, columns, rows)
    },
  }
}

/** A directory that is opened, and opened again by the process after. */
const reopened = async (name: string) => {
  const directory = await scratchDirectory(name)
  let store: Store | undefined
  onTestFinished(async () => store?.close())
  return async (): Promise<Store> => {
    await store?.close()
    store = await openEmbedded({ directory })
    await prepareStore(store, { timezone: TIMEZONE })
    return store
  }
}

const textOf = (rows: readonly unknown[]): Set<string> =>
  new Set(rows.map((row) => JSON.stringify(row)))

const inBoth = (a: Set<string>, b: Set<string>): string[] => [...a].filter((row) => b.has(row))

describe('a replay of the log whose process is killed during the switch', () => {
  it('loses nothing at any statement; figures are the old or the new ones, and the next replay mends all', async () => {
    const open = await reopened('replay-killed')
    let store = await open()
    const { log } = await takeLog(store, 5)
    const right = await rowsAt(store)
    const before = await storedFacts(store)
    const lost = await lastEvents(store, 2)
    const [changed, deleted] = await store.query<{ matter_id: string }>(
      'SELECT matter_id FROM matters FINAL WHERE present AND NOT voided ORDER BY matter_id LIMIT 2',
    )
    const [petition] = await store.query<{ origin_matter: string; petition_id: string }>(
      'SELECT origin_matter, petition_id FROM petitions FINAL WHERE present ORDER BY ALL LIMIT 1',
    )
    for (let nth = 1; ; nth += 1) {
      for (const identity of lost) await loseEvent(store, identity)
      await mutated(store, 'dead_letters', 'DELETE WHERE true')
      await mutated(store, 'matters', `UPDATE org = 'XX' WHERE matter_id = '${changed?.matter_id}'`)
      await mutated(store, 'matters', `DELETE WHERE matter_id = '${deleted?.matter_id}'`)
      await mutated(
        store,
        'petitions',
        `DELETE WHERE origin_matter = '${petition?.origin_matter}' AND petition_id = '${petition?.petition_id}'`,
      )
      const spoilt = await rowsAt(store)
      const spoiltFacts = await storedFacts(store)
      expect(spoiltFacts.events.length).toBeLessThan(before.events.length)
      expect(spoilt).not.toEqual(right)

      const outcome = await replayLog(killedAt(store, nth), log.toReplay()).catch(
        (error: Error) => error.message,
      )
      store = await open()
      if (outcome !== 'killed') {
        expect(outcome).toMatchObject({ lackingEvents: expect.any(Number) })
        expect(await rowsAt(store)).toEqual(right)
        expect(nth).toBeGreaterThan(6)
        break
      }
      expect((await readMarks(store))('switching_since')).toBe('')

      const rows = await rowsAt(store)
      for (const table of ['matters', 'petitions'] as const)
        expect([spoilt[table], right[table]]).toContainEqual(rows[table])
      const now = await storedFacts(store)
      for (const kind of ['events', 'positions', 'letters', 'edges'] as const) {
        const stored = textOf(now[kind])
        const had = textOf(spoiltFacts[kind])
        expect([nth, kind, inBoth(had, stored)]).toEqual([nth, kind, [...had]])
        const known = textOf(before[kind])
        expect([nth, kind, inBoth(stored, known)]).toEqual([nth, kind, [...stored]])
      }

      await replayLog(store, log.toReplay())
      expect(await storedFacts(store)).toEqual(before)
      expect(await rowsAt(store)).toEqual(right)
      expect(await gapsOf(store, log)).toEqual([])
      expect(await tablesBeside(store)).toEqual([])
    }
    expect(await replayLog(store, log.toReplay(), { dryRun: true })).toMatchObject({
      ...nothingOtherwise,
      lackingEvents: 0,
      lackingLetters: 0,
    })
  })
})
