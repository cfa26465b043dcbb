import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowBinaryWriter } from '../../../schemas/store/row-binary.ts'
import { anyCharacter } from '../events/arbitraries.ts'
import { readRowBinary } from './row-binary-reader.ts'

const columns = [
  { name: 'text', type: 'String' },
  { name: 'small', type: 'UInt8' },
  { name: 'medium', type: 'UInt32' },
  { name: 'large', type: 'UInt64' },
  { name: 'time', type: "DateTime64(3, 'UTC')" },
  { name: 'maybe', type: "Nullable(DateTime64(3, 'UTC'))" },
  { name: 'hash', type: 'FixedString(4)' },
  { name: 'list', type: 'Array(String)' },
] as const

const stamp = fc.oneof(
  fc.integer({ min: -2_208_988_800_000, max: 7_258_118_399_999 }),
  fc.constantFrom(0, -1, 1, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1),
)
const text = fc.array(anyCharacter, { maxLength: 60 }).map((characters) => characters.join(''))
const row = fc.record({
  text,
  small: fc.nat(255),
  medium: fc.nat(2 ** 32 - 1),
  large: fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32, Number.MAX_SAFE_INTEGER)),
  time: stamp,
  maybe: fc.option(stamp),
  hash: fc
    .array(fc.nat(255), { minLength: 4, maxLength: 4 })
    .map((bytes) => Buffer.from(bytes).toString('hex')),
  list: fc.array(text, { maxLength: 4 }),
})

describe('RowBinary', () => {
  it('of any rows reads back as the rows, however small the buffer began', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), fc.constantFrom(1, 16, 4096), (rows, bytes) => {
        const writer = rowBinaryWriter(bytes)
        for (const each of rows) {
          writer.string(each.text)
          writer.u8(each.small)
          writer.u32(each.medium)
          writer.u64(each.large)
          writer.time(each.time)
          writer.timeOrNull(each.maybe ?? undefined)
          writer.hex(each.hash)
          writer.strings(each.list)
        }
        expect(readRowBinary(writer.bytes(), columns)).toEqual(rows)
      }),
      { numRuns: 300 },
    )
  })

  it.each([0, 41, 42, 43, 127, 128, 16_383, 16_384, 100_000])(
    'of a text of %i characters keeps it, one byte or three a character',
    (length) => {
      for (const text of ['a'.repeat(length), '访'.repeat(length)]) {
        const writer = rowBinaryWriter(1)
        writer.string(text)
        expect(readRowBinary(writer.bytes(), [{ name: 'text', type: 'String' }])).toEqual([
          { text },
        ])
      }
    },
  )

  it('holds nothing beyond what was written', () => {
    const writer = rowBinaryWriter(1024)
    writer.u8(7)
    expect([...writer.bytes()]).toEqual([7])
  })
})
