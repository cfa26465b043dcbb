import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packMessages } from '../../../../consumers/log/packed-messages.ts'
import type { Reader } from '../../../../consumers/log/read-batch.ts'
import { readMessages, type ToRead } from '../../../../consumers/log/read-messages.ts'
import { sharesOf, spreadReading } from '../../../../consumers/log/spread-reading.ts'
import { wireEvent } from '../../intake/memory-log.ts'

const STORED_AT = 9_000

/** A run of so many sound messages and one that is broken. */
const run = (partition: number, sound: number): ToRead => {
  const values = Array.from({ length: sound }, (_, n) =>
    JSON.stringify(wireEvent(10_000 * partition + n)),
  )
  const messages = [...values, '{"broken'].map((value, n) => ({
    offset: String(n),
    timestamp: String(5_000 + partition),
    value: Buffer.from(value),
  }))
  return {
    origin: `events/${partition}`,
    from: 0,
    to: messages.length,
    messages: packMessages(messages),
    standing: { coveredTo: 0, watermark: Number.NEGATIVE_INFINITY },
    receipts: new Map(),
  }
}

const here: Reader = async (runs, storedAt) => readMessages(runs, storedAt)

describe('shares of the runs of a batch', () => {
  const runs = [5, 1, 9, 3].map((sound, n) => run(n, sound))

  it('hold every run once and about as many messages each', () => {
    expect(sharesOf(runs, 2, 1)).toEqual([
      [1, 2],
      [0, 3],
    ])
  })

  it('are as many as there are messages for', () => {
    expect(sharesOf(runs, 2, 11)).toEqual([
      [1, 2],
      [0, 3],
    ])
    expect(sharesOf(runs, 2, 12)).toEqual([[0, 1, 2, 3]])
    expect(sharesOf(runs, 9, 1)).toHaveLength(4)
  })

  it('are none where there is nothing', () => {
    expect(sharesOf([], 2, 1)).toEqual([])
  })
})

describe('reading by several', () => {
  it('reads what one reads, and says of each run when it was received', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4_500 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 3 }),
        async (sizes, readers) => {
          const runs = sizes.map((sound, n) => run(n, sound))
          const whole = readMessages(runs, STORED_AT)
          const read = await spreadReading(Array.from({ length: readers }, () => here))(
            runs,
            STORED_AT,
          )
          expect(read.received).toEqual(whole.received)
          expect(read.subjects).toEqual(whole.subjects)
          expect([read.events, read.positions]).toEqual([whole.events, whole.positions])
          const size = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).length
          expect(size(read.eventRows)).toBe(size(whole.eventRows))
          expect(size(read.positionRows)).toBe(size(whole.positionRows))
          const origins = read.letters.map(({ message }) => message.origin)
          expect(origins.sort()).toEqual(whole.letters.map(({ message }) => message.origin))
        },
      ),
      { numRuns: 15 },
    )
  })

  it('fails where one of them does', async () => {
    const ended: Reader = async () => {
      throw new Error('it has ended')
    }
    const runs = [run(0, 3_000), run(1, 3_000)]
    await expect(spreadReading([here, ended])(runs, STORED_AT)).rejects.toThrow('it has ended')
  })
})
