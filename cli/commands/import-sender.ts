import { type Counting, MAX_BATCH_EVENTS } from '../../producers/append/take-lines.ts'
import type { CaseEvent } from '../../schemas/events/event.ts'
import type { Published } from '../access/access.ts'

export type Publish = (events: readonly CaseEvent[]) => Promise<Published>

/**
 * Gathers the events of an import into batches of a size worth storing, and sends one while the next
 * is read, and no more than that. `sum` is complete after `end`.
 */
export const sender = (publish: Publish) => {
  const sum: Counting = { published: 0, duplicates: 0, conflicts: 0 }
  let underWay: Promise<void> = Promise.resolve()
  let batch: CaseEvent[] = []
  const flush = async (): Promise<void> => {
    await underWay
    const events = batch
    batch = []
    if (events.length === 0) return
    underWay = publish(events).then((counts) => {
      sum.published += counts.published
      sum.duplicates += counts.duplicates
      sum.conflicts += counts.conflicts
      if (counts.outcomesUnknown === true) sum.outcomesUnknown = true
    })
    underWay.catch(() => undefined) // heard at the next flush
  }
  return {
    sum,
    /** The events of a batch stay together: a row is stored whole or not at all. */
    send: async (events: readonly CaseEvent[]): Promise<void> => {
      if (batch.length + events.length > MAX_BATCH_EVENTS) await flush()
      for (let from = 0; from < events.length; from += MAX_BATCH_EVENTS) {
        for (const event of events.slice(from, from + MAX_BATCH_EVENTS)) batch.push(event)
        if (batch.length >= MAX_BATCH_EVENTS) await flush()
      }
    },
    end: async (): Promise<void> => {
      await flush()
      await underWay
    },
  }
}
