import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { foldRanges } from '../../../consumers/projector/fold-ranges.ts'
import type { MatterRange } from '../../../consumers/projector/ranges.ts'
import type { Store } from '../../../schemas/store/port.ts'
import { memoryStore } from './memory-store.ts'

const plan: MatterRange[] = ['a', 'b', 'c', 'd', 'e'].map((name, n) => ({
  condition: `subject = '${name}'`,
  rows: n + 1,
}))
const target = { table: 'folded', timezone: 'Asia/Shanghai' }
const rangeOf = (sql: string): string => /subject = '(\w)'/.exec(sql)?.[1] ?? ''

/** A store of two lanes; `work` is done for each statement. */
const twoLanes = (work: (range: string) => Promise<void> = async () => undefined) => {
  const begun: string[] = []
  let atWork = 0
  let most = 0
  const command = async (sql: string): Promise<void> => {
    begun.push(rangeOf(sql))
    most = Math.max(most, ++atWork)
    await sleep(2)
    try {
      await work(rangeOf(sql))
    } finally {
      atWork -= 1
    }
  }
  const store: Store = { ...memoryStore().store, command, commandBeside: command }
  return { store, begun, most: () => most, atWork: () => atWork }
}

const fold = (store: Store, options?: Parameters<typeof foldRanges>[4]) =>
  foldRanges(store, target, plan, ({ condition }) => condition, options)

describe('folding ranges', () => {
  it('folds each once, two at a time where the store has a second lane', async () => {
    const { store, begun, most } = twoLanes()
    const told: number[] = []
    await fold(store, { onFolded: (rows) => told.push(rows) })
    expect(begun.sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(told.sort()).toEqual([1, 2, 3, 4, 5])
    expect(most()).toBe(2)
  })

  it('folds one behind another where it has none', async () => {
    const { store, commands } = memoryStore()
    await fold(store)
    expect(commands.map(rangeOf)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('that fails begins no more, and rejects once none is at work', async () => {
    const { store, begun, atWork } = twoLanes(async (range) => {
      if (range === 'b') throw new Error('no room')
      await sleep(20)
    })
    await expect(fold(store)).rejects.toThrow('no room')
    expect(atWork()).toBe(0)
    expect(begun).toEqual(['a', 'b'])
  })

  it('ends before the next where it is told to stop', async () => {
    const { store, begun } = twoLanes()
    await expect(fold(store, { stopped: () => begun.length >= 2 })).rejects.toThrow('stopped')
    expect(begun).toEqual(['a', 'b'])
  })
})
