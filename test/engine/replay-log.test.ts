import { describe, expect, it } from 'vitest'
import { openPulse } from '../../consumers/open.ts'
import { rebuild } from '../../consumers/projector/rebuild.ts'
import { reconcile } from '../../consumers/reconcile/reconcile.ts'
import type { LogToReplay } from '../../consumers/replay/log-facts.ts'
import { type RefoldAsked, refold } from '../../consumers/replay/replay.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { NO_WATERMARK, readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { drawnDelivery, expectedRows, rowsAt } from '../support/folded-log.ts'
import { scratchStore, TIMEZONE } from '../support/log-consumer.ts'
import { nothingOtherwise } from '../support/refold-report.ts'
import { type StoredLog, type StoredMessage, storedLog } from '../support/stored-log.ts'

const PARTITIONS = 2

const partitionOf = ({ subject }: ReceivedEvent): number =>
  [...subject].reduce((sum, char) => sum + char.charCodeAt(0), 0) % PARTITIONS

/** Histories as messages that the log took one a millisecond, each part with one that is no event. */
const messages = (seed: number, appendedFrom: number): readonly StoredMessage[] => {
  let appendedAt = appendedFrom
  return drawnDelivery(seed).flatMap((part) => [
    ...part.map((event) => ({
      partition: partitionOf(event),
      appendedAt: appendedAt++,
      value: event.canonical,
    })),
    { partition: 0, appendedAt: appendedAt++, value: 'no event', skip: 2 },
  ])
}

const filled = async (name: string, ...seeds: readonly number[]) => {
  const store = await scratchStore(name)
  const log = await storedLog(store, {
    topic: 'events',
    partitions: PARTITIONS,
    timezone: TIMEZONE,
  })
  let at = Date.now() - 1_000_000
  for (const seed of seeds) {
    await log.take(messages(seed, at))
    at += 10_000
  }
  return { store, log, nextAt: at }
}

const watermarkIn = (store: Store) => async () =>
  watermarkOf(await readProgress(store)) ?? NO_WATERMARK

const replay = (store: Store, log: LogToReplay, asked: Partial<RefoldAsked> = {}) =>
  refold(
    {
      store,
      rebuild: (options) => rebuild(store, { ...options, timezone: TIMEZONE }),
      watermark: watermarkIn(store),
      log: async () => log,
      now: Date.now,
    },
    { from: 'kafka', dryRun: false, ...asked },
    { progress: () => undefined, report: () => undefined },
  )

const gaps = async (store: Store, log: StoredLog) =>
  (
    await reconcile({
      store,
      watermark: watermarkIn(store),
      log: { offsets: async () => log.offsets(), name: async (positions) => positions },
      now: Date.now,
    })
  ).gaps

type StoredEvent = { readonly subject: string; readonly source: string; readonly id: string }

/** What is stored, and when it was received. */
const facts = async (store: Store) => ({
  events: await store.query<StoredEvent & { readonly received: number }>(
    'SELECT subject, source, id, hex(content_hash) AS content, toUnixTimestamp64Milli(received_at) AS received, toUnixTimestamp64Milli(recorded_at) AS recorded, event FROM case_events FINAL ORDER BY ALL',
  ),
  positions: await store.query(
    "SELECT origin, position, span, kind, hex(identity) AS identity, if(kind = 'nothing', 0, toUnixTimestamp64Milli(received_at)) AS received FROM log_positions FINAL ORDER BY ALL",
  ),
  letters: await store.query(
    'SELECT DISTINCT origin, position, reason FROM dead_letters ORDER BY ALL',
  ),
  edges: await store.query('SELECT * FROM merge_edges FINAL ORDER BY ALL'),
})

const beside = async (store: Store) =>
  (
    await store.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND endsWith(name, '_next')",
    )
  ).map(({ name }) => name)

const mutated = (store: Store, table: string, change: string) =>
  store.command(`ALTER TABLE ${table} ${change} SETTINGS mutations_sync = 2`)

const identity = "hex(MD5(concat(subject, '\\0', source, '\\0', id)))"

/** Identities of events, the last in the log first. */
const lastEvents = async (store: Store, count: number): Promise<readonly string[]> =>
  (
    await store.query<{ identity: string }>(
      `SELECT hex(identity) AS identity FROM log_positions FINAL WHERE kind = 'event' GROUP BY identity ORDER BY max(position) DESC, identity LIMIT ${count}`,
    )
  ).map((row) => row.identity)

