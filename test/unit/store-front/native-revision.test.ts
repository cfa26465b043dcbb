import { describe, expect, it } from 'vitest'
import { elementType, typeOf } from '../../../schemas/store/http-front/column-type.ts'
import { withRevision } from '../../../schemas/store/http-front/native-revision.ts'

describe('the type of a column', () => {
  it.each([
    ['UInt8', 'UInt8', []],
    ["DateTime64(3, 'UTC')", 'DateTime64', ['3', "'UTC'"]],
    [
      'Map(String, Array(Tuple(a UInt8, b String)))',
      'Map',
      ['String', 'Array(Tuple(a UInt8, b String))'],
    ],
    ["Enum8('a, (b' = 1, 'c\\')' = 2)", 'Enum8', ["'a, (b' = 1", "'c\\')' = 2"]],
    ['Tuple(`a, b` UInt8)', 'Tuple', ['`a, b` UInt8']],
    ['Tuple()', 'Tuple', []],
  ])('%s is read', (text, name, args) => {
    expect(typeOf(text)).toEqual({ name, args })
  })

  it.each([
    ['String', 'String'],
    ['a String', 'String'],
    ['`a b` Array(UInt8)', 'Array(UInt8)'],
    ["DateTime64(3, 'Asia/Shanghai')", "DateTime64(3, 'Asia/Shanghai')"],
    ['Map(String, UInt8)', 'Map(String, UInt8)'],
  ])('of a tuple’s element %s is told from its name', (text, type) => {
    expect(elementType(text)).toBe(type)
  })
})

describe('a Native result for a client that names its revision', () => {
  const block = Buffer.concat([
    Buffer.from([2, 1]),
    Buffer.from('\u0001a\u0005UInt8'),
    Buffer.from([7]),
    Buffer.from('\u0001b\u0006String'),
    Buffer.from('\u0001x'),
  ])

  it('has the head of each block and a byte for each column', () => {
    const head = Buffer.from('010002ffffffff00', 'hex')
    const wanted = Buffer.concat([
      head,
      Buffer.from([2, 1]),
      Buffer.from('\u0001a\u0005UInt8\u0000\u0007'),
      Buffer.from('\u0001b\u0006String\u0000\u0001x'),
    ])
    expect(withRevision(block)).toEqual(wanted)
    expect(withRevision(Buffer.concat([block, block]))).toEqual(Buffer.concat([wanted, wanted]))
    expect(withRevision(Buffer.alloc(0))).toEqual(Buffer.alloc(0))
  })

  it('is refused for a type whose length cannot be told', () => {
    const column = Buffer.concat([
      Buffer.from([1, 1]),
      Buffer.from('\u0001a\u0004JSON'),
      Buffer.from([0]),
    ])
    expect(() => withRevision(column)).toThrow('(NOT_IMPLEMENTED)')
  })

  it('is never cut short', () => {
    for (let end = 1; end < block.length; end++)
      expect(() => withRevision(block.subarray(0, end)), String(end)).toThrow()
  })
})
