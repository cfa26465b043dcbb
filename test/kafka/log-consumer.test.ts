import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relationsAt } from '../../schemas/fold/source.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { deliveryPlan } from '../reference/delivery-plans.ts'
import { referenceFold } from '../reference/fold.ts'
import { receivedEvents } from '../reference/histories.ts'
import { historyBatch } from '../reference/history-batches.ts'
import { matterRows, petitionRows } from '../support/folded-rows.ts'
import { send, sharedBrokers, uniqueName, withAdmin } from '../support/kafka.ts'
import {
  consuming,
  eventsOf,
  eventsTopic,
  scratchStore,
  TIMEZONE,
} from '../support/log-consumer.ts'

const everything = { asOf: Date.UTC(2299, 0, 1), receivedBy: Date.UTC(2299, 0, 1) }

const rowsAt = async (store: Store, cut = everything) => {
  const { matters, petitions } = await relationsAt(store, cut, TIMEZONE)
  return {
    matters: await matterRows(store, `(SELECT * FROM ${matters} WHERE present)`),
    petitions: await petitionRows(store, `(SELECT * FROM ${petitions} WHERE present)`),
  }
}

const expected = (events: readonly ReceivedEvent[], cut = everything) => {
  const folded = referenceFold(events, { timezone: TIMEZONE, ...cut })
  return {
    matters: folded.matters.filter(({ present }) => present),
    petitions: folded.petitions.filter(({ present }) => present),
  }
}

const message = ({ subject, canonical }: ReceivedEvent) => ({ key: subject, value: canonical })

/** Hostile histories in a drawn delivery: events in any order, some again. */
const delivered = (seed: number, count = 40): ReceivedEvent[][] => {
  const [batch] = fc.sample(historyBatch({ timezone: TIMEZONE, prefix: `s${seed}-`, count }), {
    numRuns: 1,
    seed,
  })
  const events = receivedEvents(batch?.sent ?? [])
  const [plan] = fc.sample(deliveryPlan(events.length), { numRuns: 1, seed })
  return (plan ?? []).map((part) => part.flatMap((index) => events[index] ?? []))
}

describe('the consumer of the log', () => {
  it('folds what the log holds as a clean load would, at any receipt, whatever is delivered again', async () => {
    const topic = await eventsTopic('histories')
    const groupId = uniqueName('group')
    const store = await scratchStore('histories')
    const [first = [], ...rest] = delivered(1)
    await send(sharedBrokers(), topic, first.map(message))
    const consumer = await consuming(store, { topic, groupId })
    for (const part of rest) await send(sharedBrokers(), topic, part.map(message))
    await consumer.settled()
    const events = await eventsOf(topic)
    expect(await rowsAt(store)).toEqual(expected(events))
    const stamps = events.map(({ receivedTime }) => receivedTime).sort((a, b) => a - b)
    for (const share of [0.3, 0.7]) {
      const cut = { ...everything, receivedBy: stamps[Math.floor(stamps.length * share)] ?? 0 }
      expect(await rowsAt(store, cut)).toEqual(expected(events, cut))
    }
    await consumer.stop()
    // the group is set back to the beginning: everything is delivered once more
    const before = await store.query(
      'SELECT origin, position, received_at FROM log_positions FINAL ORDER BY ALL',
    )
    await withAdmin(sharedBrokers(), (admin) =>
      admin.resetOffsets({ groupId, topic, earliest: true }),
    )
    const again = await consuming(store, { topic, groupId })
    await again.settled()
    expect(await rowsAt(store)).toEqual(expected(events))
    expect(
      await store.query(
        'SELECT origin, position, received_at FROM log_positions FINAL ORDER BY ALL',
      ),
    ).toEqual(before)
    expect(watermarkOf(await readProgress(store))).toBeGreaterThan(stamps.at(-1) ?? 0)
    expect([consumer.fatal, again.fatal]).toEqual([[], []])
  })
})
