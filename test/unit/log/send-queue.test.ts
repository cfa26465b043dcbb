import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSendQueue, type SendQueueOptions } from '../../../producers/log/send-queue.ts'
import { PulseError } from '../../../schemas/errors.ts'

type Item = { readonly name: string; readonly bytes: number }

const item = (name: string, bytes = 1): Item => ({ name, bytes })

const limits = {
  sizeOf: ({ bytes }: Item) => bytes,
  maxBatchBytes: 100,
  maxQueuedItems: 1_000,
  maxQueuedBytes: 10_000,
  lingerMs: 0,
  smallBatchItems: 1,
  maxWaitMs: 60_000,
}

const queueOf = (over: Partial<SendQueueOptions<Item>> & Pick<SendQueueOptions<Item>, 'send'>) =>
  createSendQueue<Item>({ ...limits, ...over })

/** Sends that end when the test says so. */
const heldSends = () => {
  const sends: { readonly names: string[]; readonly end: (error?: unknown) => void }[] = []
  const send = (items: readonly Item[]) =>
    new Promise<ReadonlyMap<Item, PulseError>>((resolve, reject) => {
      sends.push({
        names: items.map(({ name }) => name),
        end: (error) => (error === undefined ? resolve(new Map()) : reject(error)),
      })
    })
  const next = async (n: number) => {
    for (let turn = 0; turn < 1_000 && sends[n] === undefined; turn++) await sleep(1)
    const found = sends[n]
    if (found === undefined) throw new Error(`there is no send ${n}`)
    return found
  }
  return { sends, send, next }
}

const endOf = (call: Promise<void>): Promise<string> =>
  call.then(
    () => 'taken',
    (error: unknown) => (error instanceof PulseError ? error.code : String(error)),
  )

describe('the queue of sends', () => {
  it('has one send in hand, and what arrives meanwhile goes together into the next', async () => {
    const { sends, send, next } = heldSends()
    const queue = queueOf({ send })
    const calls = [queue.put([item('a')])]
    const first = await next(0)
    calls.push(queue.put([item('b'), item('c')]), queue.put([item('d')]))
    await sleep(5)
    expect(sends).toHaveLength(1)
    first.end()
    const second = await next(1)
    expect([first.names, second.names]).toEqual([['a'], ['b', 'c', 'd']])
    second.end()
    await Promise.all(calls)
    expect(queue.queued()).toEqual({ items: 0, bytes: 0 })
  })

  it('answers nobody before the send that has the last of a call', async () => {
    const { send, next } = heldSends()
    const queue = queueOf({ send, maxBatchBytes: 2 })
    const ended: string[] = []
    const long = queue.put([item('a'), item('b'), item('c')]).then(() => ended.push('long'))
    const short = queue.put([item('d')]).then(() => ended.push('short'))
    ;(await next(0)).end()
    const second = await next(1)
    expect(second.names).toEqual(['c', 'd'])
    expect(ended).toEqual([])
    second.end()
    await Promise.all([long, short])
  })

  it('waits a little for company while few wait', async () => {
    const { send, next } = heldSends()
    const queue = queueOf({ send, lingerMs: 30, smallBatchItems: 3 })
    const calls = [queue.put([item('a')])]
    await sleep(5)
    calls.push(queue.put([item('b')]))
    const first = await next(0)
    expect(first.names).toEqual(['a', 'b'])
    first.end()
    await Promise.all(calls)
  })

  it('refuses at once when it is full, by number or by size; a call alone is always taken', async () => {
    const { send, next } = heldSends()
    const queue = queueOf({ send, maxQueuedItems: 2, maxQueuedBytes: 10 })
    const alone = queue.put([item('a'), item('b'), item('c', 90)])
    expect(await endOf(queue.put([item('d')]))).toBe('LOG_UNAVAILABLE')
    ;(await next(0)).end()
    await alone
    const large = queue.put([item('e', 9)])
    expect(await endOf(queue.put([item('f', 2)]))).toBe('LOG_UNAVAILABLE')
    ;(await next(1)).end()
    await large
  })

  it('rejects everything that waits when a send fails, and works on', async () => {
    const { send, next } = heldSends()
    const queue = queueOf({ send, maxBatchBytes: 2 })
    const calls = [
      queue.put([item('a'), item('b'), item('c')]),
      queue.put([item('d'), item('e'), item('f')]),
    ].map(endOf)
    ;(await next(0)).end(new PulseError('LOG_UNAVAILABLE', 'no answer', { retriable: true }))
    expect(await Promise.all(calls)).toEqual(['LOG_UNAVAILABLE', 'LOG_UNAVAILABLE'])
    expect(queue.queued()).toEqual({ items: 0, bytes: 0 })
    const after = queue.put([item('g')])
    const second = await next(1)
    expect(second.names).toEqual(['g'])
    second.end()
    await after
  })

  it('rejects only the calls that hold what can never be sent', async () => {
    const reason = new PulseError('LIMIT_EXCEEDED', 'too large')
    const sent: Item[] = []
    const queue = queueOf({
      maxBatchBytes: 2,
      send: async (items) => {
        sent.push(...items)
        return new Map(items.filter(({ name }) => name === 'b').map((one) => [one, reason]))
      },
    })
    const calls = [
      queue.put([item('a')]),
      queue.put([item('b'), item('c'), item('d')]),
      queue.put([item('e')]),
    ]
    expect(await Promise.all(calls.map(endOf))).toEqual(['taken', 'LIMIT_EXCEEDED', 'taken'])
    expect(sent).toHaveLength(5)
  })

  it('rejects what waited too long instead of sending it', async () => {
    let time = 0
    const { send, next } = heldSends()
    const queue = queueOf({ send, maxBatchBytes: 1, now: () => time, maxWaitMs: 10 })
    const calls = [queue.put([item('a')]), queue.put([item('b')])].map(endOf)
    const first = await next(0)
    time = 11
    first.end()
    expect(await Promise.all(calls)).toEqual(['taken', 'LOG_UNAVAILABLE'])
  })

  it('sends what waits when it is stopped, and takes no more', async () => {
    const { send, next } = heldSends()
    const queue = queueOf({ send })
    const call = queue.put([item('a')])
    const stopped = queue.stop()
    expect(await endOf(queue.put([item('b')]))).toBe('LOG_UNAVAILABLE')
    ;(await next(0)).end()
    await Promise.all([call, stopped])
  })

  it('sends every item once and in order, however calls and sizes fall', async () => {
    const anyCalls = fc.array(fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 8 }), {
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(anyCalls, async (sizes) => {
        const calls = sizes.map((of, call) => of.map((bytes, n) => item(`${call}.${n}`, bytes)))
        const sends: Item[][] = []
        const queue = queueOf({
          send: async (items) => {
            sends.push([...items])
            return new Map()
          },
        })
        await Promise.all(calls.map((items) => queue.put(items)))
        expect(sends.flat()).toEqual(calls.flat())
        for (const items of sends)
          if (items.length > 1)
            expect(items.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(100)
      }),
    )
  })
})
