/**
 * The types of contract §2 in the order of its table. The order is part of the contract: it breaks
 * ties between events of one time ("earliest" and "latest" order by time, type, id, source).
 */
export const eventTypes = [
  'petition.registered.v1',
  'petition.voided.v1',
  'matter.forwarded.v1',
  'matter.accepted.v1',
  'matter.declined.v1',
  'matter.leadAssigned.v1',
  'matter.supervised.v1',
  'matter.extended.v1',
  'matter.closed.v1',
  'matter.reopened.v1',
  'matter.evaluated.v1',
  'matter.reviewRequested.v1',
  'matter.reviewDecided.v1',
  'matter.terminated.v1',
  'matter.backlogListed.v1',
  'matter.backlogResolved.v1',
  'matter.settled.v1',
  'matter.reclassified.v1',
  'matter.withdrawn.v1',
  'matter.merged.v1',
  'matter.unmerged.v1',
  'matter.relief.v1',
  'event.retracted.v1',
] as const
export type EventType = (typeof eventTypes)[number]

/** 1-based place of a type in the contract's table; the raw table stores it as `type_rank`. */
export const rankOf: Readonly<Record<EventType, number>> = Object.fromEntries(
  eventTypes.map((type, index) => [type, index + 1]),
) as Record<EventType, number>
