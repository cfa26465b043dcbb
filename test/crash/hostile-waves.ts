import { parseEvent, parseEventText } from '../../schemas/events/parse.ts'
import type { WireEvent } from '../../schemas/events/wire.ts'
import { brokenLines } from '../proof/broken-lines.ts'
import { deliveredWorld } from '../proof/delivered-world.ts'
import type { ReceivedEvent } from '../reference/known-events.ts'

/** A message that another system writes to the topic itself. */
export type DirectMessage = { readonly key: string; readonly value: string }

/** What is sent at one time. */
export type Wave = {
  /** To the intake: events, and lines that it must refuse. */
  readonly lines: readonly string[]
  /** To the topic: copies of events of the wave, and messages that end as dead letters. */
  readonly direct: readonly DirectMessage[]
  /** How many of `direct` cannot be used. */
  readonly dead: number
}

export type HostileWaves = {
  readonly timezone: string
  readonly waves: readonly Wave[]
  /** Every event of the waves, copies included, as received at one moment. */
  readonly events: readonly ReceivedEvent[]
  /** Epoch ms, ascending: where the histories have their edges. */
  readonly instants: readonly number[]
}

const directOf = (events: readonly WireEvent[], every: number): Pick<Wave, 'direct' | 'dead'> => {
  const copies = events
    .filter((_, index) => index % every === 0)
    .map((wire) => ({ key: wire.subject, value: JSON.stringify(wire) }))
  const dead = brokenLines(events[0])
    .filter((line) => !parseEventText(line, { receivedTime: 'carried' }).ok)
    .map((value) => ({ key: 'broken', value }))
  return { direct: [...copies, ...dead], dead: dead.length }
}

/**
 * Random histories full of merges in chains, voids, retractions, conflicts and copies, shuffled and
 * cut into waves; the same for the same seed. The parts of one history lie in many waves, and its
 * matters in many partitions.
 */
export const hostileWaves = (options: {
  readonly seed: number
  readonly waves: number
  readonly histories: number
  readonly matters: number
  /** One event in so many also comes from another system. Default 15. */
  readonly copied?: number
  /** Lines to the intake of each wave. Default all; then `copied` must be 1. */
  readonly lines?: number
}): HostileWaves => {
  const { copied = 15, lines: most } = options
  const timezone = 'Asia/Shanghai'
  const world = deliveredWorld({ ...options, timezone, partsOfWave: 1 })
  const receivedTime = Date.UTC(2026, 0, 1)
  return {
    timezone,
    instants: world.instants,
    waves: world.waves.map(({ events, parts }) => ({
      lines: parts.flatMap(({ lines }) => lines).slice(0, most),
      ...directOf(events, copied),
    })),
    events: world.waves.flatMap(({ events }) =>
      events.map((wire): ReceivedEvent => {
        const parsed = parseEvent(wire, { receivedTime: 'refused' })
        if (!parsed.ok) throw new Error('an event of the hostile histories is refused')
        return { ...parsed.event, receivedTime }
      }),
    ),
  }
}

/** A content by its identity and hash, as `storedEvents` names it. */
export const contentName = (
  event: Pick<ReceivedEvent, 'subject' | 'source' | 'id' | 'contentHash'>,
): string => [event.subject, event.source, event.id, event.contentHash.toUpperCase()].join('\n')
