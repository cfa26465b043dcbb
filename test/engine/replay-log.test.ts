import { describe, expect, it } from 'vitest'
import { watermarkOfFedStore } from '../../cli/access/fed-store.ts'
import { openPulse } from '../../consumers/open.ts'
import type { EventName } from '../../consumers/replay/report.ts'
import { readProgress } from '../../schemas/log/progress.ts'
import { drawnDelivery, expectedRows, rowsAt } from '../support/folded-log.ts'
import { scratchStore, TIMEZONE } from '../support/log-consumer.ts'
import { nothingOtherwise } from '../support/refold-report.ts'
import { gapsOf, messages, PARTITIONS, replayLog, takeLog } from '../support/replayed-log.ts'
import {
  identitySql,
  lastEvents,
  loseEvent,
  mutated,
  type StoredEvent,
  storedFacts,
  tablesBeside,
} from '../support/stored-facts.ts'

/** Each name once: an event may have several contents. */
const namesOf = (events: readonly StoredEvent[]): readonly EventName[] => [
  ...new Map(
    events.map(({ subject, source, id }) => [
      `${subject} ${source} ${id}`,
      { subject, source, id },
    ]),
  ).values(),
]

const filled = async (name: string, ...seeds: readonly number[]) => {
  const store = await scratchStore(name)
  return { store, ...(await takeLog(store, seeds)) }
}

const asTold = (receivedBy: number) => ({ asOf: Date.UTC(2200, 0, 1), receivedBy })

describe('a replay of the log', () => {
  it('brings back what the store lost, keeps what the log lost, and leaves every figure as it was told', async () => {
    const { store, log } = await filled('replay-lost', 5, 6)
    const told = await watermarkOfFedStore(store)()
    const atCuts = () =>
      Promise.all([told - 10_000, told].map((receivedBy) => rowsAt(store, asTold(receivedBy))))
    const before = await storedFacts(store)
    const rows = await atCuts()
    const clean = {
      ...nothingOtherwise,
      lackingEvents: 0,
      lackingLetters: 0,
      left: 0,
      passedOver: 0,
    }
    expect(await replayLog(store, log.toReplay(), { dryRun: true })).toMatchObject({
      ...clean,
      onlyStored: 0,
      inFlight: 0,
    })

    for (const lost of await lastEvents(store, 2)) await loseEvent(store, lost)
    const spoiltEvents = new Set(
      (await storedFacts(store)).events.map((event) => JSON.stringify(event)),
    )
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
    const spoilt = await storedFacts(store)
    const spoiltRows = await atCuts()
    expect((await gapsOf(store, log)).map(({ kind }) => kind).sort()).toEqual(
      expect.arrayContaining(['events', 'letters']),
    )

    // the log has lost its beginning
    const shorter = log.toReplay({ begin: 50 })
    const found = await replayLog(store, shorter, { dryRun: true })
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
    expect(await storedFacts(store)).toEqual(spoilt)
    expect(await atCuts()).toEqual(spoiltRows)
    expect(await tablesBeside(store)).toEqual([])

    expect(await replayLog(store, shorter)).toEqual({ ...found, dryRun: false })
    expect(await storedFacts(store)).toEqual(before)
    expect(await atCuts()).toEqual(rows)
    expect(await gapsOf(store, log)).toEqual([])
    expect(await replayLog(store, log.toReplay())).toMatchObject(clean)
    expect(await tablesBeside(store)).toEqual([])
  })

  it('leaves to consumers at work what they come to, and does not bring in beside them what nobody had', async () => {
    const { store, log, nextAt } = await filled('replay-busy', 7)
    const [kept = '', traceless = ''] = await lastEvents(store, 2)
    for (const lost of [kept, traceless]) await loseEvent(store, lost)
    await mutated(store, 'log_positions', `DELETE WHERE hex(identity) = '${traceless}'`)
    const unread = messages(8, nextAt)
    const committed = (await log.toReplay().offsets()).map(({ end }) => end)
    log.append(unread)
    const told = await watermarkOfFedStore(store)()
    const busy = { ...log.toReplay({ busy: true }) }
    const found = await replayLog(store, {
      ...busy,
      offsets: async () =>
        (await busy.offsets()).map((one) => ({ ...one, committed: committed[one.partition] ?? 0 })),
    })
    expect(found.left).toBe(unread.length)
    expect(found.passedOver).toBeGreaterThan(0)
    const stored = async (wanted: string) =>
      store.query<{ received: number }>(
        `SELECT toUnixTimestamp64Milli(received_at) AS received FROM case_events WHERE ${identitySql} = '${wanted}'`,
      )
    expect((await stored(kept)).every(({ received }) => received <= told)).toBe(true)
    expect(await stored(kept)).not.toEqual([])
    expect(await stored(traceless)).toEqual([])
    expect(await watermarkOfFedStore(store)()).toBe(told)

    // nobody is at work: the whole log is stored, and what no figure had is received behind them
    const then = await rowsAt(store, asTold(told))
    expect(await replayLog(store, log.toReplay())).toMatchObject({ left: 0, passedOver: 0 })
    expect(await stored(traceless)).not.toEqual([])
    expect((await stored(traceless)).every(({ received }) => received > told)).toBe(true)
    expect(await rowsAt(store, asTold(told))).toEqual(then)
    expect(await gapsOf(store, log)).toEqual([])
    const now = await watermarkOfFedStore(store)()
    expect(now).toBeGreaterThan(told)
    expect(await rowsAt(store, asTold(now))).toEqual(await rowsAt(store))
  })

  it('fills a new store with all that the log holds', async () => {
    const { store: first, log } = await filled('replay-first', 9, 10)
    const stored = await storedFacts(first)
    const rows = await rowsAt(first)
    await first.close()
    const store = await scratchStore('replay-new')
    expect(await replayLog(store, log.toReplay(), { dryRun: true })).toMatchObject({
      onlyStored: 0,
    })
    expect((await storedFacts(store)).events).toEqual([])
    expect((await readProgress(store)).log).toBeUndefined()
    const found = await replayLog(store, log.toReplay())
    expect(await storedFacts(store)).toEqual(stored)
    expect(await rowsAt(store)).toEqual(rows)
    expect(found.lackingEvents).toBe(stored.events.length)
    expect(await gapsOf(store, log)).toEqual([])
    expect((await readProgress(store)).log).toEqual({ topic: 'events', partitions: PARTITIONS })
    const told = await watermarkOfFedStore(store)()
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
    await replayLog(store, log.toReplay())
    expect(await rowsAt(store, asTold(told))).toEqual(then)
    expect((await rowsAt(store)).matters.length).toBeGreaterThan(then.matters.length)
  })

  it('refuses a store that another topic feeds, and one that cannot be read leaves nothing behind', async () => {
    const { store, log } = await filled('replay-refused', 13)
    const before = await storedFacts(store)
    await expect(replayLog(store, { ...log.toReplay(), topic: 'others' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/topic events, .* mean others.* KAFKA_TOPIC_PREFIX/),
    })
    const whole = log.toReplay()
    await expect(
      replayLog(store, {
        ...whole,
        read: async function* (offsets, signal) {
          for await (const batch of whole.read(offsets, signal)) {
            yield batch
            throw new Error('the brokers went away')
          }
        },
      }),
    ).rejects.toThrow('went away')
    expect(await storedFacts(store)).toEqual(before)
    expect(await tablesBeside(store)).toEqual([])
  })
})
