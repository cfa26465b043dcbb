import { describe, expect, it, onTestFinished } from 'vitest'
import { prepareStore } from '../../consumers/prepare-store.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { readMarks } from '../../schemas/tables/marks.ts'
import { rowsAt } from '../support/folded-log.ts'
import { TIMEZONE } from '../support/log-consumer.ts'
import { nothingOtherwise } from '../support/refold-report.ts'
import { gapsOf, replayLog, takeLog } from '../support/replayed-log.ts'
import { scratchDirectory } from '../support/scratch-store.ts'
import {
  identitySql,
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

const HISTORIES = 15

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

/** Of some rows, those that are in none of the others. */
const foreign = (
  rows: readonly unknown[],
  ...others: readonly (readonly unknown[])[]
): string[] => {
  const known = textOf(others.flat())
  return [...textOf(rows)].filter((row) => !known.has(row))
}

describe('a replay of the log whose process is killed during the switch', () => {
  it('loses nothing at any statement; figures are the old or the new ones, and the next replay mends all', async () => {
    const open = await reopened('replay-killed')
    let store = await open()
    const { log } = await takeLog(store, [5], HISTORIES)
    const right = await rowsAt(store)
    const before = await storedFacts(store)
    const lost = await lastEvents(store, 2)
    const subjects = new Set(
      (
        await store.query<{ subject: string }>(
          `SELECT DISTINCT subject FROM case_events WHERE ${identitySql} IN (${lost.map(sqlString).join(', ')})`,
        )
      ).map(({ subject }) => subject),
    )
    const [changed, deleted] = await store.query<{ matter_id: string }>(
      'SELECT matter_id FROM matters FINAL WHERE present AND NOT voided ORDER BY matter_id LIMIT 2',
    )
    const [petition] = await store.query<{ origin_matter: string; petition_id: string }>(
      'SELECT origin_matter, petition_id FROM petitions FINAL WHERE present ORDER BY ALL LIMIT 1',
    )
    const broughtAt: number[] = []
    let now = Date.now()
    /** So much later that nothing stored until then counts as stored meanwhile. */
    const later = () => {
      now += 300_000
      return now
    }
    for (let nth = 1; ; nth += 1) {
      for (const identity of lost) await loseEvent(store, identity)
      for (const subject of subjects)
        await mutated(store, 'matters', `DELETE WHERE matter_id = ${sqlString(subject)}`)
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

      const outcome = await replayLog(killedAt(store, nth), log.toReplay(), {
        rebuiltAt: later(),
      }).catch((error: Error) => error.message)
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
        expect([nth, foreign(rows[table], spoilt[table], right[table])]).toEqual([nth, []])
      const now = await storedFacts(store)
      for (const kind of ['events', 'positions', 'letters', 'edges'] as const) {
        expect([nth, kind, foreign(spoiltFacts[kind], now[kind])]).toEqual([nth, kind, []])
        expect([nth, kind, foreign(now[kind], before[kind])]).toEqual([nth, kind, []])
      }
      // what was brought back is folded before anybody asks
      if (now.events.length === before.events.length) {
        broughtAt.push(nth)
        const ofLost = ({ matterId }: { readonly matterId: string }) => subjects.has(matterId)
        expect(rows.matters.filter(ofLost)).toEqual(right.matters.filter(ofLost))
      }

      await replayLog(store, log.toReplay(), { rebuiltAt: later() })
      expect(await storedFacts(store)).toEqual(before)
      expect(await rowsAt(store)).toEqual(right)
      expect(await gapsOf(store, log)).toEqual([])
      expect(await tablesBeside(store)).toEqual([])
    }
    expect(broughtAt.length).toBeGreaterThan(3)
    expect(await replayLog(store, log.toReplay(), { dryRun: true })).toMatchObject({
      ...nothingOtherwise,
      lackingEvents: 0,
      lackingLetters: 0,
    })
  })
})
