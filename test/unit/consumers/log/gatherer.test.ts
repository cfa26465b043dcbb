import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createGatherer, type GathererOptions } from '../../../../consumers/log/gatherer.ts'
import { turn, watch } from '../held-fold.ts'

type Delivery = { readonly name: string; readonly rows: number; readonly bytes: number }

const delivery = (name: string, rows = 1, bytes = 1): Delivery => ({ name, rows, bytes })
const names = (batch: readonly Delivery[] | undefined) => batch?.map(({ name }) => name)

const gathering = (options: Partial<GathererOptions> = {}) => {
  const told: string[] = []
  const gatherer = createGatherer<Delivery>({
    gatherMs: 10_000,
    onFull: () => told.push('full'),
    onRoom: () => told.push('room'),
    ...options,
  })
  return { ...gatherer, told }
}

describe('deliveries', () => {
  it('wait for company until there are rows enough', async () => {
    const { put, next } = gathering({ batchRows: 5 })
    put(delivery('a', 2))
    const batch = next()
    const watched = watch(batch)
    await turn()
    expect(watched.state).toBe('open')
    put(delivery('b', 3))
    put(delivery('c', 1))
    expect(names(await batch)).toEqual(['a', 'b'])
  })

  it('or bytes enough', async () => {
    const { put, next } = gathering({ batchBytes: 10 })
    put(delivery('a', 1, 10))
    expect(names(await next())).toEqual(['a'])
  })

  it('or the first waited long enough', async () => {
    const { put, next } = gathering({ gatherMs: 20 })
    const batch = next()
    put(delivery('a'))
    await sleep(5)
    put(delivery('b'))
    expect(names(await batch)).toEqual(['a', 'b'])
  })

  it('beyond a batch wait for the next, in order', async () => {
    const { put, next } = gathering({ batchRows: 3 })
    for (const name of ['a', 'b', 'c']) put(delivery(name, 2))
    expect(names(await next())).toEqual(['a', 'b'])
    put(delivery('d', 2))
    expect(names(await next())).toEqual(['c', 'd'])
  })

  it('that are not to be kept are dropped', async () => {
    const { put, next, keep } = gathering({ batchRows: 3 })
    for (const name of ['a', 'b', 'c']) put(delivery(name))
    keep(({ name }) => name !== 'b')
    put(delivery('d'))
    expect(names(await next())).toEqual(['a', 'c', 'd'])
  })

  it('that wait are handed out after the end, then nothing is', async () => {
    const { put, next, end } = gathering()
    put(delivery('a'))
    end()
    expect(names(await next())).toEqual(['a'])
    expect(await next()).toBeUndefined()
  })
})

describe('too many deliveries', () => {
  it.each([
    ['rows', { fullRows: 4 }, 2, 1],
    ['bytes', { fullBytes: 4 }, 1, 2],
  ] as const)(
    'by %s are told once, and once again when half has gone',
    async (_, limit, rows, bytes) => {
      const { put, next, told } = gathering({ ...limit, batchRows: 1 })
      put(delivery('a', rows, bytes))
      expect(told).toEqual([])
      put(delivery('b', rows, bytes))
      put(delivery('c', rows, bytes))
      expect(told).toEqual(['full'])
      await next()
      expect(told).toEqual(['full'])
      await next()
      await next()
      expect(told).toEqual(['full', 'room'])
    },
  )

  it('that are dropped make room, too', () => {
    const { put, keep, told } = gathering({ fullRows: 2 })
    put(delivery('a', 2))
    keep(() => false)
    expect(told).toEqual(['full', 'room'])
  })
})
