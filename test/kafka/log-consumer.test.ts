import { describe, expect, it } from 'vitest'
import { readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import {
  drawnDelivery,
  everything,
  expectedRows,
  messageOf,
  rowsAt,
} from '../support/folded-log.ts'
import { send, sharedBrokers, uniqueName, withAdmin } from '../support/kafka.ts'
import { consuming, eventsOf, eventsTopic, scratchStore } from '../support/log-consumer.ts'

describe('the consumer of the log', () => {
  it('folds what the log holds as a clean load would, at any receipt, whatever is delivered again', async () => {
    const topic = await eventsTopic('histories')
    const groupId = uniqueName('group')
    const store = await scratchStore('histories')
    const [first = [], ...rest] = drawnDelivery(1)
    await send(sharedBrokers(), topic, first.map(messageOf))
    const consumer = await consuming(store, { topic, groupId })
    for (const part of rest) await send(sharedBrokers(), topic, part.map(messageOf))
    await consumer.settled()
    const events = await eventsOf(topic)
    expect(await rowsAt(store)).toEqual(expectedRows(events))
    const stamps = events.map(({ receivedTime }) => receivedTime).sort((a, b) => a - b)
    for (const share of [0.3, 0.7]) {
      const cut = { ...everything, receivedBy: stamps[Math.floor(stamps.length * share)] ?? 0 }
      expect(await rowsAt(store, cut)).toEqual(expectedRows(events, cut))
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
    expect(await rowsAt(store)).toEqual(expectedRows(events))
    expect(
      await store.query(
        'SELECT origin, position, received_at FROM log_positions FINAL ORDER BY ALL',
      ),
    ).toEqual(before)
    expect(watermarkOf(await readProgress(store))).toBeGreaterThan(stamps.at(-1) ?? 0)
    expect([consumer.fatal, again.fatal]).toEqual([[], []])
  })
})
