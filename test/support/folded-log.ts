import fc from 'fast-check'
import { relationsAt } from '../../schemas/fold/source.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import type { Store } from '../../schemas/store/port.ts'
import { deliveryPlan } from '../reference/delivery-plans.ts'
import { referenceFold } from '../reference/fold.ts'
import { receivedEvents } from '../reference/histories.ts'
import { historyBatch } from '../reference/history-batches.ts'
import { matterRows, petitionRows } from './folded-rows.ts'
import { TIMEZONE } from './log-consumer.ts'

/** A cut that leaves nothing out. */
export const everything = { asOf: Date.UTC(2299, 0, 1), receivedBy: Date.UTC(2299, 0, 1) }

/** What a store says, of all that is present. */
export const rowsAt = async (store: Store, cut = everything) => {
  const { matters, petitions } = await relationsAt(store, cut, TIMEZONE)
  return {
    matters: await matterRows(store, `(SELECT * FROM ${matters} WHERE present)`),
    petitions: await petitionRows(store, `(SELECT * FROM ${petitions} WHERE present)`),
  }
}

/** What the reference makes of the events. */
export const expectedRows = (events: readonly ReceivedEvent[], cut = everything) => {
  const folded = referenceFold(events, { timezone: TIMEZONE, ...cut })
  return {
    matters: folded.matters.filter(({ present }) => present),
    petitions: folded.petitions.filter(({ present }) => present),
  }
}

export const messageOf = ({ subject, canonical }: ReceivedEvent) => ({
  key: subject,
  value: canonical,
})

/** Hostile histories in a drawn delivery: events in any order, some again. */
export const drawnDelivery = (seed: number, count = 40): readonly ReceivedEvent[][] => {
  const [batch] = fc.sample(historyBatch({ timezone: TIMEZONE, prefix: `s${seed}-`, count }), {
    numRuns: 1,
    seed,
  })
  const events = receivedEvents(batch?.sent ?? [])
  const [plan] = fc.sample(deliveryPlan(events.length), { numRuns: 1, seed })
  return (plan ?? []).map((part) => part.flatMap((index) => events[index] ?? []))
}
