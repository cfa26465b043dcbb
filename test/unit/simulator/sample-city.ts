import type { Delivery } from '../../../producers/simulator/delivery.ts'
import { type SimulationOptions, simulate } from '../../../producers/simulator/simulate.ts'
import type { EventType } from '../../../schemas/events/types.ts'
import type { WireData, WireEvent } from '../../../schemas/events/wire.ts'

export const until = Date.parse('2025-12-20T15:30:00+08:00')

/** Small enough for a fast test, long enough to hold every type of event and two Spring Festivals. */
export const sampleOptions: SimulationOptions = { seed: 7, years: 2, matters: 7_000, until }

export const identityOf = ({ subject, source, id }: WireEvent): string =>
  `${subject} ${source} ${id}`

/** What stands once every delivery has been heard: each event once, less the retracted ones. */
export const standing = (deliveries: readonly Delivery[]): readonly WireEvent[] => {
  const events = new Map(deliveries.map(({ event }) => [identityOf(event), event]))
  for (const event of [...events.values()]) {
    if (event.type !== 'event.retracted.v1') continue
    const { source, id } = event.data as WireData<'event.retracted.v1'>
    events.delete(`${event.subject} ${source} ${id}`)
  }
  return [...events.values()]
}

export const dataOf = <T extends EventType>(
  events: readonly WireEvent[],
  type: T,
): readonly (WireData<T> & { readonly subject: string; readonly at: number })[] =>
  events
    .filter((event) => event.type === type)
    .map((event) => ({
      ...(event.data as WireData<T>),
      subject: event.subject,
      at: Date.parse(event.time),
    }))
    .sort((a, b) => a.at - b.at)

/** Local date, YYYY-MM-DD, in the city's zone (UTC+8, no daylight saving in these years). */
export const localDate = (at: number): string =>
  new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)

export const sampleCity = () => {
  const simulation = simulate(sampleOptions)
  const deliveries = [...simulation.events]
  return { ...simulation, deliveries, standing: standing(deliveries) }
}
