import type { CaseEvent } from '../../schemas/events/event.ts'
import { type EventType, rankOf } from '../../schemas/events/types.ts'
import { byKeys } from './code-point-order.ts'

/** An event as the system has it: `receivedTime` (epoch ms) is when its edge accepted this copy. */
export type ReceivedEvent = CaseEvent & { receivedTime: number }

export type Cut = {
  /** Epoch ms: what the offices had recorded, and what had happened, by then. Absent: everything. */
  asOf?: number
  /** Epoch ms: what this system had received by then. Absent: everything. */
  receivedBy?: number
}

/** "Earliest" and "latest" of the contract: (time, type in the order of the table, id, source). */
export const eventOrder = byKeys<CaseEvent>(
  (event) => event.time,
  (event) => rankOf[event.type],
  (event) => event.id,
  (event) => event.source,
)

/** The events of one type, in the order they are given. */
export const ofType = <T extends EventType>(
  events: readonly CaseEvent[],
  type: T,
): Extract<CaseEvent, { type: T }>[] =>
  events.filter((event): event is Extract<CaseEvent, { type: T }> => event.type === type)

const identityOf = (subject: string, source: string, id: string): string =>
  JSON.stringify([subject, source, id])

export const groupBy = <T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return groups
}

/**
 * The known events of contract §3, in the contract's order: copies made one (the earliest received
 * stands), the cuts applied, then one content chosen for each identity, then what a known
 * retraction names taken away. Retractions themselves are left out of the answer: whatever they had
 * to say has been done.
 */
export const knownEvents = (received: readonly ReceivedEvent[], cut: Cut): CaseEvent[] => {
  const { asOf = Number.POSITIVE_INFINITY, receivedBy = Number.POSITIVE_INFINITY } = cut
  const standing: CaseEvent[] = []
  const receivedInTime = received.filter((event) => event.receivedTime <= receivedBy)
  const identities = groupBy(receivedInTime, (e) => identityOf(e.subject, e.source, e.id))
  for (const copiesOfIdentity of identities.values()) {
    const contents = [...groupBy(copiesOfIdentity, (copy) => copy.contentHash).values()]
      .flatMap((copies) => {
        const [event] = copies
        const firstReceived = Math.min(...copies.map((copy) => copy.receivedTime))
        return event === undefined
          ? []
          : [{ event, recordedAt: event.recordedTime ?? firstReceived }]
      })
      .filter(({ event, recordedAt }) => recordedAt <= asOf && event.time <= asOf)
      .sort(
        byKeys(
          ({ recordedAt }) => recordedAt,
          ({ event }) => event.contentHash,
        ),
      )
    const [chosen] = contents
    if (chosen !== undefined) standing.push(chosen.event)
  }
  const retracted = new Set(
    ofType(standing, 'event.retracted.v1').map(({ subject, data }) =>
      identityOf(subject, data.source, data.id),
    ),
  )
  return standing
    .filter((event) => event.type !== 'event.retracted.v1')
    .filter((event) => !retracted.has(identityOf(event.subject, event.source, event.id)))
    .sort(eventOrder)
}
