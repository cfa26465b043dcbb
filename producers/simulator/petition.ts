import { type CityDay, dayMs } from './calendar.ts'
import { type Channel, channels, channelWeight } from './channels.ts'
import { type Office, orgCode } from './city.ts'
import { happened, type MatterDraft, type Registration } from './matter-draft.ts'
import { type Random, weightedTable } from './random.ts'
import { petitionInstant, type World } from './world.ts'

type Form = { -readonly [K in keyof Registration]: Registration[K] }

export type PetitionWish = {
  readonly repeat: boolean
  readonly channel?: Channel
  readonly people?: number
  readonly receivedLevel?: number
}

/** Draws the channel from the day's rhythm, the category's habits and the district's. */
export const drawChannel = (world: World, draft: MatterDraft, day: CityDay): Channel => {
  const { category, district } = draft
  let sum = 0
  const sums = channels.map((channel) => {
    const tilt = (category.tilt[channel] ?? 1) * (channel === 'online' ? district.online : 1)
    sum += channelWeight(channel, day) * tilt
    return sum
  })
  const aim = world.random.float() * sum
  return channels[sums.findIndex((reached) => reached > aim)] ?? 'online'
}

const smallGroups = weightedTable([
  [1, 0.62],
  [2, 0.23],
  [3, 0.1],
  [4, 0.05],
])

/** Most come alone; groups of five and more have a heavy tail. */
const visitors = (random: Random, collectiveChance: number): number =>
  random.chance(Math.min(collectiveChance, 0.4))
    ? Math.min(Math.floor(5 * (1 - random.float()) ** (-1 / 1.7)), 600)
    : random.weighted(smallGroups)

const visitLevel = (random: Random, upward: number): number | undefined => {
  if (random.chance(0.012)) return undefined
  const aim = random.float() * (0.8 + 0.2 * upward)
  if (aim < 0.34) return 1
  if (aim < 0.8) return 2
  const above = (aim - 0.8) / (0.2 * upward)
  return above < 0.78 ? 3 : above < 0.96 ? 4 : 5
}

const letterLevels = weightedTable([
  [2, 0.55],
  [3, 0.35],
  [4, 0.1],
])

const levelOf = (random: Random, channel: Channel, upward: number): number | undefined => {
  if (channel === 'visit') return visitLevel(random, upward)
  return channel === 'letter' ? random.weighted(letterLevels) : 3
}

const receivingOffice = (
  { city }: World,
  { district, region }: MatterDraft,
  channel: Channel,
  level: number | undefined,
): Office => {
  if (channel === 'online') return city.offices.online
  if (channel === 'call') return city.offices.hotline
  if (level === 1) {
    return district.streetOffices[district.streetCodes.indexOf(region)] ?? district.office
  }
  if (level === 3) return city.offices.reception
  return level === 4 || level === 5 ? city.offices.province : district.office
}

/**
 * Registers a petition of the matter on the day, and returns when. `wish` fixes what a spike needs;
 * all else is drawn.
 */
export const registerPetition = (
  world: World,
  draft: MatterDraft,
  day: CityDay,
  wish: PetitionWish,
): number => {
  const { random, city } = world
  const { district, category, ofSpike } = draft
  const channel = wish.channel ?? drawChannel(world, draft, day)
  const visit = channel === 'visit'
  const level =
    wish.receivedLevel ?? levelOf(random, channel, district.upward * (wish.repeat ? 1.6 : 1))
  const people =
    wish.people ??
    (visit
      ? visitors(random, 0.06 * category.collective * district.collective)
      : random.chance(0.03)
        ? random.int(2, 40)
        : 1)
  const cityOrg = draft.competentLevel === 3
  const petitionId = `${draft.id}-P${draft.petitions.length + 1}`
  const data: Form = {
    petitionId,
    channel,
    region: draft.region,
    category: category.path,
  }
  if (visit || people > 1) data.people = people
  if (level !== undefined) data.receivedLevel = level
  if (draft.competentLevel !== undefined) data.competentLevel = draft.competentLevel
  if (draft.homeLevel !== undefined) data.homeLevel = draft.homeLevel
  if (random.chance(0.55)) {
    data.org = orgCode(cityOrg ? city.code : district.code, category.orgKind)
  }
  if (draft.purpose !== 'appeal') data.purpose = draft.purpose
  if (random.chance(0.87)) {
    data.petitioners = draft.petitioners.slice(0, visit ? Math.min(people, 5) : 1)
  }
  if (draft.flags.length > 0) data.flags = draft.flags
  if (wish.repeat && !ofSpike && random.chance(0.06)) data.supplement = true
  if (visit && random.chance(0.035)) data.leaderReception = true

  const last = draft.petitions.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  const at = Math.max(petitionInstant(random, day, channel), last + 60_000)
  const office = receivingOffice(world, draft, channel, level)
  happened(world, draft, 'petition.registered.v1', at, data, office)
  draft.petitions.push({ id: petitionId, at })
  return at
}

/**
 * A later petition of the matter about `delayMs` after `afterMs`: on that day, or soon after it when
 * the desks are closed and the draw would have it at one.
 */
export const comeAgain = (
  world: World,
  draft: MatterDraft,
  afterMs: number,
  delayMs: number,
): number | undefined => {
  const { calendar, random, untilMs } = world
  let day = calendar.dayOf(afterMs + Math.max(delayMs, dayMs))
  while (!day.workday && random.chance(0.6)) day = calendar.dayAt(day.index + 1)
  if (day.startMs > untilMs) return undefined
  return registerPetition(world, draft, day, { repeat: true })
}
