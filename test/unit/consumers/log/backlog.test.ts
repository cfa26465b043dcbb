import { describe, expect, it } from 'vitest'
import { createBacklog } from '../../../../consumers/log/backlog.ts'

const watched = (mostHeldRows = 20_000_000) => {
  const told: boolean[] = []
  const clock = { now: 0 }
  const options = { now: () => clock.now, mostHeldRows }
  return { told, clock, ...createBacklog({ hold: (held) => told.push(held) }, options) }
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

  it('that stays nearer for some seconds, and gets no nearer, folds as it goes', () => {
    const { see, told, clock } = watched()
    see(1_000_000)
    clock.now = 60_000
    see(100_001)
    clock.now += 4_999
    see(50_000)
    expect(told).toEqual([true])
    clock.now += 1
    see(50_000)
    see(50_000)
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
