import type { Store } from '../../schemas/store/port.ts'
import { parkDeadLetters } from '../dead-letters/park.ts'
import { eventRowColumns } from '../sink/event-rows.ts'
import { storeMergeEdges } from '../sink/merge-edges.ts'
import { positionColumns } from './position-rows.ts'
import type { ReadBatch } from './read-batch.ts'
import type { OnStep } from './steps.ts'

/**
 * Stores everything of a batch, each table in one insert: dead letters and merge edges first, since a
 * fold that sees an event must find who it is merged with; positions last, so that none is ever said
 * to be stored that is not. Resolves when all is; a failure may have stored some of it, and doing it
 * again changes nothing.
 */
export const storeBatch = async (
  store: Store,
  batch: ReadBatch,
  { now, onStep }: { readonly now: number; readonly onStep: OnStep },
): Promise<void> => {
  await parkDeadLetters(store, batch.letters, now)
  await storeMergeEdges(store, batch.merges)
  const inserting =
    batch.events > 0
      ? store.insert('case_events', eventRowColumns, batch.eventRows)
      : Promise.resolve()
  await Promise.all([inserting, onStep('inserting')])
  if (batch.positions > 0) await store.insert('log_positions', positionColumns, batch.positionRows)
}
