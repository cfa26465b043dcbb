import { describe, expect, it } from 'vitest'
import { watermarkOfFedStore } from '../../cli/access/fed-store.ts'
import { reconcileOf } from '../../cli/access/reconcile.ts'
import { replayOf } from '../../cli/access/replay.ts'
import { readTopic } from '../../consumers/log/topic-reader.ts'
import { rebuild } from '../../consumers/projector/rebuild.ts'
import type { RefoldAsked, RefoldHearing } from '../../consumers/replay/replay.ts'
import type { RefoldReport } from '../../consumers/replay/report.ts'
import { openKafka } from '../../schemas/log/kafka/connection.ts'
import type { KafkaSettings } from '../../schemas/settings/kafka-settings.ts'
import type { Store } from '../../schemas/store/port.ts'
import { drawnDelivery, expectedRows, messageOf, rowsAt } from '../support/folded-log.ts'
import {
  kafkaSettings,
  makeTopic,
  send,
  sharedBrokers,
  uniqueName,
  withAdmin,
} from '../support/kafka.ts'
import { consuming, eventsOf, scratchStore, TIMEZONE } from '../support/log-consumer.ts'
import { nothingOtherwise } from '../support/refold-report.ts'
import {
  identitySql,
  loseEvent,
  mutated,
  storedFacts,
  tablesBeside,
} from '../support/stored-facts.ts'

const PARTITIONS = 3

/** A topic under a prefix of its own, and a group. */
const opened = async (name: string) => {
  const kafka = kafkaSettings({ topicPrefix: `${uniqueName(name)}.`, groupId: uniqueName('group') })
  const topic = `${kafka.topicPrefix}petition.case-events`
  await makeTopic(sharedBrokers(), {
    topic,
    numPartitions: PARTITIONS,
    configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
  })
  return { kafka, topic, groupId: kafka.groupId }
}

const sendDelivery = async (topic: string, seed: number): Promise<void> => {
  for (const part of drawnDelivery(seed))
    await send(sharedBrokers(), topic, [
      ...part.map(messageOf),
      { key: `broken-${seed}`, value: 'no event' },
    ])
}

const replay = async (
  store: Store,
  kafka: KafkaSettings | undefined,
  asked: Partial<RefoldAsked> = {},
  hearing: Partial<RefoldHearing> = {},
): Promise<RefoldReport> => {
  const run = replayOf(
    { ...(kafka === undefined ? {} : { kafka }) },
    {
      store,
      rebuild: (options) => rebuild(store, { ...options, timezone: TIMEZONE }),
      watermark: watermarkOfFedStore(store),
    },
  )
  return run(
    { from: 'kafka', dryRun: false, ...asked },
    { progress: () => undefined, report: () => undefined, ...hearing },
  )
}

const reconciled = (store: Store, kafka: KafkaSettings) =>
  reconcileOf(store, { kafka }, watermarkOfFedStore(store))(() => undefined)

