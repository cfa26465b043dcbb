import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareEvents, compareText } from '../../../schemas/events/order.ts'
import { anyCharacter } from './arbitraries.ts'

describe('the order of texts', () => {
  it('is that of their UTF-8 bytes', () => {
    const text = fc.string({ unit: anyCharacter, maxLength: 6 })
    const near = fc.array(fc.constantFrom('a', 'b', '\u0000', '\ue000', '\uffff', '😀', '𐀀'), {
      maxLength: 4,
    })
    const any = fc.oneof(
      text,
      near.map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
      { numRuns: 500 },
    )
  })

  it('puts characters beyond U+FFFF last, which UTF-16 does not', () => {
    expect(['😀', '\uff01', 'a'].sort(compareText)).toEqual(['a', '\uff01', '😀'])
    expect(['😀', '\uff01', 'a'].sort()).toEqual(['a', '😀', '\uff01'])
  })
})

it('orders events by time, place of the type in the table, id, source', () => {
  const first = { time: 1, type: 'petition.registered.v1', id: 'b', source: 'b' } as const
  const ordered = [
    first,
    { ...first, type: 'matter.merged.v1' },
    { ...first, type: 'event.retracted.v1', id: 'a' },
    { ...first, time: 2, id: 'a', source: 'c' },
    { ...first, time: 2, source: 'a' },
    { ...first, time: 2 },
    { ...first, time: 10 },
  ] as const
  expect([...ordered].reverse().sort(compareEvents)).toEqual(ordered)
})
