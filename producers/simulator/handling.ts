import { dayMs } from './calendar.ts'
import {
  close,
  closeAgain,
  drawPace,
  handlingDays,
  handlingOrg,
  type Pace,
  type Route,
} from './closing.ts'
import { happened, type MatterDraft } from './matter-draft.ts'
import { comeAgain } from './petition.ts'
import { weightedTable } from './random.ts'
import { cityStamp, type World, workMoment } from './world.ts'

const routes = weightedTable<Route>([
  ['petition', 0.925],
  ['litigation', 0.02],
  ['arbitration', 0.015],
  ['reconsideration', 0.01],
  ['party', 0.01],
  ['investigation', 0.02],
])
const courtRoutes = weightedTable<Route>([
  ['petition', 0.4],
  ['litigation', 0.6],
])
const declineReasons = weightedTable([
  ['statutoryRoute', 0.5],
  ['outOfScope', 0.3],
  ['alreadyHandled', 0.2],
])
const forward = (world: World, draft: MatterDraft, from: number): number => {
  const { random } = world
  if (!random.chance(0.74)) return from
  const late = random.chance(0.03 * draft.district.lateness)
  const days = late ? random.between(13, 26) : Math.min(random.logNormal(2.6, 0.8), 14)
  const at = workMoment(world, from, days * dayMs)
  happened(
    world,
    draft,
    'matter.forwarded.v1',
    at,
    {
      toOrg: handlingOrg(world, draft),
      mode: random.chance(0.7) ? 'transfer' : 'assign',
      ...(random.chance(0.6) ? { byLevel: random.int(2, 4) } : {}),
    },
    random.chance(0.7) ? world.city.offices.reception : draft.district.office,
  )
  return at
}

const accept = (world: World, draft: MatterDraft, from: number): Route => {
  const { random, calendar } = world
  const days = Math.min(random.logNormal(3.4 * draft.district.pace, 0.75), 21)
  const at = workMoment(world, from, days * dayMs)
  const route =
    draft.flags.includes('litigation') && random.chance(0.8)
      ? random.weighted(courtRoutes)
      : random.weighted(routes)
  const ownLimit = random.chance(0.04) ? random.pick([15, 30, 45]) : undefined
  draft.acceptedAt = at
  draft.dueAt = calendar.endOfDayAfter(at, ownLimit ?? 60)
  happened(world, draft, 'matter.accepted.v1', at, {
    org: handlingOrg(world, draft),
    ...(route === 'petition' ? {} : { route }),
    ...(random.chance(0.85)
      ? { notifiedAt: cityStamp(world, workMoment(world, at, random.exponential(1.6) * dayMs)) }
      : {}),
    ...(ownLimit === undefined ? {} : { dueAt: cityStamp(world, draft.dueAt) }),
  })
  return route
}

const attention = (world: World, draft: MatterDraft, pace: Pace): void => {
  const { random, city } = world
  const accepted = draft.acceptedAt ?? 0
  const stubborn = pace === 'overdue' || pace === 'neverClosed'
  if (random.chance(draft.category.collective > 2 ? 0.09 : 0.03)) {
    happened(
      world,
      draft,
      'matter.leadAssigned.v1',
      workMoment(world, accepted, random.between(0, 30) * dayMs),
      { leadLevel: random.chance(0.7) ? 2 : 3 },
    )
  }
  if (random.chance(stubborn ? 0.32 : 0.03)) {
    const days = stubborn ? random.between(52, 85) : random.between(5, 40)
    happened(
      world,
      draft,
      'matter.supervised.v1',
      workMoment(world, accepted, days * dayMs),
      random.chance(0.85) ? { byLevel: random.chance(0.75) ? 3 : 4 } : {},
      city.offices.reception,
    )
  }
}

/** Petitions that press a matter which is still being handled, in order of time. */
const press = (world: World, draft: MatterDraft, from: number, to: number): void => {
  // What a spike adds is fixed, and the next petition may not come before the last.
  if (draft.ofSpike) return
  const { random, untilMs } = world
  const meanGap = (155 / draft.persistence) * dayMs
  let at = from
  for (let count = 0; count < 12; count++) {
    const delay = Math.max(random.exponential(meanGap), 2 * dayMs)
    if (at + delay > Math.min(to, untilMs)) return
    at = comeAgain(world, draft, at, delay) ?? untilMs
  }
}

/** Suggestions and reports: read, accepted and answered without a legal limit. */
const answer = (world: World, draft: MatterDraft, from: number): void => {
  const { random } = world
  const forwarded = forward(world, draft, from)
  if (!random.chance(0.85)) return
  const route = draft.purpose === 'report' ? 'investigation' : 'petition'
  const at = workMoment(world, forwarded, random.between(1, 14) * dayMs)
  draft.acceptedAt = at
  happened(world, draft, 'matter.accepted.v1', at, { org: handlingOrg(world, draft), route })
  if (random.chance(0.9)) close(world, draft, at, random.between(4, 75), 'petition')
}

/**
 * From registration to the first closing, or to where the matter is declined, withdrawn or left
 * open. Notes on the draft when it was accepted, due and closed.
 */
export const handle = (world: World, draft: MatterDraft, registeredAt: number): void => {
  const { random } = world
  if (draft.purpose !== 'appeal') {
    answer(world, draft, registeredAt)
    return
  }
  const forwardedAt = forward(world, draft, registeredAt)
  let from = forwardedAt
  if (random.chance(0.03)) {
    from = workMoment(world, forwardedAt, random.between(1, 12) * dayMs)
    happened(world, draft, 'matter.declined.v1', from, {
      reason: random.weighted(declineReasons),
    })
    if (!random.chance(0.15)) return
  } else if (random.chance(0.012)) {
    return
  }

  const route = accept(world, draft, from)
  const accepted = draft.acceptedAt ?? from
  const pace = drawPace(world, draft)
  attention(world, draft, pace)

  if (random.chance(0.025)) {
    const withdrawn = workMoment(world, accepted, random.between(1, 30) * dayMs)
    happened(
      world,
      draft,
      'matter.withdrawn.v1',
      withdrawn,
      random.chance(0.5) ? { reason: 'settledPrivately' } : {},
    )
    if (!random.chance(0.12)) return
    const reopened = workMoment(world, withdrawn, random.between(5, 60) * dayMs)
    happened(world, draft, 'matter.reopened.v1', reopened, { reason: 'withdrawalRevoked' })
    closeAgain(world, draft, reopened)
    return
  }

  if (pace === 'neverClosed') {
    press(world, draft, accepted, accepted + 360 * dayMs)
    return
  }
  close(world, draft, accepted, handlingDays(world, draft, pace), route)
  press(world, draft, registeredAt, draft.closedAt ?? accepted)
}
