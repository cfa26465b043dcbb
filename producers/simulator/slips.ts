import { dayMs, minuteMs } from './calendar.ts'
import { orgCode } from './city.ts'
import { type Fact, happened, type MatterDraft, type Registration } from './matter-draft.ts'
import { type World, workMoment } from './world.ts'

const registrationsOf = ({ facts }: MatterDraft): readonly Fact[] =>
  facts.filter(({ type }) => type === 'petition.registered.v1')

/** A petition typed in twice, the copy voided when somebody noticed. */
const registeredTwice = (world: World, draft: MatterDraft, original: Fact): void => {
  const { random } = world
  const registration = original.data as Registration
  const petitionId = `${registration.petitionId}-D`
  const at = original.at + random.int(1, 40) * minuteMs
  happened(
    world,
    draft,
    'petition.registered.v1',
    at,
    { ...registration, petitionId },
    original.office,
  )
  happened(
    world,
    draft,
    'petition.voided.v1',
    workMoment(world, at, random.exponential(4) * dayMs),
    { petitionId, ...(random.chance(0.8) ? { reason: 'registeredTwice' } : {}) },
    original.office,
  )
}

const reclassify = (world: World, draft: MatterDraft, registeredAt: number): void => {
  const { random, city } = world
  const { district } = draft
  const at = workMoment(world, registeredAt, random.between(1, 45) * dayMs)
  const draw = random.float()
  if (draw < 0.4) {
    const region = district.streetCodes[random.int(0, district.streetCodes.length - 1)]
    happened(world, draft, 'matter.reclassified.v1', at, { region: region ?? district.code })
  } else if (draw < 0.75) {
    const category = city.categories[random.int(0, city.categories.length - 1)] ?? draft.category
    happened(world, draft, 'matter.reclassified.v1', at, {
      category: category.path,
      org: orgCode(district.code, category.orgKind),
    })
  } else {
    happened(world, draft, 'matter.reclassified.v1', at, { competentLevel: random.int(1, 3) })
  }
}

/** From the merge on the office works under the other matter only, unless it is undone. */
const merge = (world: World, draft: MatterDraft, into: string, registeredAt: number): void => {
  const { random } = world
  const at = workMoment(world, registeredAt, random.between(1, 25) * dayMs)
  const undone = random.chance(0.15)
    ? workMoment(world, at, random.between(4, 40) * dayMs)
    : Number.POSITIVE_INFINITY
  const kept = draft.facts.filter(
    (fact) => fact.at <= at || fact.at > undone || fact.type === 'petition.registered.v1',
  )
  draft.facts.length = 0
  draft.facts.push(...kept)
  happened(world, draft, 'matter.merged.v1', at, { into })
  if (undone !== Number.POSITIVE_INFINITY) {
    happened(world, draft, 'matter.unmerged.v1', undone, { into })
  }
}

/**
 * What offices correct in the open: double and mistaken registrations, reclassifications, merges
 * into `twin`, another matter of the same kind and district. Matters of a spike are spared, so that
 * a spike keeps the size it is listed with.
 */
export const slips = (world: World, draft: MatterDraft, twin: string | undefined): void => {
  const { random } = world
  const registrations = registrationsOf(draft)
  const first = registrations[0]
  if (draft.ofSpike || first === undefined) return
  if (random.chance(0.0015)) {
    const { petitionId } = first.data as Registration
    const at = workMoment(world, first.at, random.exponential(2) * dayMs)
    draft.facts.length = 0
    draft.facts.push(first)
    happened(world, draft, 'petition.voided.v1', at, { petitionId, reason: 'notAPetition' })
    return
  }
  for (const registration of registrations) {
    if (random.chance(0.005)) registeredTwice(world, draft, registration)
  }
  if (random.chance(0.022)) reclassify(world, draft, first.at)
  if (twin !== undefined && random.chance(0.0055)) merge(world, draft, twin, first.at)
}
