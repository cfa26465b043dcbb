import type { EventType } from '../../schemas/events/types.ts'
import type { WireData } from '../../schemas/events/wire.ts'
import type { CategoryTraits } from './categories.ts'
import type { District, Office } from './city.ts'
import { petitionerKey, type World } from './world.ts'

/** Something that happened, before an office has written it down. */
export type Fact = {
  readonly type: EventType
  /** Epoch ms, whole seconds. */
  readonly at: number
  readonly office: Office
  readonly data: object
}

export type Registration = WireData<'petition.registered.v1'>
type Flag = NonNullable<Registration['flags']>[number]

/**
 * A matter while its history is being made up. The steps of its life add to `facts` and note here
 * what later steps depend on.
 */
export type MatterDraft = {
  readonly id: string
  readonly district: District
  readonly category: CategoryTraits
  readonly region: string
  readonly competentLevel: number | undefined
  readonly homeLevel: number | undefined
  readonly purpose: 'appeal' | 'suggestion' | 'report'
  readonly petitioners: readonly string[]
  readonly flags: readonly Flag[]
  /** Part of an injected spike: its petitions stay as they were registered. */
  readonly ofSpike: boolean
  readonly facts: Fact[]
  readonly petitions: { readonly id: string; readonly at: number }[]
  acceptedAt: number | undefined
  dueAt: number | undefined
  closedAt: number | undefined
  dissatisfiedAt: number | undefined
  settledAt: number | undefined
  /** A person of the matter who keeps coming: multiplies its repeats. */
  readonly persistence: number
}

/** Adds a fact, unless it lies in the future. */
export const happened = <T extends EventType>(
  world: World,
  draft: MatterDraft,
  type: T,
  at: number,
  data: WireData<T>,
  office: Office = draft.district.office,
): void => {
  if (at <= world.untilMs) draft.facts.push({ type, at, office, data })
}

const flagChances: readonly (readonly [Flag, number])[] = [
  ['crossRegion', 0.03],
  ['crossDepartment', 0.045],
  ['crossIndustry', 0.01],
  ['residenceSeparated', 0.05],
  ['employmentSeparated', 0.02],
  ['bothSeparated', 0.012],
]

const levelOfCompetence = (world: World): number | undefined => {
  const draw = world.random.float()
  if (draw < 0.1) return 1
  if (draw < 0.87) return 2
  if (draw < 0.97) return 3
  return undefined
}

const placeOf = ({ random, city }: World, district: District): string => {
  const draw = random.float()
  if (draw < 0.82) {
    // The least of two draws: the first streets are the largest.
    const last = district.streetCodes.length - 1
    const index = Math.min(random.int(0, last), random.int(0, last))
    return district.streetCodes[index] ?? district.code
  }
  return draw < 0.985 ? district.code : city.code
}

/** A matter that nobody has registered yet. Matters of a spike lie in a street and are appeals. */
export const draftMatter = (
  world: World,
  id: string,
  district: District,
  category: CategoryTraits,
  ofSpike: boolean,
): MatterDraft => {
  const { random } = world
  const purposeDraw = random.float()
  const flags = flagChances.filter(([, chance]) => random.chance(chance)).map(([flag]) => flag)
  if (random.chance(category.litigation)) flags.push('litigation')
  const petitioners = [petitionerKey(world)]
  while (petitioners.length < 5 && random.chance(0.22)) petitioners.push(petitionerKey(world))
  const place = placeOf(world, district)
  return {
    id,
    district,
    category,
    region: ofSpike ? (district.streetCodes[0] ?? district.code) : place,
    competentLevel: ofSpike ? 2 : levelOfCompetence(world),
    homeLevel: random.chance(0.12) ? random.int(1, 2) : undefined,
    purpose:
      ofSpike || purposeDraw < 0.92 ? 'appeal' : purposeDraw < 0.97 ? 'suggestion' : 'report',
    petitioners: [...new Set(petitioners)],
    flags,
    ofSpike,
    facts: [],
    petitions: [],
    acceptedAt: undefined,
    dueAt: undefined,
    closedAt: undefined,
    dissatisfiedAt: undefined,
    settledAt: undefined,
    persistence: random.logNormal(0.75, 0.75),
  }
}
