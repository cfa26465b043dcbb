import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createFolder } from '../../../consumers/projector/folder.ts'
import { eventRowColumns } from '../../../consumers/sink/event-rows.ts'
import { createSink, type SinkOptions } from '../../../consumers/sink/sink.ts'
import type { ReceivedEvent } from '../../../schemas/log/port.ts'
import { heldFold, turn, watch } from './held-fold.ts'
import { memoryStore } from './memory-store.ts'
import { event } from './received-event.ts'
import { readRowBinary } from './row-binary-reader.ts'

const many = (count: number, from = 0): ReceivedEvent[] =>
  Array.from({ length: count }, (_, n) => event({ subject: `M${from + n}`, id: `e${from + n}` }))

/** A sink over a store in memory whose clock stands at 100; its folds are held. */
const world = (over: Partial<SinkOptions> = {}) => {
  const memory = memoryStore()
  const folds = heldFold()
  const folder = createFolder({ fold: folds.fold, gatherMs: 60_000 })
  const sink = createSink({ store: memory.store, folder, now: () => 100, ...over })
  const storedIds = () =>
    memory.inserts.map(({ rows }) =>
      readRowBinary(rows, eventRowColumns).map((row) => String(row['id'])),
    )
  return { ...memory, ...folds, folder, sink, storedIds }
}

/** A store whose inserts wait until let go. */
const heldInserts = () => {
  const memory = memoryStore()
  const held: { go: () => void; fail: (error: unknown) => void }[] = []
  const { insert } = memory.store
  const store = {
    ...memory.store,
    insert: async (...told: Parameters<typeof insert>) => {
      await new Promise<void>((go, fail) => held.push({ go, fail }))
      await insert(...told)
    },
  }
  const next = async (how: (one: { go: () => void; fail: (error: unknown) => void }) => void) => {
    await turn()
    const one = held.shift()
    if (one === undefined) throw new Error('no insert is under way')
    how(one)
    await turn()
  }
  return { ...memory, store, next }
}

describe('events handed to the sink', () => {
  it('are stored, folded, and only then answered', async () => {
    const { sink, folds, done, storedIds } = world()
    const answer = sink.publish([event({}), event({})])
    const watched = watch(answer)
    await turn()
    expect(storedIds()).toEqual([['e1']])
    expect(folds).toEqual([['M1']])
    expect(watched.state).toBe('open')
    await done()
    expect(await answer).toEqual({ outcomes: ['new', 'duplicate'] })
  })

  it('few of them wait for company after a batch that took long, many do not', async () => {
    let clock = 100
    const { sink, storedIds } = world({ now: () => clock, maxRestMs: 60, smallBatchEvents: 3 })
    const slow = sink.publish(many(1), { waitFor: 'stored' })
    clock += 1_000
    await slow
    const few = watch(sink.publish(many(1, 1), { waitFor: 'stored' }))
    await sleep(30)
    expect(few.state).toBe('open')
    const company = sink.publish(many(2, 2), { waitFor: 'stored' })
    await company
    expect(storedIds().map((ids) => ids.length)).toEqual([1, 3])
    void sink.publish(many(1, 4), { waitFor: 'stored' })
    clock += 61
    await sleep(60)
    expect(storedIds()).toHaveLength(3)
  })

  it('are answered once stored where no more was asked, and waited for at the end', async () => {
    const { sink, folds, done } = world()
    await sink.publish(many(2), { waitFor: 'stored' })
    await sink.publish(many(2, 2), { waitFor: 'stored' })
    expect(folds).toEqual([])
    const settled = watch(sink.settled())
    await turn()
    expect(settled.state).toBe('open')
    expect(folds).toEqual([['M0', 'M1', 'M2', 'M3']])
    await done()
    expect(settled.state).toBe('done')
  })

  it('that are there already are neither stored nor folded again', async () => {
    const stored = {
      subject: 'M1',
      source: '/a',
      id: 'e1',
      hash: event({}).contentHash,
      received: 1,
    }
    const memory = memoryStore(() => [stored])
    const { sink, folds } = world({ store: memory.store })
    expect(await sink.publish([event({ receivedTime: 2 })])).toEqual({ outcomes: ['duplicate'] })
    expect(memory.inserts).toEqual([])
    expect(folds).toEqual([])
  })

  it('none at all cost nothing', async () => {
    const { sink, queries } = world()
    expect(await sink.publish([])).toEqual({ outcomes: [] })
    expect(queries).toEqual([])
  })

  it('of calls that arrive meanwhile go together, up to the size of a batch, in their order', async () => {
    const { store, next, inserts } = heldInserts()
    const { sink } = world({ store, maxBatchEvents: 5 })
    const calls = [many(1), many(2, 10), many(3, 20), many(9, 30), many(1, 40)].map((events) =>
      sink.publish(events, { waitFor: 'stored' }),
    )
    for (let n = 0; n < 4; n++) await next(({ go }) => go())
    for (const [n, count] of [1, 2, 3, 9, 1].entries())
      expect((await calls[n])?.outcomes).toEqual(Array(count).fill('new'))
    expect(
      inserts.map(({ rows }) => readRowBinary(rows, eventRowColumns).map((row) => row['id'])),
    ).toEqual(
      [[...many(1)], [...many(2, 10), ...many(3, 20)], many(9, 30), many(1, 40)].map((events) =>
        events.map(({ id }) => id),
      ),
    )
  })

  it('beyond what may wait are refused at once, to be sent again', async () => {
    const { store, next } = heldInserts()
    const { sink } = world({ store, maxQueuedEvents: 10 })
    const large = sink.publish(many(12), { waitFor: 'stored' })
    await expect(sink.publish(many(1, 50))).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      retriable: true,
    })
    await next(({ go }) => go())
    expect((await large).outcomes).toHaveLength(12)
    const after = sink.publish(many(1, 50), { waitFor: 'stored' })
    await next(({ go }) => go())
    expect((await after).outcomes).toEqual(['new'])
  })
})

