import type { EventType } from '../../../schemas/events/types.ts'
import type { WireEvent } from '../../../schemas/events/wire.ts'

/** Attributes of a petition in a golden world; the region is always the world's id. */
export type Registration = {
  channel?: 'letter' | 'visit' | 'call' | 'online'
  category?: string
  org?: string
  people?: number
  purpose?: 'appeal' | 'suggestion' | 'report'
  receivedLevel?: number
}

/** What happens to a matter after its petition; times are RFC 3339. */
export type Handling = {
  accepted: string
  closed?: string
  outcome?: 'supported' | 'mediated'
  extendedDays?: number
  extendedAt?: string
  leadLevel?: number
}

export type World = {
  /** `count` matters of one petition each, registered at `time`. */
  add: (
    count: number,
    time: string,
    registration: Registration | ((index: number) => Registration),
    handling?: Handling,
  ) => void
  readonly events: readonly WireEvent[]
}

/** Builds the events of one set of figures. All happen in the region named like the set. */
export const worldOf = (id: string): World => {
  const events: WireEvent[] = []
  let matters = 0
  const tell = (subject: string, type: EventType, time: string, data: object): void => {
    events.push({
      specversion: '1.0',
      id: `${subject}.${type.split('.')[1]}`,
      source: '/offices/golden',
      type,
      subject,
      time,
      recordedtime: time,
      data,
    })
  }
  return {
    events,
    add: (count, time, registration, handling) => {
      for (let index = 0; index < count; index++) {
        const subject = `${id}.${++matters}`
        const {
          channel = 'letter',
          category = '其他',
          ...rest
        } = typeof registration === 'function' ? registration(index) : registration
        tell(subject, 'petition.registered.v1', time, {
          petitionId: 'p1',
          channel,
          region: id,
          category,
          ...rest,
        })
        if (handling === undefined) continue
        const { accepted, closed, outcome = 'supported', extendedDays, leadLevel } = handling
        tell(subject, 'matter.accepted.v1', accepted, { org: '承办单位' })
        if (leadLevel !== undefined)
          tell(subject, 'matter.leadAssigned.v1', accepted, { leadLevel })
        if (extendedDays !== undefined)
          tell(subject, 'matter.extended.v1', handling.extendedAt ?? accepted, {
            days: extendedDays,
          })
        if (closed !== undefined) tell(subject, 'matter.closed.v1', closed, { outcome })
      }
    },
  }
}

/** Heads of the index-th of `visits` groups that are `people` in all, as even as whole numbers allow. */
export const headsOf =
  (people: number, visits: number) =>
  (index: number): number =>
    Math.floor(people / visits) + (index < people % visits ? 1 : 0)

/** Visits of that many groups and heads. */
export const visitsOf =
  (people: number, visits: number, rest: Registration = {}) =>
  (index: number): Registration => ({
    ...rest,
    channel: 'visit',
    people: headsOf(people, visits)(index),
  })
