import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type SimulationOptions, simulate } from '../../../producers/simulator/simulate.ts'
import { parseEvent } from '../../../schemas/events/parse.ts'
import { eventTypes } from '../../../schemas/events/types.ts'
import type { WireData } from '../../../schemas/events/wire.ts'
import { identityOf, sampleCity, sampleOptions, until } from './sample-city.ts'

const digestOf = (events: Iterable<unknown>): string => {
  const hash = createHash('sha256')
  for (const event of events) hash.update(JSON.stringify(event))
  return hash.digest('hex')
}

const small: SimulationOptions = { seed: 1, years: 1, matters: 400, until }
const city = sampleCity()

describe('the stream of a simulated city', () => {
  it('is the same for the same options, and on every reading', () => {
    const simulation = simulate(small)
    const digest = digestOf(simulation.events)
    expect(digestOf(simulation.events)).toBe(digest)
    const again = simulate({ ...small })
    expect(digestOf(again.events)).toBe(digest)
    expect(again.spikes).toEqual(simulation.spikes)
  })

  it('differs with the seed', () => {
    expect(digestOf(simulate({ ...small, seed: 2 }).events)).not.toBe(
      digestOf(simulate(small).events),
    )
  })

  it('comes in order of receipt, within its years and never after its now', () => {
    const earliest = until - (sampleOptions.years * 365.25 + 1) * 86_400_000
    const times = city.deliveries.map(({ receivedTime }) => receivedTime)
    expect(times.filter((time, index) => time < (times[index - 1] ?? earliest))).toEqual([])
    expect(times.at(-1)).toBeLessThanOrEqual(until)
  })

  it('receives nothing before it happened or was recorded', () => {
    const early = city.deliveries.filter(
      ({ event, receivedTime }) =>
        receivedTime < Date.parse(event.time) ||
        receivedTime < Date.parse(event.recordedtime ?? event.time),
    )
    expect(early).toEqual([])
  })

  it('holds only events the validator accepts', () => {
    const refused = city.deliveries
      .map(({ event }) => parseEvent(event, { receivedTime: 'refused' }))
      .flatMap((result) => (result.ok ? [] : result.errors))
    expect(refused).toEqual([])
  })

  it('holds every type of event', () => {
    const seen = new Set(city.deliveries.map(({ event }) => event.type))
    expect(eventTypes.filter((type) => !seen.has(type))).toEqual([])
  })

  it('has the matters that were asked for, but those not heard of yet', () => {
    const subjects = new Set(city.deliveries.map(({ event }) => event.subject))
    expect(subjects.size).toBeGreaterThan(sampleOptions.matters * 0.99)
    expect(subjects.size).toBeLessThanOrEqual(sampleOptions.matters)
  })

  it('resends a few events, each time the same', () => {
    const identities = new Set(city.deliveries.map(({ event }) => identityOf(event)))
    const contents = new Set(city.deliveries.map(({ event }) => JSON.stringify(event)))
    expect(contents.size).toBe(identities.size)
    const resent = 1 - identities.size / city.deliveries.length
    expect(resent).toBeGreaterThan(0.001)
    expect(resent).toBeLessThan(0.01)
  })

  it('retracts events of the same matter that were sent, and sends the right fact after them', () => {
    const byId = new Map(city.deliveries.map(({ event }) => [identityOf(event), event]))
    const retractions = [...byId.values()].filter(({ type }) => type === 'event.retracted.v1')
    expect(retractions.length).toBeGreaterThan(50)
    const followed = retractions.filter((retraction) => {
      const { source, id } = retraction.data as WireData<'event.retracted.v1'>
      const wrong = byId.get(`${retraction.subject} ${source} ${id}`)
      const number = Number(retraction.id.split('-E')[1])
      const right = byId.get(`${retraction.subject} ${source} ${retraction.subject}-E${number + 1}`)
      return wrong !== undefined && right?.type === wrong.type && right.id !== wrong.id
    })
    // The right fact may still be on its way when the history ends.
    expect(followed.length).toBeGreaterThan(retractions.length * 0.97)
  })

  it('says about how many events there will be', () => {
    expect(city.deliveries.length / city.expectedEvents).toBeGreaterThan(0.9)
    expect(city.deliveries.length / city.expectedEvents).toBeLessThan(1.1)
  })

  it('works for a handful of matters, a short history and another time zone', () => {
    const options = { seed: 3, years: 0.2, matters: 5, until, timezone: 'America/New_York' }
    const { events, spikes } = simulate(options)
    const deliveries = [...events]
    expect(spikes).toEqual([])
    expect(new Set(deliveries.map(({ event }) => event.subject)).size).toBeLessThanOrEqual(5)
    expect(deliveries.some(({ event }) => /-0[45]:00$/.test(event.time))).toBe(true)
    for (const { event } of deliveries) {
      expect(parseEvent(event, { receivedTime: 'refused' }).ok).toBe(true)
    }
  })

  it.each([
    ['seed', { ...small, seed: 1.5 }],
    ['years', { ...small, years: 0 }],
    ['years', { ...small, years: Number.NaN }],
    ['matters', { ...small, matters: 0 }],
    ['history', { ...small, until: Date.UTC(1900, 0, 1) }],
    ['time zone', { ...small, timezone: 'Asia/Atlantis' }],
  ])('refuses a wrong %s and says so', (name, options) => {
    expect(() => simulate(options)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(name) }),
    )
  })
})
