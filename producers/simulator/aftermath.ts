import { dayMs } from './calendar.ts'
import { closeAgain } from './closing.ts'
import { happened, type MatterDraft } from './matter-draft.ts'
import { comeAgain } from './petition.ts'
import { weightedTable } from './random.ts'
import { type World, workMoment } from './world.ts'

type Rating = 'satisfied' | 'basic' | 'dissatisfied'

const drawRating = ({ random }: World, discontent: number): Rating => {
  const draw = random.float()
  if (draw < 0.09 * discontent) return 'dissatisfied'
  return draw < 0.34 ? 'basic' : 'satisfied'
}

/** Ratings after a closing: most within the 30 days that count, a few later or changed. */
const evaluate = (world: World, draft: MatterDraft, closedAt: number): void => {
  const { random, city, untilMs } = world
  const office = random.chance(0.7) ? city.offices.online : draft.district.office
  const rate = (target: 'office' | 'unit', discontent: number) => {
    const days = random.chance(0.94) ? Math.min(random.exponential(8), 29) : random.between(30, 60)
    const at = closedAt + Math.floor((days * dayMs) / 1000) * 1000 + 60_000
    const rating = drawRating(world, discontent)
    happened(world, draft, 'matter.evaluated.v1', at, { target, rating }, office)
    if (target === 'unit' && rating === 'dissatisfied' && at <= untilMs) draft.dissatisfiedAt = at
    if (random.chance(0.02)) {
      const changed = at + random.int(1, 10) * dayMs
      happened(world, draft, 'matter.evaluated.v1', changed, { target, rating: 'basic' }, office)
      if (target === 'unit' && changed <= untilMs) draft.dissatisfiedAt = undefined
    }
  }
  if (random.chance(0.56)) rate('office', 0.5)
  if (random.chance(0.5)) rate('unit', draft.district.discontent)
}

const reviewResults = weightedTable<'upheld' | 'changed' | 'revoked'>([
  ['upheld', 0.8],
  ['changed', 0.12],
  ['revoked', 0.08],
])

/** Review, recheck and the end of the three stages. */
const review = (world: World, draft: MatterDraft, closedAt: number): void => {
  const { random, city } = world
  let from = closedAt
  for (const stage of ['review', 'recheck'] as const) {
    const days = random.chance(0.93) ? random.between(2, 29) : random.between(30, 45)
    const asked = workMoment(world, from, days * dayMs)
    const office = stage === 'review' ? city.offices.reception : city.offices.province
    happened(world, draft, 'matter.reviewRequested.v1', asked, { stage }, office)
    const decided = workMoment(world, asked, random.between(14, 34) * dayMs, true)
    const result = random.weighted(reviewResults)
    happened(world, draft, 'matter.reviewDecided.v1', decided, { stage, result }, office)
    if (result !== 'upheld') return
    if (stage === 'review' && !random.chance(0.35)) return
    from = decided
  }
  if (random.chance(0.7)) {
    happened(world, draft, 'matter.terminated.v1', workMoment(world, from, 3 * dayMs), {})
  }
}

/** The matter comes back after its closing: some more petitions, and now and then a reopening. */
const comeBack = (world: World, draft: MatterDraft, closedAt: number): void => {
  const { random } = world
  let at = comeAgain(world, draft, closedAt, (3 + random.exponential(38)) * dayMs)
  for (let count = random.geometric(0.38); count > 0 && at !== undefined; count--) {
    at = comeAgain(world, draft, at, (5 + random.exponential(30)) * dayMs)
  }
  const last = at ?? world.untilMs
  if (random.chance(0.15)) {
    const reopened = workMoment(world, last, random.between(1, 12) * dayMs)
    happened(
      world,
      draft,
      'matter.reopened.v1',
      reopened,
      random.chance(0.6) ? { reason: 'newEvidence' } : {},
    )
    if (random.chance(0.85)) closeAgain(world, draft, reopened)
  }
  if (random.chance(0.12)) {
    const settled = workMoment(world, last, random.between(10, 90) * dayMs)
    happened(world, draft, 'matter.settled.v1', settled, {})
    draft.settledAt = settled
  }
}

/** All that follows the first closing. A matter still open has no aftermath yet. */
export const aftermath = (world: World, draft: MatterDraft): void => {
  const { random } = world
  const closedAt = draft.closedAt
  if (closedAt === undefined || closedAt > world.untilMs) return
  evaluate(world, draft, closedAt)
  if (random.chance(0.012)) {
    happened(world, draft, 'matter.relief.v1', workMoment(world, closedAt, 20 * dayMs), {
      amountFen: Math.round(random.logNormal(8_000, 0.9)) * 100,
    })
  }
  if (draft.purpose !== 'appeal') return
  if (random.chance(0.035)) review(world, draft, closedAt)
  const returns = 0.115 * draft.district.returns * draft.category.returns * draft.persistence
  if (random.chance(Math.min(returns, 0.6))) comeBack(world, draft, closedAt)
}
