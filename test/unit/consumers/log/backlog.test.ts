import { describe, expect, it } from 'vitest'
import { createBacklog } from '../../../../consumers/log/backlog.ts'

const watched = (mostHeldRows?: number) => {
  const told: boolean[] = []
  return { told, ...createBacklog({ hold: (held) => told.push(held) }, mostHeldRows) }
}

describe('a consumer', () => {
  it('near the end of the log folds as it goes', () => {
    const { see, stored, told } = watched()
    see(100_000)
    stored(1_000_000)
    expect(told).toEqual([])
  })

  it('far behind holds folding back until it is near, not merely nearer', () => {
    const { see, told } = watched()
    see(100_001)
    see(5_000_000)
    see(50_000)
    expect(told).toEqual([true])
    see(10_000)
    expect(told).toEqual([true, false])
  })

  it('far behind for long lets a fold begin now and then', () => {
    const { see, stored, told } = watched(100)
    see(1_000_000)
    stored(60)
    stored(60)
    stored(60)
    expect(told).toEqual([true, false, true])
    stored(60)
    expect(told).toEqual([true, false, true, false, true])
  })
})
