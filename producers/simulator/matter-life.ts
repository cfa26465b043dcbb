import { aftermath } from './aftermath.ts'
import { backlog, type Campaign } from './backlog.ts'
import type { CityDay } from './calendar.ts'
import { handle } from './handling.ts'
import type { MatterDraft } from './matter-draft.ts'
import { type PetitionWish, registerPetition } from './petition.ts'
import { slips } from './slips.ts'
import type { SpikeMatter, SpikeMetric } from './spikes.ts'
import type { World } from './world.ts'

/** What makes a petition count in the spike's metric and in no other spike's. */
const spikeWish = ({ random }: World, metric: SpikeMetric): Omit<PetitionWish, 'repeat'> => {
  switch (metric) {
    case 'collective_visits':
      return { channel: 'visit', people: random.int(6, 48), receivedLevel: 2 }
    case 'cross_level_legal':
      return { channel: 'visit', people: random.int(1, 4), receivedLevel: 4 }
    case 'repeat_petitions':
      return { people: 1, receivedLevel: 2 }
  }
}

const register = (
  world: World,
  draft: MatterDraft,
  day: CityDay,
  spike: SpikeMatter | undefined,
): number => {
  if (spike === undefined) return registerPetition(world, draft, day, { repeat: false })
  const { metric, repeatDays } = spike
  const at = registerPetition(world, draft, day, { repeat: false, ...spikeWish(world, metric) })
  for (const repeatDay of repeatDays) {
    registerPetition(world, draft, repeatDay, { repeat: true, ...spikeWish(world, metric) })
  }
  return at
}

/**
 * The whole life of a matter first registered on `day`, as facts on the draft. The petitions of a
 * spike are fixed; the handling of its matters is like any other's. `twin` is another matter that
 * this one may be merged into.
 */
export const live = (
  world: World,
  draft: MatterDraft,
  day: CityDay,
  spike: SpikeMatter | undefined,
  campaigns: readonly Campaign[],
  twin: string | undefined,
): void => {
  handle(world, draft, register(world, draft, day, spike))
  aftermath(world, draft)
  backlog(world, draft, campaigns)
  slips(world, draft, twin)
}
