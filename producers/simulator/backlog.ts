import { dayMs } from './calendar.ts'
import { closeAgain } from './closing.ts'
import { happened, type MatterDraft } from './matter-draft.ts'
import { comeAgain } from './petition.ts'
import { type World, workMoment } from './world.ts'

/** A campaign against old matters: stock is listed in its first days, new ones until it ends. */
export type Campaign = {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
}

/** One campaign a year, from the second Monday of April to the end of November. */
export const campaignsOf = ({ calendar, untilMs }: World): readonly Campaign[] =>
  calendar.days
    .filter(
      ({ month, weekday, date, startMs }) =>
        month === 3 &&
        weekday === 1 &&
        date.slice(8) >= '08' &&
        date.slice(8) <= '14' &&
        startMs < untilMs,
    )
    .map(({ year, startMs }) => ({
      name: `治重化积-${year}`,
      startMs,
      endMs: startMs + 232 * dayMs,
    }))

type Reason = 'overdue' | 'repeat' | 'dissatisfied'

/** When and why the matter first became a candidate; the contract's three kinds, in their order. */
const candidacy = (draft: MatterDraft): { reason: Reason; at: number } | undefined => {
  const { closedAt = Number.POSITIVE_INFINITY, dueAt, petitions, dissatisfiedAt } = draft
  if (dueAt !== undefined && closedAt > dueAt) return { reason: 'overdue', at: dueAt }
  const back = petitions.find(({ at }) => at > closedAt)
  if (back !== undefined && draft.settledAt === undefined) return { reason: 'repeat', at: back.at }
  return dissatisfiedAt === undefined ? undefined : { reason: 'dissatisfied', at: dissatisfiedAt }
}

const resolve = (world: World, draft: MatterDraft, listed: number, campaign: string): void => {
  const { random, city } = world
  const at = workMoment(world, listed, random.between(12, 160) * dayMs)
  if (draft.closedAt === undefined || draft.closedAt > at) {
    closeAgain(world, draft, Math.max(at - 40 * dayMs, draft.acceptedAt ?? at))
  }
  happened(world, draft, 'matter.backlogResolved.v1', at, { campaign }, city.offices.reception)
  if (random.chance(0.4)) {
    const settled = workMoment(world, at, random.between(0, 30) * dayMs)
    happened(world, draft, 'matter.settled.v1', settled, {})
    draft.settledAt = settled
  }
  if (random.chance(0.08)) comeAgain(world, draft, at, random.between(10, 175) * dayMs)
}

/** Puts the matter on a campaign's list, where it is a candidate and somebody proposed it. */
export const backlog = (world: World, draft: MatterDraft, campaigns: readonly Campaign[]): void => {
  const { random, city } = world
  if (draft.acceptedAt === undefined || draft.flags.includes('litigation')) return
  const candidate = candidacy(draft)
  if (candidate === undefined) return
  for (const { name, startMs, endMs } of campaigns) {
    const stock = candidate.at <= startMs
    if (candidate.at > endMs || candidate.at < startMs - 500 * dayMs) continue
    if (!random.chance(stock ? 0.35 : 0.15)) continue
    const after = stock ? startMs : candidate.at
    const listed = workMoment(world, after, random.between(1, stock ? 10 : 25) * dayMs)
    happened(
      world,
      draft,
      'matter.backlogListed.v1',
      listed,
      {
        campaign: name,
        cohort: stock ? 'stock' : 'new',
        ...(random.chance(0.95)
          ? { reason: random.chance(0.08) ? 'local' : candidate.reason }
          : {}),
      },
      city.offices.reception,
    )
    if (random.chance(stock ? 0.76 : 0.66)) resolve(world, draft, listed, name)
    return
  }
}
