import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { components, type MergeEvent, resolveComponent } from '../../../schemas/fold/merges.ts'
import { compareText } from '../../reference/code-point-order.ts'
import { endOfChain, membersOf } from '../../reference/merges.ts'

// U+FF5E sorts before U+1F600 by code point and after it by UTF-16 unit
const names = ['A', 'B', 'C', 'a', '\uff5e', '\u{1f600}'] as const
const name = fc.constantFrom(...names)
const merge = fc.record({
  subject: name,
  into: fc.oneof({ weight: 3, arbitrary: name }, { weight: 1, arbitrary: fc.constant(null) }),
  time: fc.nat(4),
  id: fc.constantFrom('1', '2'),
  source: fc.constantFrom('/a', '/b'),
})
const history = fc.uniqueArray(merge, {
  maxLength: 10,
  selector: ({ subject, id, source }) => `${subject} ${id} ${source}`,
})

const inContractOrder = (a: MergeEvent, b: MergeEvent): number =>
  a.time - b.time ||
  Number(a.into === null) - Number(b.into === null) ||
  compareText(a.id, b.id) ||
  compareText(a.source, b.source)

/** Where each matter points after the events up to a time, one after another. */
const pointersAfter = (events: readonly MergeEvent[], until: number): Map<string, string> => {
  const pointers = new Map<string, string>()
  for (const { subject, into, time } of [...events].sort(inContractOrder)) {
    if (time > until) continue
    if (into === null) pointers.delete(subject)
    else pointers.set(subject, into)
  }
  return pointers
}

describe('a component of merged matters', () => {
  it('resolves as the reference says, whatever was merged, unmerged, in cycles or at one time', () => {
    fc.assert(
      fc.property(history, (events) => {
        const pointers = pointersAfter(events, Number.POSITIVE_INFINITY)
        for (const node of resolveComponent(names, events)) {
          const end = endOfChain(pointers, node.matterId)
          expect(node.mergedInto).toBe(end === node.matterId ? '' : end)
          const members = node.members.filter(([, role]) => role > 0).map(([member]) => member)
          expect(members).toEqual(membersOf(pointers, node.matterId, names))
          expect(node.members.filter(([, role]) => role === 2)).toEqual([[node.matterId, 2]])
        }
      }),
      { numRuns: 500 },
    )
  })

  it('was away exactly at the times at which its chain then ended elsewhere', () => {
    fc.assert(
      fc.property(history, (events) => {
        const nodes = resolveComponent(names, events)
        for (let time = -1; time <= 5; time++) {
          const pointers = pointersAfter(events, time)
          for (const { matterId, away } of nodes)
            expect(away.some(([from, to]) => from <= time && time < to)).toBe(
              endOfChain(pointers, matterId) !== matterId,
            )
        }
      }),
      { numRuns: 300 },
    )
  })

  it('does not depend on the order in which its events are given', () => {
    fc.assert(
      fc.property(history, (events) => {
        const forwards = resolveComponent(names, events)
        expect(resolveComponent(names, [...events].reverse())).toEqual(forwards)
      }),
    )
  })
})

describe('components', () => {
  const pair = fc.record({ subject: name, into: name })

  it('hold every matter once, and both ends of every merge together', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), (edges) => {
        const groups = components(edges)
        const named = [...new Set(edges.flatMap(({ subject, into }) => [subject, into]))]
        expect(groups.flat().sort()).toEqual(named.sort())
        for (const { subject, into } of edges)
          expect(
            groups.filter((group) => group.includes(subject) && group.includes(into)),
          ).toHaveLength(1)
      }),
      { numRuns: 300 },
    )
  })

  it('hold no matters that nothing ties together', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), (edges) => {
        for (const group of components(edges)) {
          // what is reached from one matter, step by step, is the group
          const reached = new Set(group.slice(0, 1))
          for (let before = 0; before < reached.size; ) {
            before = reached.size
            for (const { subject, into } of edges)
              if (reached.has(subject) || reached.has(into)) reached.add(subject).add(into)
          }
          expect([...reached].sort()).toEqual([...group].sort())
        }
      }),
      { numRuns: 300 },
    )
  })
})
