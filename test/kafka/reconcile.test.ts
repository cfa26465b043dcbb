import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reconcileOf } from '../../cli/access/reconcile.ts'
import type { Reconciliation } from '../../consumers/reconcile/report.ts'
import { readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { deliveryPlan } from '../reference/delivery-plans.ts'
import { receivedEvents } from '../reference/histories.ts'
import { historyBatch } from '../reference/history-batches.ts'
import {
  kafkaSettings,
  makeTopic,
  send,
  sharedBrokers,
  uniqueName,
  withAdmin,
} from '../support/kafka.ts'
import { consuming, scratchStore, TIMEZONE } from '../support/log-consumer.ts'

const PARTITIONS = 3

/** Hostile histories in a drawn delivery, with messages that are no events. */
const delivered = (seed: number, count: number) => {
  const [batch] = fc.sample(historyBatch({ timezone: TIMEZONE, prefix: `s${seed}-`, count }), {
    numRuns: 1,
    seed,
  })
  const events = receivedEvents(batch?.sent ?? [])
  const [plan] = fc.sample(deliveryPlan(events.length), { numRuns: 1, seed })
  return (plan ?? []).map((part, n) => [
    ...part.flatMap((index) => {
      const event = events[index]
      return event === undefined ? [] : [{ key: event.subject, value: event.canonical }]
    }),
    { key: `broken-${n}`, value: `no event ${n}` },
  ])
}

/** A topic under a prefix of its own, a group, a store, and the reconciliation of the three. */
const opened = async (name: string) => {
  const kafka = kafkaSettings({ topicPrefix: `${uniqueName(name)}.`, groupId: uniqueName('group') })
  const topic = `${kafka.topicPrefix}petition.case-events`
  await makeTopic(sharedBrokers(), {
    topic,
    numPartitions: PARTITIONS,
    configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
  })
  const store: Store = await scratchStore(name)
  const watermark = async () => watermarkOf(await readProgress(store)) ?? 0
  const reconcile = reconcileOf(store, { kafka }, watermark)
  return {
    topic,
    groupId: kafka.groupId,
    store,
    look: (): Promise<Reconciliation> => reconcile(() => undefined),
    /** As an operator does while the group is stopped. */
    moveOffset: (partition: number, offset: number) =>
      withAdmin(sharedBrokers(), (admin) =>
        admin.setOffsets({
          groupId: kafka.groupId,
          topic,
          partitions: [{ partition, offset: String(offset) }],
        }),
      ),
  }
}

describe('reconciling with a broker', () => {
  it('is clean while the consumer runs, names what is gone, and is mended by reading again', async () => {
    const { topic, groupId, store, look, moveOffset } = await opened('reconcile')
    const parts = delivered(1, 40)
    const consumer = await consuming(store, { topic, groupId })
    let sending = true
    const seen: Reconciliation[] = []
    const watching = (async () => {
      while (sending) {
        seen.push(await look())
        await sleep(50)
      }
    })()
    for (const part of parts) await send(sharedBrokers(), topic, part)
    await consumer.settled()
    sending = false
    await watching
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.flatMap(({ gaps }) => gaps)).toEqual([])
    await consumer.stop()

    const clean = await look()
    expect(clean).toMatchObject({ clean: true, notes: [], gaps: [] })
    const total = parts.flat().length
    expect(Object.values(clean.outcomes ?? {}).reduce((sum, n) => sum + n, 0)).toBe(total)
    expect(clean.outcomes?.deadLetter).toBe(parts.length)
    expect(clean.partitions.map(({ lag, committed, end }) => [lag, committed === end])).toEqual(
      Array.from({ length: PARTITIONS }, () => [0, true]),
    )

    // one raw row: named by position and by the event that the log still has there
    const [raw] = await store.query<{ subject: string; id: string; hash: string }>(
      'SELECT subject, id, hex(content_hash) AS hash FROM case_events ORDER BY subject, id LIMIT 1 OFFSET 11',
    )
    await store.command(
      `ALTER TABLE case_events DELETE WHERE hex(content_hash) = '${raw?.hash}' SETTINGS mutations_sync = 2`,
    )
    const withoutRaw = await look()
    const named = withoutRaw.gaps.flatMap(({ positions }) => positions ?? [])
    expect(named.length).toBeGreaterThan(0)
    for (const one of named) expect(one).toMatchObject({ subject: raw?.subject, id: raw?.id })
    // the group is set back, and the row comes again
    for (let partition = 0; partition < PARTITIONS; partition++) await moveOffset(partition, 0)
    const back = await look()
    expect(back.notes).toHaveLength(PARTITIONS)
    const again = await consuming(store, { topic, groupId })
    await again.settled()
    await again.stop()
    expect(await look()).toMatchObject({ clean: true, notes: [], outcomes: clean.outcomes })
  }, 300_000)

  it('names an offset moved past messages that nobody stored, and lag is none', async () => {
    const { topic, groupId, store, look, moveOffset } = await opened('moved')
    const [first = [], second = []] = delivered(2, 12)
    await send(sharedBrokers(), topic, first)
    const consumer = await consuming(store, { topic, groupId })
    await consumer.settled()
    await consumer.stop()
    await send(sharedBrokers(), topic, second)
    const lagging = await look()
    expect(lagging).toMatchObject({ clean: true, gaps: [] })
    const [behind] = lagging.partitions.filter(({ lag = 0 }) => lag > 0)
    const { committed = 0, end = 0, origin = '' } = behind ?? {}
    expect(end).toBeGreaterThan(committed)
    await moveOffset(Number(origin.split('/').at(-1)), end)
    const moved = await look()
    expect(moved.gaps).toMatchObject([
      { kind: 'offsets', origin, from: committed, to: end - 1, found: end - committed },
    ])
    await moveOffset(Number(origin.split('/').at(-1)), committed)
    const mended = await consuming(store, { topic, groupId })
    await mended.settled()
    await mended.stop()
    expect(await look()).toMatchObject({ clean: true, gaps: [] })
  })

  it('takes what retention deletes after it was stored for no loss, and what it deletes before for one', async () => {
    const { topic, groupId, store, look, moveOffset } = await opened('retention')
    const [first = [], second = []] = delivered(3, 12)
    await send(sharedBrokers(), topic, first)
    const consumer = await consuming(store, { topic, groupId })
    await consumer.settled()
    await consumer.stop()
    const [busiest] = (await look()).partitions.toSorted((a, b) => b.stored - a.stored)
    const { origin = '', stored = 0 } = busiest ?? {}
    const partition = Number(origin.split('/').at(-1))
    const deleteBefore = (offset: number) =>
      withAdmin(sharedBrokers(), async (admin) => {
        // the client deletes only of a topic it has asked about
        await admin.fetchTopicOffsets(topic)
        await admin.deleteTopicRecords({
          topic,
          partitions: [{ partition, offset: String(offset) }],
        })
      })
    const theirs = async () => {
      const { gaps, notes, partitions } = await look()
      return { gaps, notes, ...partitions.find((one) => one.origin === origin) }
    }

    await deleteBefore(Math.floor(stored / 2))
    expect(await theirs()).toMatchObject({ gaps: [], notes: [], begin: Math.floor(stored / 2) })
    await withAdmin(sharedBrokers(), (admin) => admin.deleteGroups([groupId]))
    expect(await theirs()).toMatchObject({
      gaps: [],
      notes: [expect.stringContaining('KAFKA_GROUP_ID')],
    })

    await send(sharedBrokers(), topic, second)
    const { end = 0 } = await theirs()
    expect(end).toBeGreaterThan(stored)
    await deleteBefore(end)
    const lost = { origin, from: stored, to: end - 1 }
    expect((await theirs()).gaps).toMatchObject([lost])
    await moveOffset(partition, end + 100)
    expect((await theirs()).gaps).toMatchObject([lost, { origin, from: end, to: end + 99 }])
  })

  it('says that there is no such topic, or no broker', async () => {
    const store = await scratchStore('nowhere')
    const look = (given: object) =>
      reconcileOf(store, { kafka: kafkaSettings(given) }, async () => 0)(() => undefined)
    await expect(look({ topicPrefix: `${uniqueName('none')}.` })).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      message: expect.stringContaining('KAFKA_TOPIC_PREFIX'),
    })
  })
})
