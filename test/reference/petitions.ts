import type { CaseEvent } from '../../schemas/events/event.ts'
import type { PetitionRow } from '../../schemas/tables/rows.ts'
import { byKeys } from './code-point-order.ts'
import { groupBy, ofType } from './known-events.ts'

/** A known petition, before it is said which matter it belongs to. */
export type Petition = Omit<PetitionRow, 'present' | 'matterId' | 'repeat'>

/** By (time, petitionId, original matterId): the first counted one is the matter's first petition. */
export const petitionOrder = byKeys<Petition>(
  (petition) => petition.time,
  (petition) => petition.petitionId,
  (petition) => petition.originMatter,
)

/** The petitions registered under one matter. @param own its known events, in the contract's order */
export const petitionsRegistered = (own: readonly CaseEvent[]): Petition[] => {
  const voidedIds = new Set(ofType(own, 'petition.voided.v1').map(({ data }) => data.petitionId))
  const registrations = groupBy(
    ofType(own, 'petition.registered.v1'),
    ({ data }) => data.petitionId,
  )
  return [...registrations.values()].flatMap(([earliest]) => {
    if (earliest === undefined) return []
    const { subject, time, data } = earliest
    const voided = voidedIds.has(data.petitionId)
    return [
      {
        originMatter: subject,
        petitionId: data.petitionId,
        time,
        channel: data.channel,
        region: data.region,
        category: data.category,
        org: data.org ?? '',
        purpose: data.purpose,
        flags: [...new Set<string>(data.flags)].sort(byKeys((flag) => flag)),
        people: data.people,
        receivedLevel: data.receivedLevel ?? 0,
        competentLevel: data.competentLevel ?? 0,
        homeLevel: data.homeLevel ?? 0,
        leaderReception: data.leaderReception,
        supplement: data.supplement,
        voided,
        counted: !voided && !data.supplement,
      },
    ]
  })
}

/**
 * A petition as the matter it belongs to has it: for each field the latest `reclassified` that gives
 * it replaces its own. @param owner known events of the matter it belongs to, in the contract's order
 */
export const reclassify = (petition: Petition, owner: readonly CaseEvent[]): Petition => {
  const answer = { ...petition }
  for (const { data } of ofType(owner, 'matter.reclassified.v1')) {
    if (data.region !== undefined) answer.region = data.region
    if (data.category !== undefined) answer.category = data.category
    if (data.org !== undefined) answer.org = data.org
    if (data.competentLevel !== undefined) answer.competentLevel = data.competentLevel
  }
  return answer
}

/** The row of a petition of which nothing is known (any more, or yet). */
export const unknownPetition = (originMatter: string, petitionId: string): PetitionRow => ({
  originMatter,
  petitionId,
  present: false,
  matterId: '',
  time: 0,
  channel: '',
  region: '',
  category: '',
  org: '',
  purpose: '',
  flags: [],
  people: 0,
  receivedLevel: 0,
  competentLevel: 0,
  homeLevel: 0,
  leaderReception: false,
  supplement: false,
  voided: false,
  counted: false,
  repeat: false,
})
