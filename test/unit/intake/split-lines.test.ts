import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Line, splitLines } from '../../../producers/append/split-lines.ts'

async function* inParts(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield part
}

const linesOf = async (parts: readonly Uint8Array[], most = 1000): Promise<Line[]> => {
  const lines: Line[] = []
  for await (const some of splitLines(inParts(parts), most)) lines.push(...some)
  return lines
}

const shown = (lines: readonly Line[]): unknown[] =>
  lines.map((line) =>
    'bytes' in line ? [line.line, Buffer.from(line.bytes).toString()] : [line.line, 'too long'],
  )

const cut = (whole: Buffer, at: readonly number[]): Buffer[] => {
  const places = [0, ...[...at].sort((a, b) => a - b), whole.length]
  return places.slice(1).map((end, n) => whole.subarray(places[n] ?? 0, end))
}

describe('lines of a stream', () => {
  it('are numbered as an editor numbers them, blank ones left out', async () => {
    expect(shown(await linesOf([Buffer.from('a\n\n  \r\nb\r\nc')]))).toEqual([
      [1, 'a'],
      [4, 'b\r'],
      [5, 'c'],
    ])
  })

  it('begin after a byte-order mark', async () => {
    expect(shown(await linesOf([Buffer.from('\ufeffa\n\ufeffb')]))).toEqual([
      [1, 'a'],
      [2, '\ufeffb'],
    ])
  })

  it('are told apart by length without being kept', async () => {
    expect(
      shown(await linesOf([Buffer.from('abc\nabcd\nab'), Buffer.from('cd\nab\nabcde')], 3)),
    ).toEqual([
      [1, 'abc'],
      [2, 'too long'],
      [3, 'too long'],
      [4, 'ab'],
      [5, 'too long'],
    ])
  })

  it('are the same wherever the stream is cut, inside a character too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('信访', 'a', '', ' ', '\r', '件次"'), { maxLength: 12 }),
        fc.array(fc.nat(60), { maxLength: 8 }),
        async (texts, places) => {
          const whole = Buffer.from(texts.join('\n'))
          const parts = cut(
            whole,
            places.map((place) => Math.min(place, whole.length)),
          )
          expect(shown(await linesOf(parts))).toEqual(shown(await linesOf([whole])))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('do not change with the buffer they came from', async () => {
    const shared = Buffer.from('half')
    async function* reused(): AsyncGenerator<Uint8Array> {
      yield shared
      shared.write('XXXX')
      yield Buffer.from(' whole\n')
    }
    const lines: Line[] = []
    for await (const some of splitLines(reused(), 100)) lines.push(...some)
    expect(shown(lines)).toEqual([[1, 'half whole']])
  })
})
