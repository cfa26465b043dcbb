import fc from 'fast-check'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { WireEvent } from '../../schemas/events/wire.ts'
import { bulkWorld } from '../reference/bulk-world.ts'
import type { SentEvent } from '../reference/histories.ts'
import { receivedEvents } from '../reference/histories.ts'
import { historyBatch } from '../reference/history-batches.ts'
import { groupBy, type ReceivedEvent } from '../reference/known-events.ts'
import { brokenLines } from './broken-lines.ts'

/** One file to append: its lines, and how many of them cannot be used. */
export type Part = { readonly lines: readonly string[]; readonly broken: number }

/** Parts that may be appended at the same time; a later wave only after an earlier one has ended. */
export type Wave = { readonly parts: readonly Part[]; readonly events: readonly WireEvent[] }

export type DeliveredWorld = {
  readonly timezone: string
  readonly waves: readonly Wave[]
  /** Epoch ms, ascending: the edges of the histories. */
  readonly instants: readonly number[]
}

/**
 * Gives every event the `recordedtime` it was made with, but for one in eight, whose record is its
 * receipt. Receipt is the system's own, so only whether it comes before or after all else may be
 * relied on: of contents in conflict at most one is left without.
 */
const withRecords = (sent: readonly SentEvent[]): WireEvent[] => {
  const identities = groupBy(sent, ({ wire }) =>
    JSON.stringify([wire.subject, wire.source, wire.id]),
  )
  const wires: WireEvent[] = []
  for (const copies of identities.values()) {
    const contents = groupBy(copies, ({ wire }) => JSON.stringify(wire))
    const unsaid = [...contents.values()].filter(
      ([copy]) => copy?.wire.recordedtime === undefined,
    ).length
    for (const [text, same] of contents) {
      const wire = JSON.parse(text) as WireEvent
      const kept = wire.recordedtime !== undefined || (unsaid === 1 && text.length % 8 === 0)
      const recorded = Math.min(...same.map(({ receivedTime }) => receivedTime))
      const said = kept ? wire : { ...wire, recordedtime: new Date(recorded).toISOString() }
      for (const _ of same) wires.push(said)
    }
  }
  return wires
}

/**
 * Hostile small histories and one world of plausible lives in one delivery: shuffled, some of it
 * twice, cut into waves of parts, with lines between that cannot be used.
 */
export const deliveredWorld = (options: {
  seed: number
  timezone: string
  histories: number
  matters: number
  waves: number
  partsOfWave: number
}): DeliveredWorld => {
  const { seed, timezone } = options
  const generator = xoroshiro128plus(seed)
  const below = (count: number) => uniformInt(generator, 0, count - 1)
  const [history] = fc.sample(
    historyBatch({ timezone, prefix: 'h', count: options.histories, maxEvents: 50 }),
    { seed, numRuns: 1 },
  )
  const sent = [
    ...(history?.sent ?? []),
    ...bulkWorld({ seed, matters: options.matters, prefix: 'w' }),
  ]
  const all = withRecords(sent)
  for (let again = Math.ceil(all.length / 20); again > 0; again -= 1) {
    const copy = all[below(all.length)]
    if (copy !== undefined) all.push(copy)
  }
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = below(at + 1)
    const [a, b] = [all[at], all[other]]
    if (a !== undefined && b !== undefined) [all[at], all[other]] = [b, a]
  }
  const share = <T>(items: readonly T[], part: number, parts: number): T[] =>
    items.slice((items.length * part) / parts, (items.length * (part + 1)) / parts)
  const partOf = (events: readonly WireEvent[]): Part => {
    const lines = events.map((wire) => JSON.stringify(wire))
    const broken = brokenLines(events[0])
    for (const line of broken) lines.splice(below(lines.length + 1), 0, line)
    return { lines, broken: broken.length }
  }
  return {
    timezone,
    instants: history?.instants ?? [],
    waves: Array.from({ length: options.waves }, (_, wave) => {
      const events = share(all, wave, options.waves)
      const { partsOfWave } = options
      return {
        events,
        parts: Array.from({ length: partsOfWave }, (_, part) =>
          partOf(share(events, part, partsOfWave)),
        ),
      }
    }),
  }
}

/** The events of the waves as received at moments (epoch ms) of which only their order counts. */
export const receivedInWaves = (
  waves: readonly Wave[],
  receivedAt: readonly number[],
): ReceivedEvent[] =>
  waves.flatMap(({ events }, wave) =>
    receivedEvents(events.map((wire) => ({ wire, receivedTime: receivedAt[wave] ?? Number.NaN }))),
  )
