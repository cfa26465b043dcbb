import type { WireData, WireEvent } from '../../schemas/events/wire.ts'
import { dayMs, hourMs, localStamp, minuteMs, secondMs } from './calendar.ts'
import type { LagProfile } from './city-names.ts'
import type { Fact, MatterDraft, Registration } from './matter-draft.ts'
import type { Random } from './random.ts'
import { type World, workMoment } from './world.ts'

/** An event and the moment the system's edge would have accepted it, epoch ms. */
export type Delivery = { readonly event: WireEvent; readonly receivedTime: number }

const longestLagMs = 45 * dayMs

const lagMs = (random: Random, profile: LagProfile): number => {
  switch (profile) {
    case 'instant':
      return random.between(1, 120) * secondMs
    case 'prompt':
      return random.logNormal(0.7, 1.3) * hourMs
    case 'nextDay':
      return random.logNormal(18, 0.9) * hourMs
    case 'slow':
      return random.logNormal(3.5, 0.9) * dayMs
    case 'weekly':
      return 0
  }
}

/** Offices of the weekly kind write the week up on Friday afternoon. */
const recordedAt = (world: World, at: number, profile: LagProfile): number => {
  const { random, calendar } = world
  if (profile !== 'weekly') return at + Math.min(lagMs(random, profile), longestLagMs)
  const day = calendar.dayOf(at)
  const friday = calendar.dayAt(day.index + ((5 - day.weekday + 7) % 7))
  const moment = friday.startMs + random.between(15, 17.5) * hourMs
  return moment > at ? moment : moment + 7 * dayMs
}

const transportMs = (random: Random): number =>
  random.chance(0.025) ? random.between(1, 90) * hourMs : random.between(1, 90) * secondMs

const wholeSeconds = (ms: number): number => Math.floor(ms / secondMs) * secondMs

/** The fact as an office would have got it wrong, or undefined where it would not have. */
const misstated = (world: World, draft: MatterDraft, fact: Fact): Fact | undefined => {
  const { random, city } = world
  const earliest = draft.petitions[0]?.at ?? fact.at
  const { data } = fact
  switch (fact.type) {
    case 'petition.registered.v1': {
      const registration = data as Registration
      const other = city.categories[random.int(0, city.categories.length - 1)]
      if (registration.channel === 'visit' && random.chance(0.5)) {
        const people = (registration.people ?? 1) + random.int(1, 9)
        return { ...fact, data: { ...registration, people } }
      }
      if (other === undefined || other.path === registration.category) return undefined
      return { ...fact, data: { ...registration, category: other.path } }
    }
    case 'matter.accepted.v1':
    case 'matter.closed.v1': {
      const at = fact.at - random.int(1, 6) * dayMs
      return at > earliest ? { ...fact, at } : undefined
    }
    case 'matter.evaluated.v1': {
      const { target, rating } = data as WireData<'matter.evaluated.v1'>
      return {
        ...fact,
        data: { target, rating: rating === 'satisfied' ? 'dissatisfied' : 'satisfied' },
      }
    }
    default:
      return undefined
  }
}

const retraction = (wrong: WireEvent, fact: Fact, at: number): Fact => ({
  type: 'event.retracted.v1',
  at,
  office: fact.office,
  data: {
    source: wrong.source,
    id: wrong.id,
    reason: 'correction',
  } satisfies WireData<'event.retracted.v1'>,
})

/**
 * What the offices write down of a matter and when it reaches the system: late, now and then twice,
 * and about one in a hundred wrong at first (retracted later, and the right fact sent under a new
 * id). Events that would be received after `world.untilMs` are left out. Unordered.
 */
export const deliver = (world: World, draft: MatterDraft): readonly Delivery[] => {
  const { random, calendar, untilMs } = world
  const deliveries: Delivery[] = []
  let number = 0

  const stamp = (fact: Fact, ms: number): string =>
    fact.office.clock === 'utc'
      ? new Date(ms).toISOString()
      : localStamp(ms, calendar.dayOf(ms).offsetMs, fact.office.clock === 'milliseconds')

  const send = (fact: Fact, recorded: number): { event: WireEvent; recorded: number } => {
    const { office } = fact
    const event: WireEvent = {
      specversion: '1.0',
      id: `${draft.id}-E${++number}`,
      source: office.source,
      type: fact.type,
      subject: draft.id,
      time: stamp(fact, fact.at),
      ...(office.statesRecording ? { recordedtime: stamp(fact, wholeSeconds(recorded)) } : {}),
      data: fact.data,
    }
    const receivedTime = Math.ceil(recorded + transportMs(random))
    if (receivedTime <= untilMs) deliveries.push({ event, receivedTime })
    if (random.chance(0.004)) {
      const again = receivedTime + Math.ceil(random.exponential(20) * hourMs)
      if (again <= untilMs) deliveries.push({ event, receivedTime: again })
    }
    return { event, recorded }
  }

  for (const fact of draft.facts) {
    const wrong = random.chance(0.011) ? misstated(world, draft, fact) : undefined
    if (wrong === undefined) {
      send(fact, recordedAt(world, fact.at, fact.office.lag))
      continue
    }
    const sent = send(wrong, recordedAt(world, fact.at, fact.office.lag))
    const noticed = workMoment(world, wholeSeconds(sent.recorded), random.exponential(9) * dayMs)
    send(retraction(sent.event, fact, noticed), noticed + minuteMs)
    send(fact, noticed + minuteMs)
  }
  return deliveries
}
