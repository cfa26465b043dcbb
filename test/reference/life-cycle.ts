import type { CaseEvent } from '../../schemas/events/event.ts'
import { eventOrder, ofType } from './known-events.ts'
import type { LocalClock } from './local-time.ts'

/** Where a matter stands by a set of its own events; times are epoch ms, null is "never". */
export type LifeCycle = {
  accepted: Extract<CaseEvent, { type: 'matter.accepted.v1' }> | undefined
  /** The latest `declined`, where no `accepted` is later. */
  declinedAt: number | null
  /** The latest `withdrawn`, where no `reopened` is later. */
  withdrawnAt: number | null
  /** The closing that stands: the earliest after the latest reopening. */
  closed: Extract<CaseEvent, { type: 'matter.closed.v1' }> | undefined
  firstClosed: Extract<CaseEvent, { type: 'matter.closed.v1' }> | undefined
}

const timeIfLatest = (latest: CaseEvent | undefined, rival: CaseEvent | undefined) => {
  if (latest === undefined) return null
  return rival === undefined || eventOrder(latest, rival) > 0 ? latest.time : null
}

/** @param own events of one matter, in the contract's order */
export const lifeCycleOf = (own: readonly CaseEvent[]): LifeCycle => {
  const accepted = ofType(own, 'matter.accepted.v1')
  const declined = ofType(own, 'matter.declined.v1')
  const withdrawn = ofType(own, 'matter.withdrawn.v1')
  const closed = ofType(own, 'matter.closed.v1')
  const reopened = ofType(own, 'matter.reopened.v1').at(-1)
  return {
    accepted: accepted[0],
    declinedAt: timeIfLatest(declined.at(-1), accepted.at(-1)),
    withdrawnAt: timeIfLatest(withdrawn.at(-1), reopened),
    closed: closed.find((event) => reopened === undefined || eventOrder(event, reopened) > 0),
    firstClosed: closed[0],
  }
}

/**
 * When the matter is due (epoch ms) by these events, merges left out of account; null where the law
 * sets no limit. An extension counts if it was approved at or before the limit it extends.
 * @param purpose of the first petition, '' where none is known
 */
export const dueOf = (
  own: readonly CaseEvent[],
  purpose: string,
  clock: LocalClock,
): number | null => {
  const { accepted, declinedAt, withdrawnAt } = lifeCycleOf(own)
  if (accepted === undefined || declinedAt !== null || withdrawnAt !== null) return null
  if (accepted.data.route !== 'petition') return null
  if (purpose === 'suggestion' || purpose === 'report') return null
  const original = accepted.data.dueAt ?? clock.endOfDay(accepted.time, 60)
  const days = ofType(own, 'matter.extended.v1')
    .filter(({ time }) => time <= original)
    .map(({ data }) => data.days)
  return days.length === 0 ? original : clock.addLocalDays(original, Math.max(...days))
}
