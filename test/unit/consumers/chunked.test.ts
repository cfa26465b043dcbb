import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunked } from '../../../consumers/chunked.ts'

const itself = (size: number): number => size

describe('chunks', () => {
  it('hold everything in order, as much as fits and no more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(12)),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        (sizes, mostSize, mostCount) => {
          const chunks = chunked(sizes, itself, { mostSize, mostCount })
          expect(chunks.flat()).toEqual(sizes)
          const fits = (chunk: readonly number[]): boolean =>
            chunk.length <= mostCount && chunk.reduce((sum, size) => sum + size, 0) <= mostSize
          for (const [n, chunk] of chunks.entries()) {
            expect(chunk.length).toBeGreaterThan(0)
            expect(fits(chunk) || chunk.length === 1).toBe(true)
            const next = chunks[n + 1]?.slice(0, 1) ?? []
            expect(next.length === 0 || !fits([...chunk, ...next])).toBe(true)
          }
        },
      ),
    )
  })

  it('are not counted where only their size matters', () => {
    expect(chunked([0, 0, 0, 5, 1], itself, { mostSize: 5 })).toEqual([[0, 0, 0, 5], [1]])
  })
})
