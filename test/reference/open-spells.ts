import type { CaseEvent } from '../../schemas/events/event.ts'
import { FOREVER, type OpenSpell } from '../../schemas/tables/rows.ts'
import { dueOf, lifeCycleOf } from './life-cycle.ts'
import type { LocalClock } from './local-time.ts'
import { isMergedAway, pointersOf } from './merges.ts'

/**
 * When the matter was open: accepted, not closed, in scope. The state at T is that of the known
 * events with time < T, merges included, so between two events' times it stays the same; it is
 * worked out anew just after each.
 * @param own known events of the matter, in the contract's order
 * @param merges known merges and unmerges of every matter its merges may touch, in the same order
 * @param purpose of its first petition, as known whatever T
 */
export const openSpells = (
  matterId: string,
  own: readonly CaseEvent[],
  merges: readonly CaseEvent[],
  purpose: string,
  clock: LocalClock,
): OpenSpell[] => {
  const times = [...new Set([...own, ...merges].map(({ time }) => time))].sort((a, b) => a - b)
  const spells: OpenSpell[] = []
  for (const [index, opened] of times.entries()) {
    const ended = times[index + 1] ?? FOREVER
    const ownByThen = own.filter(({ time }) => time <= opened)
    const mergesByThen = merges.filter(({ time }) => time <= opened)
    const { accepted, closed, declinedAt, withdrawnAt } = lifeCycleOf(ownByThen)
    const inScope =
      declinedAt === null &&
      withdrawnAt === null &&
      !isMergedAway(pointersOf(mergesByThen), matterId)
    if (accepted === undefined || closed !== undefined || !inScope) continue
    const due = dueOf(ownByThen, purpose, clock)
    const previous = spells.at(-1)
    if (previous !== undefined && previous.ended === opened && previous.due === due) {
      previous.ended = ended
    } else {
      spells.push({ opened, ended, due })
    }
  }
  return spells
}