describe('a store that fails', () => {
  it('fails the calls of the batch and no others; what may be stored is folded all the same', async () => {
    const { store, next } = heldInserts()
    const { sink, folds, done, folder } = world({ store })
    const first = sink.publish(many(1), { waitFor: 'stored' })
    first.catch(() => undefined)
    const second = sink.publish(many(1, 10), { waitFor: 'stored' })
    await next(({ fail }) => fail(new Error('disk full')))
    await expect(first).rejects.toThrow('disk full')
    await next(({ go }) => go())
    expect((await second).outcomes).toEqual(['new'])
    const settled = sink.settled()
    await turn()
    expect(folds).toEqual([['M0', 'M10']])
    await done()
    await settled
    expect(folder.allFolded()).toBe(true)
  })

  it('at the mark that comes before storing keeps the rows out', async () => {
    const { sink, inserts } = world({
      beforeStoring: async () => {
        throw new Error('no mark')
      },
    })
    await expect(sink.publish(many(1))).rejects.toThrow('no mark')
    expect(inserts).toEqual([])
  })
})

describe('before a batch is stored', () => {
  it('it is said when, and whether everything before it is folded', async () => {
    const said: unknown[] = []
    const { sink, done, inserts } = world({
      beforeStoring: async (storedAt, allFolded) => {
        said.push([storedAt, allFolded, inserts.length])
      },
    })
    const first = sink.publish(many(1))
    await turn()
    const second = sink.publish(many(1, 5), { waitFor: 'stored' })
    await second
    await done()
    await done()
    await first
    expect(said).toEqual([
      [100, true, 0],
      [100, false, 1],
    ])
  })
})

describe('the watermark', () => {
  const at = (receivedTime: number, id = 'e1') => [event({ id, subject: id, receivedTime })]

  it('lies before everything that is not stored and folded yet', async () => {
    const { store, next } = heldInserts()
    const { sink, done } = world({ store })
    expect(sink.watermark()).toBe(99)
    const call = sink.publish(at(40), { waitFor: 'stored' })
    const later = sink.publish(at(30, 'e2'), { waitFor: 'stored' })
    expect(sink.watermark()).toBe(29)
    await next(({ go }) => go())
    await call
    expect(sink.watermark()).toBe(29)
    await next(({ go }) => go())
    await later
    expect(sink.watermark()).toBe(29)
    const settled = sink.settled()
    await turn()
    await done()
    await settled
    expect(sink.watermark()).toBe(99)
  })

  it('does not wait for events that were refused by the store and are folded', async () => {
    const { store, next } = heldInserts()
    const { sink, done } = world({ store })
    const call = sink.publish(at(40), { waitFor: 'stored' })
    call.catch(() => undefined)
    await next(({ fail }) => fail(new Error('disk full')))
    expect(sink.watermark()).toBe(39)
    const settled = sink.settled()
    await turn()
    await done()
    await settled
    expect(sink.watermark()).toBe(99)
  })
})

describe('a sink that stops', () => {
  it('finishes what it has, takes no more, and says that all is folded', async () => {
    const { sink, done } = world()
    const call = sink.publish(many(1), { waitFor: 'stored' })
    const stopped = sink.stop()
    await expect(sink.publish(many(1, 5))).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      retriable: true,
    })
    await call
    await turn()
    await done()
    expect(await stopped).toBe(true)
  })

  it('fails where what is stored cannot be folded', async () => {
    const { sink, fail } = world()
    await sink.publish(many(1), { waitFor: 'stored' })
    const stopped = sink.stop()
    stopped.catch(() => undefined)
    await turn()
    await fail(new Error('disk full'))
    await expect(stopped).rejects.toThrow('disk full')
  })
})
