import { simulate } from '../../producers/simulator/simulate.ts'
import { parseEvent } from '../../schemas/events/parse.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'

/** Of the history: long enough that most matters come to their end in it. */
const YEARS = 1.25
const UNTIL = Date.UTC(2026, 0, 1)

/** Dates between which all of it lies, for the figures. */
export const HISTORY = { from: '2024-09-01', to: '2026-02-01' } as const

/** Matters for so many events. */
export const mattersFor = (events: number): number => Math.ceil(events / 5)

/**
 * The first `count` events that the simulated city's offices would have sent over its months, in the
 * order of their receipt: many matters at once, about five events each, late, now and then twice or
 * taken back. The same for the same count. Throws where the city has fewer.
 */
export function* cityEvents(count: number): Generator<ReceivedEvent> {
  const { events } = simulate({ seed: 4, years: YEARS, matters: mattersFor(count), until: UNTIL })
  let made = 0
  for (const { event: wire, receivedTime } of events) {
    if (made === count) return
    const parsed = parseEvent(wire, { receivedTime: 'refused' })
    if (!parsed.ok) throw new Error('the simulator made an unusable event')
    made += 1
    yield { ...parsed.event, receivedTime }
  }
  if (made < count) throw new Error(`the city has ${made} events only, ${count} were asked for`)
}

/** The same in batches of `size`, the last perhaps smaller. */
export function* cityBatches(count: number, size: number): Generator<readonly ReceivedEvent[]> {
  let batch: ReceivedEvent[] = []
  for (const event of cityEvents(count)) {
    batch.push(event)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
