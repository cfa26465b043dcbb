import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, storedContents } from '../../../consumers/sink/outcomes.ts'
import type { ReceivedEvent } from '../../../schemas/log/port.ts'
import { memoryStore } from './memory-store.ts'
import { event } from './received-event.ts'

const keyOf = ({ subject, source, id }: Pick<ReceivedEvent, 'subject' | 'source' | 'id'>): string =>
  JSON.stringify([subject, source, id])

/** Earliest receipt of every content of every identity. */
const contentsOf = (events: readonly ReceivedEvent[]): ReadonlyMap<string, number> => {
  const contents = new Map<string, number>()
  for (const each of events) {
    const key = `${keyOf(each)} ${each.contentHash}`
    contents.set(key, Math.min(each.receivedTime, contents.get(key) ?? Number.POSITIVE_INFINITY))
  }
  return contents
}

const asStored = (events: readonly ReceivedEvent[]) =>
  events.map(({ subject, source, id, contentHash, receivedTime }) => ({
    subject,
    source,
    id,
    hash: contentHash,
    received: receivedTime,
  }))

const anyReceived = fc
  .record({ matter: fc.nat(2), id: fc.nat(3), content: fc.nat(2), receivedTime: fc.nat(5) })
  .map(({ matter, id, content, receivedTime }) =>
    event({ subject: `M${matter}`, id: `e${id}`, content: String(content), receivedTime }),
  )
const batch = fc.array(anyReceived, { maxLength: 12 })

describe('how events end', () => {
  it.each([
    ['the first', [{}], ['new']],
    ['the same again', [{}, {}], ['new', 'duplicate']],
    ['other content under one identity', [{}, { content: 'other' }], ['new', 'conflict']],
    [
      'each content once more',
      [{}, { content: 'b' }, { content: 'b' }, {}],
      ['new', 'conflict', 'duplicate', 'duplicate'],
    ],
    ['one pair of source and id under two matters', [{}, { subject: 'M2' }], ['new', 'new']],
    ['one id of two offices', [{}, { source: '/b' }], ['new', 'new']],
  ])('%s: %o', (_, events, outcomes) => {
    expect(judge(events.map(event), []).outcomes).toEqual(outcomes)
  })

  it('tells identities apart whose parts run together alike', () => {
    const events = [event({ subject: 'a', id: 'b,c' }), event({ subject: 'a,b', id: 'c' })]
    expect(judge(events, []).outcomes).toEqual(['new', 'new'])
  })

  it('is the same for a batch as for its parts one after another', () => {
    fc.assert(
      fc.property(batch, fc.nat(12), (events, at) => {
        const whole = judge(events, [])
        const first = judge(events.slice(0, at), [])
        const second = judge(events.slice(at), asStored(first.toStore))
        expect([...first.outcomes, ...second.outcomes]).toEqual(whole.outcomes)
        expect(contentsOf([...first.toStore, ...second.toStore])).toEqual(contentsOf(whole.toStore))
      }),
      { numRuns: 500 },
    )
  })

  it('stores every content with its earliest receipt, and nothing in vain', () => {
    fc.assert(
      fc.property(batch, batch, (before, events) => {
        const stored = judge(before, []).toStore
        const { toStore, outcomes } = judge(events, asStored(stored))
        expect(contentsOf([...stored, ...toStore])).toEqual(contentsOf([...before, ...events]))
        const again = judge(events, asStored([...stored, ...toStore]))
        expect(again.toStore).toEqual([])
        expect(again.outcomes.every((outcome) => outcome === 'duplicate')).toBe(true)
        expect(outcomes).toHaveLength(events.length)
      }),
      { numRuns: 500 },
    )
  })

  it('counts as many new ones as there are identities not stored, in any order', () => {
    fc.assert(
      fc.property(batch, fc.infiniteStream(fc.nat()), (events, order) => {
        const shuffled = events
          .map((each) => ({ each, at: order.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each)
        const count = (list: readonly ReceivedEvent[]) =>
          judge(list, []).outcomes.filter((outcome) => outcome === 'new').length
        expect(count(shuffled)).toBe(new Set(events.map(keyOf)).size)
        expect(count(events)).toBe(count(shuffled))
      }),
    )
  })
})

describe('what is stored under the identities of a batch', () => {
  it('is asked for by matter and id, each once', async () => {
    const { store, queries } = memoryStore()
    await storedContents(store, [event({}), event({ content: 'b' }), event({ id: "e'2" })])
    expect(queries).toHaveLength(1)
    expect(queries[0]).toContain("subject IN ['M1']")
    expect(queries[0]).toContain("id IN ['e1', 'e\\'2']")
  })
})
