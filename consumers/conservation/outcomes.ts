import type { Store } from '../../schemas/store/port.ts'
import { closedUpTo } from './close-hours.ts'
import { countOutcomes } from './count-outcomes.ts'

/** How messages ended. */
export type Outcomes = {
  readonly new: number
  readonly duplicate: number
  readonly conflict: number
  readonly deadLetter: number
}

/**
 * How messages received up to a moment (epoch ms) ended: closed hours as they were summed, the rest
 * counted now. Exact where everything received up to then is stored.
 */
export const outcomesUpTo = async (
  store: Pick<Store, 'query'>,
  watermark: number,
): Promise<Outcomes> => {
  const closed = await closedUpTo(store)
  const [sum] = await store.query<Outcomes>(
    'SELECT sum(new_events) AS new, sum(duplicates) AS duplicate, sum(conflicts) AS conflict, sum(dead_letters) AS deadLetter FROM log_hours FINAL',
  )
  const open =
    watermark < closed ? [] : await countOutcomes(store, { from: closed, before: watermark + 1 })
  return open.reduce(
    (all, hour) => ({
      new: all.new + hour.newEvents,
      duplicate: all.duplicate + hour.duplicates,
      conflict: all.conflict + hour.conflicts,
      deadLetter: all.deadLetter + hour.deadLetters,
    }),
    sum ?? { new: 0, duplicate: 0, conflict: 0, deadLetter: 0 },
  )
}