/** Each name once: an event may have several contents. */
const namesOf = (events: readonly StoredEvent[]): readonly StoredEvent[] => [
  ...new Map(
    events.map(({ subject, source, id }) => [
      `${subject} ${source} ${id}`,
      { subject, source, id },
    ]),
  ).values(),
]

const asTold = (receivedBy: number) => ({ asOf: Date.UTC(2200, 0, 1), receivedBy })

describe('a replay of the log', () => {
  it('brings back what the store lost, keeps what the log lost, and leaves every figure as it was told', async () => {
    const { store, log } = await filled('replay-lost', 5, 6)
    const told = await watermarkIn(store)()
    const atCuts = () =>
      Promise.all([told - 10_000, told].map((receivedBy) => rowsAt(store, asTold(receivedBy))))
    const before = await facts(store)
    const rows = await atCuts()
    const clean = {
      ...nothingOtherwise,
      lackingEvents: 0,
      lackingLetters: 0,
      left: 0,
      passedOver: 0,
    }
    expect(await replay(store, log.toReplay(), { dryRun: true })).toMatchObject({
      ...clean,
      onlyStored: 0,
      inFlight: 0,
    })

    for (const lost of await lastEvents(store, 2))
      await mutated(store, 'case_events', `DELETE WHERE ${identity} = '${lost}'`)
    const spoiltEvents = new Set((await facts(store)).events.map((event) => JSON.stringify(event)))
    const missing = before.events.filter((event) => !spoiltEvents.has(JSON.stringify(event)))
    expect(missing.length).toBeGreaterThan(1)
    await mutated(
      store,
      'dead_letters',
      'DELETE WHERE position = (SELECT max(position) FROM dead_letters)',
    )
    const [changed, deleted] = await store.query<{ matter_id: string }>(
      'SELECT matter_id FROM matters FINAL WHERE present AND NOT voided ORDER BY matter_id LIMIT 2',
    )
    await mutated(store, 'matters', `UPDATE org = 'XX' WHERE matter_id = '${changed?.matter_id}'`)
    await mutated(store, 'matters', `DELETE WHERE matter_id = '${deleted?.matter_id}'`)
    const spoilt = await facts(store)
    const spoiltRows = await atCuts()
    expect((await gaps(store, log)).map(({ kind }) => kind).sort()).toEqual(
      expect.arrayContaining(['events', 'letters']),
    )

    // the log has lost its beginning
    const shorter = log.toReplay({ begin: 50 })
    const found = await replay(store, shorter, { dryRun: true })
    expect(found).toMatchObject({
      from: 'kafka',
      dryRun: true,
      lackingEvents: missing.length,
      lackingLetters: 1,
      left: 0,
      passedOver: 0,
      mattersOnlyLive: 0,
      mattersOnlyNew: 1,
      mattersDiffer: 1,
      columns: [{ table: 'matters', column: 'org', differ: 1 }],
      samples: [
        { table: 'matters', difference: 'onlyNew', matter: deleted?.matter_id },
        { table: 'matters', difference: 'differ', matter: changed?.matter_id },
      ],
      lacking: namesOf(missing),
    })
    expect(found.onlyStored).toBeGreaterThan(0)
    // a dry run leaves everything as it was, and nothing beside
    expect(await facts(store)).toEqual(spoilt)
    expect(await atCuts()).toEqual(spoiltRows)
    expect(await beside(store)).toEqual([])

    expect(await replay(store, shorter)).toEqual({ ...found, dryRun: false })
    expect(await facts(store)).toEqual(before)
    expect(await atCuts()).toEqual(rows)
    expect(await gaps(store, log)).toEqual([])
    expect(await replay(store, log.toReplay())).toMatchObject(clean)
    expect(await beside(store)).toEqual([])
  })

  it('leaves to consumers at work what they come to, and does not bring in beside them what nobody had', async () => {
    const { store, log, nextAt } = await filled('replay-busy', 7)
    const [kept = '', traceless = ''] = await lastEvents(store, 2)
    for (const lost of [kept, traceless])
      await mutated(store, 'case_events', `DELETE WHERE ${identity} = '${lost}'`)
    await mutated(store, 'log_positions', `DELETE WHERE hex(identity) = '${traceless}'`)
    const unread = messages(8, nextAt)
    const committed = (await log.toReplay().offsets()).map(({ end }) => end)
    log.append(unread)
    const told = await watermarkIn(store)()
    const busy = { ...log.toReplay({ busy: true }) }
    const found = await replay(store, {
      ...busy,
      offsets: async () =>
        (await busy.offsets()).map((one) => ({ ...one, committed: committed[one.partition] ?? 0 })),
    })
    expect(found.left).toBe(unread.length)
    expect(found.passedOver).toBeGreaterThan(0)
    const stored = async (wanted: string) =>
      store.query<{ received: number }>(
        `SELECT toUnixTimestamp64Milli(received_at) AS received FROM case_events WHERE ${identity} = '${wanted}'`,
      )
    expect((await stored(kept)).every(({ received }) => received <= told)).toBe(true)
    expect(await stored(kept)).not.toEqual([])
    expect(await stored(traceless)).toEqual([])
    expect(await watermarkIn(store)()).toBe(told)

    // nobody is at work: the whole log is stored, and what no figure had is received behind them
    const then = await rowsAt(store, asTold(told))
    expect(await replay(store, log.toReplay())).toMatchObject({ left: 0, passedOver: 0 })
    expect(await stored(traceless)).not.toEqual([])
    expect((await stored(traceless)).every(({ received }) => received > told)).toBe(true)
    expect(await rowsAt(store, asTold(told))).toEqual(then)
    expect(await gaps(store, log)).toEqual([])
    const now = await watermarkIn(store)()
    expect(now).toBeGreaterThan(told)
    expect(await rowsAt(store, asTold(now))).toEqual(await rowsAt(store))
  })

  it('fills a new store with all that the log holds', async () => {
    const { store: first, log } = await filled('replay-first', 9, 10)
    const stored = await facts(first)
    const rows = await rowsAt(first)
    await first.close()
    const store = await scratchStore('replay-new')
    expect(await replay(store, log.toReplay(), { dryRun: true })).toMatchObject({ onlyStored: 0 })
    expect((await facts(store)).events).toEqual([])
    expect((await readProgress(store)).log).toBeUndefined()
    const found = await replay(store, log.toReplay())
    expect(await facts(store)).toEqual(stored)
    expect(await rowsAt(store)).toEqual(rows)
    expect(found.lackingEvents).toBe(stored.events.length)
    expect(await gaps(store, log)).toEqual([])
    expect((await readProgress(store)).log).toEqual({ topic: 'events', partitions: PARTITIONS })
    const told = await watermarkIn(store)()
    expect(await rowsAt(store, asTold(told))).toEqual(await rowsAt(store))
  })

  it('gives a store that was filled otherwise what the log has beside, behind all that was told', async () => {
    const { store: fed, log } = await filled('replay-other', 11)
    await fed.close()
    const store = await scratchStore('replay-otherwise')
    const events = drawnDelivery(12).flat()
    const pulse = await openPulse({
      store: { ...store, close: async () => undefined },
      timezone: TIMEZONE,
    })
    await pulse.log.publish(events)
    await pulse.close()
    const told = Date.now()
    expect(await rowsAt(store)).toEqual(expectedRows(events))
    const then = await rowsAt(store, asTold(told))
    await replay(store, log.toReplay())
    expect(await rowsAt(store, asTold(told))).toEqual(then)
    expect((await rowsAt(store)).matters.length).toBeGreaterThan(then.matters.length)
  })

  it('refuses a store that another topic feeds, and one that cannot be read leaves nothing behind', async () => {
    const { store, log } = await filled('replay-refused', 13)
    const before = await facts(store)
    await expect(replay(store, { ...log.toReplay(), topic: 'others' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/topic events, .* mean others.* KAFKA_TOPIC_PREFIX/),
    })
    const whole = log.toReplay()
    await expect(
      replay(store, {
        ...whole,
        read: async function* (offsets) {
          for await (const batch of whole.read(offsets)) {
            yield batch
            throw new Error('the brokers went away')
          }
        },
      }),
    ).rejects.toThrow('went away')
    expect(await facts(store)).toEqual(before)
    expect(await beside(store)).toEqual([])
  })
})
