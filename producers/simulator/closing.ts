import type { WireData } from '../../schemas/events/wire.ts'
import { dayMs } from './calendar.ts'
import { orgCode } from './city.ts'
import { happened, type MatterDraft } from './matter-draft.ts'
import { weightedTable } from './random.ts'
import { type World, workMoment } from './world.ts'

export type Route = NonNullable<WireData<'matter.accepted.v1'>['route']>
type Outcome = WireData<'matter.closed.v1'>['outcome']

const outcomes = weightedTable<Outcome>([
  ['supported', 0.36],
  ['partly', 0.24],
  ['notSupported', 0.2],
  ['mediated', 0.15],
  ['redirected', 0.05],
])
const otherRouteOutcomes = weightedTable<Outcome>([
  ['redirected', 0.55],
  ['notSupported', 0.25],
  ['partly', 0.2],
])
const extensionDays = weightedTable([
  [10, 0.15],
  [15, 0.25],
  [20, 0.15],
  [30, 0.45],
])

/** The organisation that has to handle the matter: the city's own where the city is competent. */
export const handlingOrg = (
  { city }: World,
  { competentLevel, district, category }: MatterDraft,
): string => orgCode(competentLevel === 3 ? city.code : district.code, category.orgKind)

/** How the handling goes against its legal limit. */
export type Pace = 'steady' | 'toTheLimit' | 'overdue' | 'neverClosed'

export const drawPace = ({ random }: World, { district, category }: MatterDraft): Pace => {
  const burden = district.lateness * category.pace
  const draw = random.float()
  if (draw < 0.018 * burden) return 'neverClosed'
  if (draw < 0.095 * burden) return 'overdue'
  return draw > 1 - 0.24 * category.pace ? 'toTheLimit' : 'steady'
}

/** Days from acceptance to closing, and the extension on the way. Many finish just before day 60. */
export const handlingDays = (world: World, draft: MatterDraft, pace: Pace): number => {
  const { random } = world
  const accepted = draft.acceptedAt ?? 0
  if (pace === 'steady') {
    const median = 25 * draft.district.pace * draft.category.pace
    return Math.min(Math.max(random.logNormal(median, 0.5), 2), 57)
  }
  if (!random.chance(pace === 'toTheLimit' ? 0.22 : 0.3)) {
    return pace === 'toTheLimit'
      ? Math.max(59.6 - random.exponential(2.2), 45)
      : Math.min(61 + random.exponential(24), 300)
  }
  const days = random.weighted(extensionDays)
  const tooLate = random.chance(0.08)
  const approval = tooLate ? random.between(62, 66) : random.between(44, 59)
  happened(
    world,
    draft,
    'matter.extended.v1',
    workMoment(world, accepted, approval * dayMs, !tooLate),
    { days },
  )
  return pace === 'toTheLimit'
    ? Math.max(59.6 + days - random.exponential(3), 50)
    : Math.min(61 + days + random.exponential(20), 330)
}

/** Closes the matter `days` after `from`. */
export const close = (
  world: World,
  draft: MatterDraft,
  from: number,
  days: number,
  route: Route,
): void => {
  const { random } = world
  const at = workMoment(world, from, days * dayMs, days > 40 && days < 60)
  const outcome = random.weighted(route === 'petition' ? outcomes : otherRouteOutcomes)
  draft.closedAt = at
  happened(world, draft, 'matter.closed.v1', at, {
    outcome,
    ...(random.chance(0.6) ? { org: handlingOrg(world, draft) } : {}),
  })
}

/** Closes again a matter that was reopened. */
export const closeAgain = (world: World, draft: MatterDraft, from: number): void =>
  close(world, draft, from, world.random.between(8, 50), 'petition')
