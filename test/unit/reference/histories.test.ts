import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventTypes } from '../../../schemas/events/types.ts'
import { bulkWorld } from '../../reference/bulk-world.ts'
import { deliveryPlan } from '../../reference/delivery-plans.ts'
import { referenceFold } from '../../reference/fold.ts'
import { cutsOf, historyOf, receivedEvents, type SentEvent } from '../../reference/histories.ts'
import { historyBatch, relabelled } from '../../reference/history-batches.ts'

const zones = ['America/New_York', 'Asia/Shanghai'] as const
const histories = fc
  .constantFrom(...zones)
  .chain((timezone) => historyOf({ timezone, prefix: 'h1' }))

describe('hostile histories', () => {
  it('are valid by the real parser and fold to the same rows however they are delivered', () => {
    const deliveries = histories.chain((history) =>
      fc.record({
        history: fc.constant(history),
        cut: cutsOf(history),
        plan: deliveryPlan(history.sent.length),
      }),
    )
    fc.assert(
      fc.property(deliveries, ({ history, cut, plan }) => {
        const options = { timezone: history.timezone, ...cut }
        const events = receivedEvents(history.sent)
        const delivered = plan.flat().flatMap((index) => events[index] ?? [])
        expect(referenceFold(delivered, options)).toEqual(referenceFold(events, options))
      }),
      { numRuns: 100 },
    )
  })

  it('reach the states that are hard to get right', () => {
    const worlds = fc.sample(histories, { seed: 7, numRuns: 200 }).map(({ sent, timezone }) => {
      const events = receivedEvents(sent)
      return { events, ...referenceFold(events, { timezone }) }
    })
    const matters = worlds.flatMap((world) => world.matters)
    const petitions = worlds.flatMap((world) => world.petitions)
    const shareOf = <T>(items: readonly T[], is: (item: T) => boolean) =>
      items.filter(is).length / items.length
    expect(shareOf(matters, (row) => row.mergedInto !== '')).toBeGreaterThan(0.05)
    expect(shareOf(matters, (row) => row.voided)).toBeGreaterThan(0.01)
    expect(shareOf(matters, (row) => row.dueAt !== null)).toBeGreaterThan(0.05)
    expect(shareOf(matters, (row) => row.openSpells.length > 1)).toBeGreaterThan(0.02)
    expect(shareOf(matters, (row) => row.closedAt !== null)).toBeGreaterThan(0.1)
    expect(shareOf(matters, (row) => row.returnedAt !== null)).toBeGreaterThan(0.02)
    expect(shareOf(petitions, (row) => row.repeat)).toBeGreaterThan(0.05)
    expect(
      shareOf(petitions, (row) => row.present && row.originMatter !== row.matterId),
    ).toBeGreaterThan(0.05)
    expect(shareOf(petitions, (row) => !row.present)).toBeGreaterThan(0.01)
    const types = new Set(worlds.flatMap(({ events }) => events.map(({ type }) => type)))
    expect([...types].sort()).toEqual([...eventTypes].sort())
    const identities = worlds.flatMap(({ events }, world) =>
      events.map((event) => [world, event.subject, event.source, event.id].join(' ')),
    )
    expect(new Set(identities).size).toBeLessThan(0.95 * identities.length)
  })
})

describe('histories side by side', () => {
  const timezone = 'Asia/Shanghai'
  const [batch] = fc.sample(historyBatch({ timezone, prefix: 'x', count: 20 }), {
    seed: 5,
    numRuns: 1,
  })

  it('do not touch each other', () => {
    const sent = batch?.sent ?? []
    const of = ({ wire }: SentEvent) => wire.subject.slice(0, 5)
    const apart = [...new Set(sent.map(of))].flatMap(
      (prefix) =>
        referenceFold(receivedEvents(sent.filter((one) => of(one) === prefix)), { timezone })
          .matters,
    )
    expect(apart.length).toBeGreaterThan(40)
    const together = referenceFold(receivedEvents(sent), { timezone }).matters
    expect(together).toEqual(apart.sort((a, b) => (a.matterId < b.matterId ? -1 : 1)))
  })

  it('can be told again of other matters', () => {
    const again = relabelled(batch?.sent ?? [], 'y')
    expect(again.every(({ wire }) => wire.subject.startsWith('y.'))).toBe(true)
    const into = again.flatMap(({ wire }) => ('into' in wire.data ? [String(wire.data.into)] : []))
    expect(into.length).toBeGreaterThan(0)
    expect(into.every((matterId) => matterId.startsWith('y.'))).toBe(true)
    expect(receivedEvents(again)).toHaveLength(again.length)
  })
})

describe('delivery plans', () => {
  it('deliver every event at least once and leave no batch empty', () => {
    const plans = fc
      .integer({ min: 1, max: 30 })
      .chain((count) => deliveryPlan(count).map((plan) => ({ count, plan })))
    fc.assert(
      fc.property(plans, ({ count, plan }) => {
        expect(new Set(plan.flat()).size).toBe(count)
        expect(plan.every((batch) => batch.length > 0)).toBe(true)
      }),
    )
  })
})

describe('the bulk world', () => {
  it('is the same for the same seed, and another for another', () => {
    const world = (seed: number) => bulkWorld({ seed, matters: 50, prefix: 'b' })
    expect(world(1)).toEqual(world(1))
    expect(world(1)).not.toEqual(world(2))
  })

  it('is valid by the real parser and has every type of event', () => {
    const events = receivedEvents(bulkWorld({ seed: 1, matters: 2000, prefix: 'b' }))
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual([...eventTypes].sort())
    const { matters, petitions } = referenceFold(events, { timezone: 'Asia/Shanghai' })
    expect(matters).toHaveLength(2000)
    expect(petitions.filter(({ repeat }) => repeat).length).toBeGreaterThan(200)
  })
})
