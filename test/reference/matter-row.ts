import type { CaseEvent } from '../../schemas/events/event.ts'
import type { CampaignListing, MatterRow } from '../../schemas/tables/rows.ts'
import { byKeys } from './code-point-order.ts'
import { groupBy, ofType } from './known-events.ts'
import { dueOf, lifeCycleOf } from './life-cycle.ts'
import type { LocalClock } from './local-time.ts'
import { openSpells } from './open-spells.ts'
import type { Petition } from './petitions.ts'

/** What a matter's row is made of; every list of events is known events in the contract's order. */
export type MatterFacts = {
  matterId: string
  /** The end of its chain of merges; '' unless it is merged away. */
  mergedInto: string
  own: readonly CaseEvent[]
  /** Merges and unmerges of every matter its merges may touch. */
  merges: readonly CaseEvent[]
  /** Those that are its own if its merge is left out of account, reclassified, in their order. */
  petitions: readonly Petition[]
  /** The `relief` events that belong to it; none where it is merged away. */
  relief: readonly CaseEvent[]
  clock: LocalClock
}

const campaignsOf = (own: readonly CaseEvent[]): CampaignListing[] => {
  const resolved = ofType(own, 'matter.backlogResolved.v1')
  return [...groupBy(ofType(own, 'matter.backlogListed.v1'), ({ data }) => data.campaign).values()]
    .flatMap(([earliest]) => (earliest === undefined ? [] : [earliest]))
    .map(({ time, data }) => ({
      campaign: data.campaign,
      cohort: data.cohort,
      reason: data.reason ?? '',
      listedAt: time,
      resolvedAt:
        resolved.filter((event) => event.data.campaign === data.campaign).at(-1)?.time ?? null,
    }))
    .sort(byKeys(({ campaign }) => campaign))
}

const timesOf = (events: readonly CaseEvent[]): number[] => events.map(({ time }) => time)

/** The row of a matter, by contract §3. */
export const matterRow = (facts: MatterFacts): MatterRow => {
  const { matterId, mergedInto, own, petitions, clock } = facts
  const counted = petitions.filter((petition) => petition.counted)
  const [first] = counted
  const petitionTimes = counted.map(({ time }) => time)
  const countUntil = (at: number | undefined) =>
    at === undefined ? 0 : petitionTimes.filter((time) => time <= at).length
  const after = (at: number | undefined) =>
    at === undefined ? undefined : petitionTimes.find((time) => time > at)

  const { accepted, declinedAt, withdrawnAt, closed, firstClosed } = lifeCycleOf(own)
  const reclassifiedOrg = ofType(own, 'matter.reclassified.v1')
    .map(({ data }) => data.org)
    .filter((org) => org !== undefined)
    .at(-1)
  const evaluated = ofType(own, 'matter.evaluated.v1')
  const ratingOf = (target: string) =>
    evaluated.filter(({ data }) => data.target === target).at(-1)?.data.rating ?? ''
  const requests = ofType(own, 'matter.reviewRequested.v1')
  const decisions = ofType(own, 'matter.reviewDecided.v1')
  const review = decisions.find(({ data }) => data.stage === 'review')
  const recheck = decisions.find(({ data }) => data.stage === 'recheck')
  const settled = ofType(own, 'matter.settled.v1').at(-1)
  const purpose = first?.purpose ?? ''

  return {
    matterId,
    present: own.length > 0 || petitions.length > 0 || facts.relief.length > 0,
    mergedInto,
    voided: petitions.length > 0 && petitions.every((petition) => petition.voided),
    inScope: declinedAt === null && withdrawnAt === null && mergedInto === '',
    declinedAt,
    withdrawnAt,
    terminatedAt: ofType(own, 'matter.terminated.v1')[0]?.time ?? null,
    registeredAt: first?.time ?? null,
    petitionTimes,
    region: first?.region ?? '',
    category: first?.category ?? '',
    channel: first?.channel ?? '',
    purpose,
    flags: first?.flags ?? [],
    receivedLevel: first?.receivedLevel ?? 0,
    competentLevel: first?.competentLevel ?? 0,
    homeLevel: first?.homeLevel ?? 0,
    org: reclassifiedOrg ?? accepted?.data.org ?? first?.org ?? '',
    channelCount: new Set(counted.map(({ channel }) => channel)).size,
    crossBoundary: counted.some(({ flags }) => flags.some((flag) => flag !== 'litigation')),
    forwardedAt: ofType(own, 'matter.forwarded.v1')[0]?.time ?? null,
    acceptedAt: accepted?.time ?? null,
    route: accepted?.data.route ?? '',
    notifiedAt: accepted?.data.notifiedAt ?? accepted?.time ?? null,
    // a merged-away matter is out of scope, and what is out of scope is not due
    dueAt: mergedInto === '' ? dueOf(own, purpose, clock) : null,
    closedAt: closed?.time ?? null,
    outcome: closed?.data.outcome ?? '',
    firstClosedAt: firstClosed?.time ?? null,
    firstOutcome: firstClosed?.data.outcome ?? '',
    petitionsAtAccepted: countUntil(accepted?.time),
    petitionsAtFirstClosing: countUntil(firstClosed?.time),
    returnedAt: after(firstClosed?.time) ?? null,
    leadLevel: ofType(own, 'matter.leadAssigned.v1').at(-1)?.data.leadLevel ?? 0,
    supervised: ofType(own, 'matter.supervised.v1').length > 0,
    unitRating: ratingOf('unit'),
    officeRating: ratingOf('office'),
    reviewRequestedAt: timesOf(requests.filter(({ data }) => data.stage === 'review')),
    recheckRequestedAt: timesOf(requests.filter(({ data }) => data.stage === 'recheck')),
    reviewDecidedAt: review?.time ?? null,
    reviewResult: review?.data.result ?? '',
    recheckDecidedAt: recheck?.time ?? null,
    recheckResult: recheck?.data.result ?? '',
    settledAt: settled?.time ?? null,
    settled: settled !== undefined && after(settled.time) === undefined,
    campaigns: campaignsOf(own),
    relief: ofType(facts.relief, 'matter.relief.v1')
      .map(({ time, data }) => ({ at: time, amountFen: data.amountFen }))
      .sort(
        byKeys(
          ({ at }) => at,
          ({ amountFen }) => amountFen,
        ),
      ),
    openSpells: openSpells(matterId, own, facts.merges, purpose, clock),
  }
}
