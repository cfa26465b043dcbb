import { parseEvent } from '../schemas/events/parse.ts'
import type { EventType } from '../schemas/events/types.ts'
import type { EventLog, ReceivedEvent } from '../schemas/log/port.ts'
import { subjectOf } from './city-history.ts'
import { quantile } from './measure.ts'

const EVERY_MS = 100
const BATCH = 100

const kinds: readonly (readonly [EventType, object])[] = [
  ['matter.supervised.v1', { byLevel: 3 }],
  ['matter.accepted.v1', { org: '单位1' }],
  ['matter.closed.v1', { outcome: 'supported' }],
  ['matter.evaluated.v1', { target: 'unit', rating: 'satisfied' }],
]

export type Arrivals = {
  /** Ends them; resolves with what arrived and how long a batch took until every figure counted it. */
  readonly stop: () => Promise<{ readonly events: number; readonly visibleP95Ms: number }>
}

/** Which matters events are about, besides new ones. */
export type About = 'recent' | 'any'

/** Matters registered in the last ninety days of three years. */
const RECENT = 90 / 1096

/** Of events about matters there are, one in so many is about any of them: a review, a reopening. */
const OLD_ONE_IN = 10

/**
 * 1,000 events a second in batches of a hundred, each batch a client of its own: two of five on new
 * matters, the others on those of the last ninety days and a few on any; or all on any.
 */
export const startArrivals = (log: EventLog, matters: number, about: About): Arrivals => {
  const run = Date.now().toString(36)
  const under: Promise<void>[] = []
  const took: number[] = []
  let sent = 0
  const known = (): number => {
    const recent = about === 'recent' && Math.random() >= 1 / OLD_ONE_IN
    return Math.floor((recent ? 1 - RECENT + Math.random() * RECENT : Math.random()) * matters)
  }
  const event = (receivedTime: number): ReceivedEvent => {
    const n = sent++
    const fresh = n % 5 < 2
    const [type, data] = fresh
      ? ([
          'petition.registered.v1',
          {
            petitionId: `${run}-${n}`,
            channel: 'online',
            region: '430102001',
            category: '类别1/小类1',
          },
        ] as const)
      : (kinds[n % kinds.length] ?? kinds[0] ?? ['matter.settled.v1', {}])
    const parsed = parseEvent(
      {
        specversion: '1.0',
        id: `${run}-${n}`,
        source: '/offices/430102',
        type,
        subject: fresh ? `430102-1${run}${n}` : subjectOf(known()),
        time: new Date(receivedTime - 60_000).toISOString(),
        data,
      },
      { receivedTime: 'refused' },
    )
    if (!parsed.ok) throw new Error('the benchmark made an unusable event')
    return { ...parsed.event, receivedTime }
  }
  const timer = setInterval(() => {
    const receivedTime = Date.now()
    const batch = Array.from({ length: BATCH }, () => event(receivedTime))
    under.push(log.publish(batch).then(() => void took.push(Date.now() - receivedTime)))
  }, EVERY_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await Promise.all(under)
      return { events: sent, visibleP95Ms: quantile(took, 0.95) }
    },
  }
}