describe('a replay from Kafka', () => {
  it('brings back what the store lost, keeps what the log lost, and leaves every figure as it was told', async () => {
    const { kafka, topic, groupId } = await opened('replay-lost')
    const store = await scratchStore('replay-lost')
    const consumer = await consuming(store, { topic, groupId })
    await sendDelivery(topic, 5)
    await consumer.settled()
    const between = await watermarkOfFedStore(store)()
    await sendDelivery(topic, 6)
    await consumer.settled()
    await consumer.stop()
    const told = await watermarkOfFedStore(store)()
    const cuts = [between, told].map((receivedBy) => ({ asOf: Date.UTC(2200, 0, 1), receivedBy }))
    const rowsAtCuts = () => Promise.all(cuts.map((cut) => rowsAt(store, cut)))
    const before = await storedFacts(store)
    const rows = await rowsAtCuts()
    expect(await replay(store, kafka, { dryRun: true })).toMatchObject({
      from: 'kafka',
      ...nothingOtherwise,
      lackingEvents: 0,
      lackingLetters: 0,
      onlyStored: 0,
      left: 0,
      passedOver: 0,
    })

    // the log has lost the beginning of every partition
    const kept = await withAdmin(sharedBrokers(), async (admin) => {
      const offsets = await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({
        topic,
        partitions: offsets.map(({ partition, high }) => ({
          partition,
          offset: String(Math.floor(Number(high) / 3)),
        })),
      })
      return offsets.reduce((sum, { high }) => sum + Number(high) - Math.floor(Number(high) / 3), 0)
    })
    // the store has lost events and a letter that the log still has, and two folded rows went wrong
    const [lost, lostLetter] = await Promise.all(
      (['event', 'dead'] as const).map((kind) =>
        store.query<{ origin: string; position: number; identity: string }>(
          `SELECT toString(origin) AS origin, position, hex(identity) AS identity FROM log_positions FINAL
           WHERE kind = '${kind}' ORDER BY position DESC, origin LIMIT 2`,
        ),
      ),
    )
    for (const { identity } of lost ?? []) await loseEvent(store, identity)
    const missing = before.events.length - (await storedFacts(store)).events.length
    expect(missing).toBeGreaterThan(0)
    await mutated(
      store,
      'dead_letters',
      `DELETE WHERE origin = '${lostLetter?.[0]?.origin}' AND position = ${lostLetter?.[0]?.position}`,
    )
    const [changed, deleted] = await store.query<{ matter_id: string }>(
      'SELECT matter_id FROM matters FINAL WHERE present AND NOT voided ORDER BY matter_id LIMIT 2',
    )
    await mutated(store, 'matters', `UPDATE org = 'XX' WHERE matter_id = '${changed?.matter_id}'`)
    await mutated(store, 'matters', `DELETE WHERE matter_id = '${deleted?.matter_id}'`)
    const spoilt = await storedFacts(store)
    const spoiltRows = await rowsAtCuts()
    expect(await reconciled(store, kafka)).toMatchObject({ clean: false })

    const found = await replay(store, kafka, { dryRun: true })
    expect(found).toMatchObject({
      dryRun: true,
      read: kept,
      lackingEvents: missing,
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
    })
    expect(found.onlyStored).toBeGreaterThan(0)
    const gone = new Set(spoilt.events.map((event) => JSON.stringify(event)))
    const absent = (before.events as { subject: string }[]).filter(
      (event) => !gone.has(JSON.stringify(event)),
    )
    expect(new Set(found.lacking?.map(({ subject }) => subject))).toEqual(
      new Set(absent.map(({ subject }) => subject)),
    )
    // a dry run leaves everything as it was, and nothing beside
    expect(await storedFacts(store)).toEqual(spoilt)
    expect(await rowsAtCuts()).toEqual(spoiltRows)
    expect(await tablesBeside(store)).toEqual([])

    expect(await replay(store, kafka)).toEqual({ ...found, dryRun: false })
    expect(await storedFacts(store)).toEqual(before)
    expect(await rowsAtCuts()).toEqual(rows)
    expect(await reconciled(store, kafka)).toMatchObject({ clean: true })
    expect(await replay(store, kafka)).toMatchObject({ ...nothingOtherwise, lackingEvents: 0 })
    expect(await tablesBeside(store)).toEqual([])
  }, 300_000)

  it('fills a new store with all the log holds, and a consumer goes on behind it', async () => {
    const { kafka, topic, groupId } = await opened('replay-new')
    const first = await scratchStore('replay-first')
    const consumer = await consuming(first, { topic, groupId })
    await sendDelivery(topic, 7)
    await consumer.settled()
    await consumer.stop()
    await first.close()
    // nobody has read these yet
    await sendDelivery(topic, 8)
    const store = await scratchStore('replay-new')
    expect(await replay(store, kafka, { dryRun: true })).toMatchObject({ left: 0, passedOver: 0 })
    expect((await storedFacts(store)).events).toEqual([])
    const found = await replay(store, kafka)
    const events = await eventsOf(topic)
    expect(await rowsAt(store)).toEqual(expectedRows(events))
    expect(await reconciled(store, kafka)).toMatchObject({ clean: true })
    expect(found).toMatchObject({ lackingEvents: (await storedFacts(store)).events.length })
    // figures count it at once: nobody need come first
    const told = await watermarkOfFedStore(store)()
    const seen = await rowsAt(store, { asOf: Date.UTC(2200, 0, 1), receivedBy: told })
    expect(seen).toEqual(await rowsAt(store))

    const before = await storedFacts(store)
    const next = await consuming(store, { topic, groupId })
    await next.settled()
    // what the group has not committed is delivered again, and was received when it was
    expect(await storedFacts(store)).toEqual(before)
    await sendDelivery(topic, 9)
    await next.settled()
    expect(await rowsAt(store)).toEqual(expectedRows(await eventsOf(topic)))
    expect(await rowsAt(store, { asOf: Date.UTC(2200, 0, 1), receivedBy: told })).toEqual(seen)
    expect(await reconciled(store, kafka)).toMatchObject({ clean: true })
  }, 300_000)

  it('beside a consumer at work loses nothing that arrives, and leaves to it what is its own', async () => {
    const { kafka, topic, groupId } = await opened('replay-busy')
    const store = await scratchStore('replay-busy')
    const consumer = await consuming(store, { topic, groupId })
    await sendDelivery(topic, 10)
    await consumer.settled()
    const before = await storedFacts(store)
    const [lost, traceless] = await store.query<{ identity: string; subject: string }>(
      `SELECT ${identitySql} AS identity, subject FROM case_events WHERE type_rank != 20 GROUP BY ALL ORDER BY identity LIMIT 2`,
    )
    for (const { identity } of [lost, traceless].flatMap((one) => one ?? []))
      await loseEvent(store, identity)
    await mutated(store, 'log_positions', `DELETE WHERE hex(identity) = '${traceless?.identity}'`)
    const gone = before.positions.length - (await storedFacts(store)).positions.length

    let sending = true
    let seed = 11
    const traffic = (async () => {
      for (; sending; seed++) await sendDelivery(topic, seed)
    })()
    const found = await replay(store, kafka)
    sending = false
    await traffic
    await consumer.settled()
    expect(seed).toBeGreaterThan(11)
    expect(found.lackingEvents).toBeGreaterThan(0)
    expect(found.lacking?.map(({ subject }) => subject)).toContain(lost?.subject)
    expect(found.passedOver).toBe(gone)
    await consumer.stop()
    // the consumer is away: what it went past is brought in, received behind all that was told
    const told = await watermarkOfFedStore(store)()
    expect(await replay(store, kafka)).toMatchObject({ passedOver: 0, left: 0 })
    const stored = await store.query<{ received: number }>(
      `SELECT toUnixTimestamp64Milli(received_at) AS received FROM case_events FINAL WHERE ${identitySql} = '${traceless?.identity}'`,
    )
    expect(stored.length).toBeGreaterThan(0)
    for (const { received } of stored) expect(received).toBeGreaterThan(told)
    const report = await reconciled(store, kafka)
    expect(report.gaps).toEqual([])
    // all events of the log are there, and what was known of them when makes no difference now
    const { matters } = await rowsAt(store)
    const expected = expectedRows(await eventsOf(topic))
    expect(matters.map(({ matterId }) => matterId)).toEqual(
      expected.matters.map(({ matterId }) => matterId),
    )
    expect(consumer.fatal).toEqual([])
  }, 300_000)

  it('that is given up while it reads ends there, also where nothing comes', async () => {
    const { kafka, topic } = await opened('replay-given-up')
    await sendDelivery(topic, 12)
    const store = await scratchStore('replay-given-up')
    const leaving = new AbortController()
    const { signal } = leaving
    const reason = new Error('nobody waits for it')
    const progress = () => leaving.abort(reason)
    await expect(replay(store, kafka, {}, { progress, signal })).rejects.toBe(reason)
    expect(await storedFacts(store)).toMatchObject({ events: [], positions: [] })
    expect(await tablesBeside(store)).toEqual([])

    const client = openKafka(kafka, { clientId: 'given-up' })
    const all = [{ partition: 0, begin: 0, end: Number.MAX_SAFE_INTEGER }]
    const waiting = readTopic(client, topic, all, AbortSignal.timeout(3_000))
    const reading = async () => {
      for await (const _ of waiting);
    }
    const begun = performance.now()
    await expect(reading()).rejects.toMatchObject({ name: 'TimeoutError' })
    // long before brokers that send nothing are given up
    expect(performance.now() - begun).toBeLessThan(60_000)
  }, 120_000)

  it('says what is wrong where it cannot begin', async () => {
    const { kafka, topic, groupId } = await opened('replay-wrong')
    const store = await scratchStore('replay-wrong')
    await expect(replay(store, undefined)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/KAFKA_BROKERS is not set .* --from kafka .* Set it to/),
    })
    const elsewhere = { ...kafka, topicPrefix: 'nowhere.' }
    await expect(replay(store, elsewhere)).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      message: expect.stringMatching(/no topic nowhere\.petition\.case-events/),
    })
    const consumer = await consuming(store, { topic, groupId })
    await consumer.stop()
    await expect(replay(store, elsewhere)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(topic),
    })
    expect(await tablesBeside(store)).toEqual([])
  }, 120_000)
})
