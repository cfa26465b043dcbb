import { describe, expect, it } from 'vitest'
import { appendReport } from '../../../producers/append/report.ts'
import {
  MAX_BATCH_EVENTS,
  MAX_LINE_BYTES,
  type Taken,
  takeLines,
} from '../../../producers/append/take-lines.ts'
import { PulseError } from '../../../schemas/errors.ts'
import type { EventLog } from '../../../schemas/log/port.ts'
import { memoryLog, wireEvent } from './memory-log.ts'

async function* stream(lines: Iterable<string>): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield Buffer.from(`${line}\n`)
}

const json = (n: number, over: object = {}): string => JSON.stringify(wireEvent(n, over))

const take = (lines: Iterable<string>, log: EventLog, clock = () => 1): Promise<Taken> =>
  takeLines(stream(lines), { log, receivedClock: clock })

describe('events taken in, one a line', () => {
  it('are counted by how they ended', async () => {
    const { log } = memoryLog()
    const taken = await take(
      [json(1), json(2), json(1), json(2, { time: '2024-03-02T09:00:00+08:00' })],
      log,
    )
    expect(taken).toMatchObject({ rows: 4, events: 4, published: 2, duplicates: 1, conflicts: 1 })
  })

  it('go in beside refused ones, which are named by line, field and reason', async () => {
    const { log, batches } = memoryLog()
    const taken = await take(
      [json(1), '{"half":', '', json(3, { data: { petitionId: 'p' } }), json(4)],
      log,
    )
    expect(batches.flat().map(({ id }) => id)).toEqual(['e1', 'e4'])
    const report = appendReport(taken)
    expect(report).toMatchObject({ rows: 4, events: 2, published: 2 })
    expect(report.rejected.map(({ line }) => line)).toEqual([2, 4])
    expect(report.rejected[1]).toMatchObject({
      field: 'data.channel',
      reason: expect.stringContaining('data.region'),
    })
  })

  it('are refused one by one when a line is too long to be an event', async () => {
    const { log } = memoryLog()
    const taken = await take([json(1), 'x'.repeat(MAX_LINE_BYTES + 1), json(2)], log)
    expect(appendReport(taken).rejected).toEqual([
      { line: 2, reason: expect.stringContaining('longer than') },
    ])
    expect(taken.events).toBe(2)
  })

  it('go to the log in batches of a bounded size', async () => {
    const { log, batches } = memoryLog()
    const many = Array.from({ length: MAX_BATCH_EVENTS + 1 }, (_, n) => json(n))
    await take(many, log)
    expect(batches.map((batch) => batch.length)).toEqual([MAX_BATCH_EVENTS, 1])
  })

  it('are stamped when the log hears of them, not when they are read', async () => {
    const stamps: number[] = []
    let clock = 0
    const log: EventLog = {
      settled: async () => undefined,
      publish: async (events) => {
        stamps.push(...new Set(events.map(({ receivedTime }) => receivedTime)))
        return {}
      },
    }
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${json(1)}\n`)
      clock = 500
      yield Buffer.from(`${json(2)}\n`)
    }
    await takeLines(slow(), { log, receivedClock: () => clock })
    expect(stamps).toEqual([500])
  })

  it('are read no faster than the log takes them', async () => {
    let read = 0
    let publishing = 0
    let most = 0
    function* many(): Generator<string> {
      for (; read < 5 * MAX_BATCH_EVENTS; read++) yield json(read)
    }
    let readAtFirst = 0
    const log: EventLog = {
      settled: async () => undefined,
      publish: async () => {
        most = Math.max(most, ++publishing)
        await new Promise((done) => setTimeout(done, 30))
        if (readAtFirst === 0) readAtFirst = read
        publishing--
        return {}
      },
    }
    await take(many(), log)
    expect(most).toBe(1)
    expect(readAtFirst).toBeLessThan(2 * MAX_BATCH_EVENTS + 10)
  })

  it('stop where the log fails, with its error', async () => {
    const log: EventLog = {
      settled: async () => undefined,
      publish: async () => {
        throw new PulseError('STORE_UNAVAILABLE', 'the disk is full', { retriable: true })
      },
    }
    await expect(take([json(1)], log)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })

  it('are waited for once, at the end, until every figure counts them', async () => {
    const { log, calls } = memoryLog()
    const many = Array.from({ length: MAX_BATCH_EVENTS + 1 }, (_, n) => json(n))
    await take(many, log)
    expect(calls).toEqual(['stored', 'stored', 'settled'])
  })

  it('are only stored where no more was asked', async () => {
    const { log, calls } = memoryLog()
    await takeLines(stream([json(1)]), { log, receivedClock: () => 1 }, { waitFor: 'stored' })
    expect(calls).toEqual(['stored'])
  })

  it('that are stored but cannot be counted are a failure, which says so', async () => {
    const { log } = memoryLog()
    const failing: EventLog = {
      ...log,
      settled: async () => {
        throw new PulseError('STORE_UNAVAILABLE', 'folding failed', { retriable: true })
      },
    }
    await expect(take([json(1)], failing)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })

  it('may not carry a stamp of receipt', async () => {
    const { log } = memoryLog()
    const taken = await take([json(1, { receivedtime: '2024-03-01T09:00:00+08:00' })], log)
    expect(taken.rejected[0]?.errors[0]?.code).toBe('RECEIVED_TIME_REFUSED')
  })
})
