import { type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RefoldAsked } from '../../consumers/replay/replay.ts'
import { maintenanceRoutes } from '../../dashboards/api/maintenance-routes.ts'
import type { Route } from '../../schemas/http/route.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { readMarks } from '../../schemas/tables/marks.ts'
import { rowsAt } from '../support/folded-log.ts'
import { scratchStore } from '../support/log-consumer.ts'
import { nothingOtherwise } from '../support/refold-report.ts'
import { replayLog, takeLog } from '../support/replayed-log.ts'
import {
  lastEvents,
  loseEvent,
  mutated,
  storedFacts,
  tablesBeside,
} from '../support/stored-facts.ts'
import { serveRoutes } from '../unit/api/serve-routes.ts'

const WAIT_MS = 30_000

/** A store that has `before` done ahead of the first statement that matches, and notes what is written from then on. */
const watched = (store: Store, at: RegExp, before: () => Promise<void>) => {
  const written: string[] = []
  let met = false
  const meet = async (statement: string): Promise<void> => {
    if (met || !at.test(statement)) return
    met = true
    await before()
  }
  const note = (statement: string): void => {
    if (met) written.push(statement)
  }
  const watching: Store = {
    ...store,
    query: async <Row>(sql: string): Promise<Row[]> => {
      await meet(sql)
      return store.query<Row>(sql)
    },
    command: async (sql) => {
      await meet(sql)
      note(sql)
      await store.command(sql)
    },
    insert: async (table, columns, rows) => {
      await meet(`INSERT INTO ${table}`)
      note(`INSERT INTO ${table}`)
      await store.insert(table, columns, rows)
    },
  }
  return { store: watching, written, met: () => met }
}

/** Routes that say when the connection of a request is closed, before its handler hears of it. */
const closing = (routes: readonly Route[]) => {
  let close: () => void = () => undefined
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return {
    closed,
    /** The handler has returned. */
    ended,
    routes: routes.map(
      (route): Route => ({
        ...route,
        handle: async (asked, answer) => {
          answer.once('close', close)
          await Promise.resolve(route.handle(asked, answer)).finally(end)
        },
      }),
    ),
  }
}

const within = async (what: Promise<void>): Promise<void> => {
  const late = new AbortController()
  await Promise.race([
    what,
    sleep(WAIT_MS, undefined, { signal: late.signal }).then(() => {
      throw new Error(`nothing came within ${WAIT_MS} ms`)
    }),
  ]).finally(() => late.abort())
}

/** A store that lost an event, and has a matter and a dead letter wrong, with its log. */
const spoilt = async (name: string) => {
  const store = await scratchStore(name)
  const { log } = await takeLog(store, [5], 15)
  const right = { rows: await rowsAt(store), facts: await storedFacts(store) }
  for (const identity of await lastEvents(store, 1)) await loseEvent(store, identity)
  const [matter] = await store.query<{ matter_id: string }>(
    'SELECT matter_id FROM matters FINAL WHERE present AND NOT voided ORDER BY matter_id LIMIT 1',
  )
  await mutated(
    store,
    'matters',
    `UPDATE org = 'XX' WHERE matter_id = ${sqlString(matter?.matter_id ?? '')}`,
  )
  await mutated(store, 'dead_letters', 'DELETE WHERE true')
  return { store, log, right }
}

/** Asks for a replay over HTTP, and has the client go away ahead of the first statement that matches. */
const replayLeftAt = async (
  { store, log }: Awaited<ReturnType<typeof spoilt>>,
  at: RegExp,
  query = '?from=kafka',
) => {
  const logged: unknown[] = []
  let client: IncomingMessage | undefined
  const seen = watched(store, at, async () => {
    client?.destroy()
    await within(served.closed)
  })
  const served = closing(
    maintenanceRoutes({
      replay: (asked: RefoldAsked, hearing) =>
        replayLog(seen.store, log.toReplay(), { ...asked, ...hearing }),
      reconcile: () => Promise.reject(new Error('not asked')),
      schema: () => Promise.reject(new Error('not asked')),
      log: (error) => logged.push(error),
    }),
  )
  const app = await serveRoutes(served.routes)
  onTestFinished(() => app.stop())
  const asking = request(`${app.url}/api/v1/replay${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  asking.on('response', (answer) => {
    client = answer
    answer.on('error', () => undefined)
    answer.resume()
  })
  asking.on('error', () => undefined)
  asking.end('{}')
  await within(served.ended)
  expect(seen.met()).toBe(true)
  return { logged, written: seen.written }
}

describe('a replay whose client goes away', () => {
  it.each([
    ['while the log is read', /INSERT INTO case_events_read_next/, '?from=kafka'],
    ['while what the store lacks is gathered', /^INSERT INTO case_events_next /, '?from=kafka'],
    ['while everything is folded', /^INSERT INTO folded_next/, '?from=store'],
    ['while the new tables are compared', /FROM matters_next FINAL WHERE/, '?from=kafka'],
    ['once they are compared', /AS n0.* FROM petitions_next FINAL ?$/s, '?from=store'],
    ['of a dry run', /^INSERT INTO folded_next/, '?from=store&dryRun=true'],
  ])(
    '%s ends at its next step, with nothing switched and nothing left beside',
    async (_, at, query) => {
      const world = await spoilt('replay-gone')
      const { store, log, right } = world
      const before = { rows: await rowsAt(store), facts: await storedFacts(store) }
      expect(before).not.toEqual(right)

      const { logged, written } = await replayLeftAt(world, at, query)
      expect({ rows: await rowsAt(store), facts: await storedFacts(store) }).toEqual(before)
      expect(await tablesBeside(store)).toEqual([])
      expect(logged).toEqual([
        expect.objectContaining({
          message: expect.stringMatching(
            /The connection of POST \/api\/v1\/replay was closed .* changed nothing/,
          ),
        }),
      ])
      // after the statement in hand nothing but clearing away
      const [inHand = '', ...rest] = written
      const after = at.test(inHand) ? rest : written
      expect(after.filter((sql) => !sql.startsWith('DROP'))).toEqual([])

      // nobody is in the way of the next one
      expect(await replayLog(store, log.toReplay())).toMatchObject({ dryRun: false })
      expect(await rowsAt(store)).toEqual(right.rows)
      expect(await storedFacts(store)).toEqual(right.facts)
    },
  )

  it.each([
    ['is announced', /switching_since/],
    ['is under way', /^EXCHANGE TABLES matters/],
  ])('when the switch %s runs to its end', async (_, at) => {
    const world = await spoilt('replay-gone-late')
    const { store, log, right } = world
    const { logged } = await replayLeftAt(world, at)
    expect(logged).toEqual([])
    expect(await rowsAt(store)).toEqual(right.rows)
    expect(await storedFacts(store)).toEqual(right.facts)
    expect((await readMarks(store))('switching_since')).toBe('')
    expect(await tablesBeside(store)).toEqual([])
    expect(await replayLog(store, log.toReplay(), { dryRun: true })).toMatchObject({
      ...nothingOtherwise,
      lackingEvents: 0,
    })
  })
})
