import { describe, expect, it } from 'vitest'
import type { LogMessage } from '../../../../consumers/log/log-message.ts'
import { packMessages } from '../../../../consumers/log/packed-messages.ts'
import { createPartitionProgress } from '../../../../consumers/log/partition-progress.ts'
import { positionColumns } from '../../../../consumers/log/position-rows.ts'
import { type Delivery, readBatch } from '../../../../consumers/log/read-batch.ts'
import { readMessages } from '../../../../consumers/log/read-messages.ts'
import { NO_RECEIPTS, type StoredReceipts } from '../../../../consumers/log/stored-receipts.ts'
import { eventRowColumns } from '../../../../consumers/sink/event-rows.ts'
import { parseEvent } from '../../../../schemas/events/parse.ts'
import { identityDigest } from '../../../../schemas/log/positions.ts'
import { piecesOf, type RowBytes } from '../../../../schemas/store/row-bytes.ts'
import { readRowBinary as readRows } from '../row-binary-reader.ts'

const event = (subject: string, data: object = {}, type = 'matter.settled.v1') => ({
  specversion: '1.0',
  id: `${subject}-1`,
  source: '/offices/430100',
  type,
  subject,
  time: '2024-03-01T09:00:00+08:00',
  data,
})

const message = (offset: number, value: unknown, timestamp = 1_000 + offset) => ({
  offset: String(offset),
  timestamp: String(timestamp),
  value:
    value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
})

const delivered = (
  from: number,
  to: number,
  messages: readonly LogMessage[],
  progress = createPartitionProgress(),
): Delivery => {
  const stamps = messages.map(({ timestamp }) => Number(timestamp))
  const piece = progress.handOver(
    from,
    to,
    { from: Math.min(...stamps), until: Math.max(...stamps) },
    5_000,
  )
  if (piece === undefined) throw new Error('nothing was new')
  return {
    partition: 0,
    origin: 'events/0',
    progress,
    piece,
    messages: packMessages(messages),
    rows: messages.length,
    bytes: 0,
  }
}

const STORED_AT = 9_000

const read = (deliveries: readonly Delivery[], stored: StoredReceipts = NO_RECEIPTS) =>
  readBatch(
    async (runs, storedAt) => readMessages(runs, storedAt),
    deliveries,
    STORED_AT,
    async () => stored,
  )

const positionsOf = ({ positionRows }: { positionRows: RowBytes }) =>
  readRows(Buffer.concat(piecesOf(positionRows)), positionColumns)
const eventsOf = ({ eventRows }: { eventRows: RowBytes }) =>
  readRows(Buffer.concat(piecesOf(eventRows)), eventRowColumns)

describe('a batch of the log', () => {
  it('has a row for every position: events, dead letters, and what was never a message', async () => {
    const sound = event('M1')
    const batch = await read([
      delivered(4, 12, [message(5, sound), message(6, '{"broken'), message(9, null)]),
    ])
    expect(positionsOf(batch).map((row) => [row['position'], row['span'], row['kind']])).toEqual([
      [4, 1, 3],
      [5, 1, 1],
      [6, 1, 2],
      [7, 2, 3],
      [9, 1, 2],
      [10, 2, 3],
    ])
    expect(positionsOf(batch)[1]).toMatchObject({
      origin: 'events/0',
      identity: identityDigest(sound),
      received_at: 1_005,
      stored_at: STORED_AT,
    })
    expect([batch.events, batch.positions]).toEqual([1, 6])
    expect(batch.letters.map(({ message: { position, origin } }) => [origin, position])).toEqual([
      ['events/0', 6],
      ['events/0', 9],
    ])
  })

  it('names the first half of the content, as the event’s own row has the whole', async () => {
    const batch = await read([delivered(0, 1, [message(0, event('M1'))])])
    const [row] = eventsOf(batch)
    expect(String(row?.['content_hash']).slice(0, 32)).toBe(positionsOf(batch)[0]?.['content'])
  })

  it('passes over what was delivered before', async () => {
    const progress = createPartitionProgress()
    delivered(0, 2, [message(0, event('M1')), message(1, event('M2'))], progress)
    const again = delivered(
      0,
      3,
      [0, 1, 2].map((n) => message(n, event(`M${n}`))),
      progress,
    )
    const batch = await read([again])
    expect([...batch.subjects]).toEqual(['M2'])
    expect(batch.positions).toBe(1)
  })

  it('keeps the receipt a message carries, and moves one that comes behind a promise', async () => {
    const progress = createPartitionProgress()
    progress.recall(0, { folded: 1, watermark: 3_000 })
    const carried = { ...event('M1'), receivedtime: '1970-01-01T00:00:00.500Z' }
    const delivery = delivered(
      0,
      3,
      [0, 1, 2].map((n) => message(n, carried, 4_000)),
      progress,
    )
    const batch = await read([delivery])
    expect(eventsOf(batch).map((row) => row['received_at'])).toEqual([500, 3_001, 3_001])
    expect(delivery.piece.received).toEqual({ from: 500, until: 3_001 })
    expect(batch.received).toEqual({ from: 500, until: 3_001 })
  })

  it('of what was folded before keeps the receipts that are stored, by content', async () => {
    const progress = createPartitionProgress()
    progress.recall(0, { folded: 3, watermark: 9_000 })
    const [same, other] = [event('M1'), event('M2')]
    const delivery = delivered(
      0,
      4,
      [message(0, same), message(1, other), message(2, '?'), message(3, same)],
      progress,
    )
    const parsed = parseEvent(same, { receivedTime: 'refused' })
    const content = parsed.ok ? parsed.event.contentHash.slice(0, 32) : ''
    const stored = [0, 1, 2, 3].flatMap((position) =>
      [content, '0'.repeat(32)].map((of): [string, number] => [
        `${position} ${of}`,
        8_000 + position,
      ]),
    )
    const batch = await read([delivery], new Map(stored))
    expect(positionsOf(batch).map((row) => row['received_at'])).toEqual([
      8_000, 1_001, 8_002, 8_003,
    ])
  })

  it('gives a dead letter no receipt before what was promised', async () => {
    const progress = createPartitionProgress()
    progress.recall(0, { folded: 0, watermark: 9_000 })
    const batch = await read([delivered(0, 1, [message(0, '?')], progress)])
    expect(positionsOf(batch)[0]?.['received_at']).toBe(9_001)
  })

  it('says who is merged', async () => {
    const merge = event('M1', { into: 'M2' }, 'matter.merged.v1')
    const batch = await read([delivered(0, 2, [message(0, event('M3')), message(1, merge)])])
    expect(batch.merges.map(({ subject }) => subject)).toEqual(['M1'])
  })
})
