import { describe, expect, it, onTestFinished } from 'vitest'
import { openReader } from '../../consumers/log/open-reader.ts'
import { packMessages } from '../../consumers/log/packed-messages.ts'
import { readMessages, type ToRead, type WhatWasRead } from '../../consumers/log/read-messages.ts'
import { requireBuild } from '../support/require-build.ts'
import { wireEvent } from '../unit/intake/memory-log.ts'

requireBuild()

const STORED_AT = 9_000

/** Runs of every kind of message: sound, merging, broken, empty, with key and headers, none at all. */
const runs = (from: number): ToRead[] => {
  const values = [
    ...Array.from({ length: 200 }, (_, n) => JSON.stringify(wireEvent(from + n))),
    JSON.stringify(
      wireEvent(from + 200, { type: 'matter.merged.v1', data: { into: 'GX-2024-000001' } }),
    ),
    '{"一',
    '',
  ]
  const messages = values.map((value, n) => ({
    offset: String(from + 2 * n),
    timestamp: String(5_000 + n),
    value: Buffer.from(value),
    key: Buffer.from(`k${n}`),
    headers: n % 3 === 0 ? {} : { traceparent: Buffer.from(`t${n}`) },
  }))
  const standing = { coveredTo: 0, watermark: 5_010 }
  const of = (part: typeof messages, begin: number, end: number): ToRead => ({
    origin: 'events/0',
    from: begin,
    to: end,
    messages: packMessages(part),
    standing,
    receipts: new Map(),
  })
  const middle = from + 200
  const end = from + 2 * values.length + 3
  return [of(messages.slice(0, 100), from, middle), of(messages.slice(100), middle, end)]
}

/** Bytes apart from whose they are. */
const plain = (read: WhatWasRead) => ({
  ...read,
  eventRows: Buffer.concat(read.eventRows).toString('hex'),
  positionRows: Buffer.concat(read.positionRows).toString('hex'),
})

const opened = () => {
  const reader = openReader()
  onTestFinished(reader.close)
  return reader
}

describe('the reading thread', () => {
  it('reads as is read here, one batch after another, however many wait', async () => {
    const reader = opened()
    const batches = [0, 1_000, 2_000].map(runs)
    const read = await Promise.all(batches.map((batch) => reader.read(batch, STORED_AT)))
    const here = batches.map((batch) => readMessages(batch, STORED_AT))
    expect(read.map(plain)).toEqual(here.map(plain))
    expect(here[0]).toMatchObject({ events: 201, merges: [{ type: 'matter.merged.v1' }] })
    expect(here[0]?.letters).toHaveLength(2)
  })

  it('leaves what it was given as it was: a batch may be read again', async () => {
    const reader = opened()
    const batch = runs(0)
    const [first, again] = [
      await reader.read(batch, STORED_AT),
      await reader.read(batch, STORED_AT),
    ]
    expect(plain(again)).toEqual(plain(first))
  })

  it('that has ended refuses what waits and what comes', async () => {
    const reader = opened()
    const waiting = reader.read(runs(0), STORED_AT)
    const refused = expect(waiting).rejects.toThrow('the reading thread ended')
    await reader.close()
    await refused
    await expect(reader.read(runs(0), STORED_AT)).rejects.toThrow('the reading thread ended')
  })
})
