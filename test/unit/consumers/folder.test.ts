import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createFolder } from '../../../consumers/projector/folder.ts'
import { heldFold, turn, watch } from './held-fold.ts'

/** Stamps of receipt of a touch, all at one moment. */
const at = (received: number) => ({ from: received, until: received })

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `M${n}`)

describe('matters that were touched', () => {
  it('none: all is folded, and nothing is waited for', async () => {
    const { fold, folds } = heldFold()
    const folder = createFolder({ fold })
    await folder.settled()
    await folder.room()
    expect(folder.allFolded()).toBe(true)
    expect(folder.unfoldedFrom()).toBe(Number.POSITIVE_INFINITY)
    expect(folds).toEqual([])
  })

  it('are folded together, each once, before whoever waits hears of it', async () => {
    const { fold, folds, done } = heldFold()
    const folder = createFolder({ fold })
    folder.touch(['A', 'B'], at(5))
    folder.touch(['B', 'C'], at(3))
    const waited = watch(folder.settled())
    await turn()
    expect(folds).toEqual([['A', 'B', 'C']])
    expect([waited.state, folder.allFolded(), folder.unfoldedFrom()]).toEqual(['open', false, 3])
    await done()
    expect([waited.state, folder.allFolded()]).toEqual(['done', true])
    expect(folder.unfoldedFrom()).toBe(Number.POSITIVE_INFINITY)
  })

  it('while a fold is under way wait for the next, one at a time', async () => {
    const { fold, folds, done } = heldFold()
    const folder = createFolder({ fold, maxRestMs: 0 })
    folder.touch(['A'], at(1))
    const first = watch(folder.settled())
    await turn()
    folder.touch(['A', 'B'], at(2))
    const second = watch(folder.settled())
    await turn()
    expect(folds).toEqual([['A']])
    await done()
    expect([first.state, second.state]).toEqual(['done', 'open'])
    expect(folder.unfoldedFrom()).toBe(2)
    expect(folds).toEqual([['A'], ['A', 'B']])
    await done()
    expect(second.state).toBe('done')
  })

  it('under way already are waited for by who comes later', async () => {
    const { fold, done } = heldFold()
    const folder = createFolder({ fold })
    folder.touch(['A'], at(1))
    void folder.settled()
    await turn()
    const late = watch(folder.settled())
    await turn()
    expect(late.state).toBe('open')
    await done()
    expect(late.state).toBe('done')
  })

  it('more than one fold takes go in several, and all are waited for', async () => {
    const { fold, folds, done } = heldFold()
    const folder = createFolder({ fold, mattersAFold: 4 })
    folder.touch(numbered(10), at(7))
    const waited = watch(folder.settled())
    await turn()
    for (let n = 0; n < 3; n++) {
      expect([waited.state, folder.unfoldedFrom()]).toEqual(['open', 7])
      await done()
    }
    expect(waited.state).toBe('done')
    expect(folds.map((each) => each.length)).toEqual([4, 4, 2])
    expect(folds.flat().sort()).toEqual(numbered(10).sort())
  })

  it('that nobody waits for are gathered for a while, once there is cause to look', async () => {
    const { fold, folds, done } = heldFold()
    const folder = createFolder({ fold, gatherMs: 20 })
    folder.touch(['A'], at(1))
    await folder.room()
    await turn()
    expect(folds).toEqual([])
    folder.touch(['B'], at(1))
    for (let n = 0; n < 100 && folds.length === 0; n++) await sleep(5)
    expect(folds).toEqual([['A', 'B']])
    await done()
    expect(folder.allFolded()).toBe(true)
  })

  it('that somebody waits for are folded after a rest as long as the last fold took', async () => {
    const { fold, folds, done } = heldFold()
    let clock = 1_000
    const folder = createFolder({ fold, now: () => clock, maxRestMs: 40 })
    folder.touch(['A'], at(1))
    void folder.settled()
    await turn()
    clock += 5_000
    folder.touch(['B'], at(1))
    void folder.settled()
    await done()
    expect(folds).toEqual([['A']])
    folder.touch(['C'], at(1))
    for (let n = 0; n < 100 && folds.length === 1; n++) await sleep(5)
    expect(folds).toEqual([['A'], ['B', 'C']])
  })

  it('of which an event came too late for a fold wait for the next, and so does who waits for it', async () => {
    const held = heldFold()
    const bounds: number[] = []
    let stored = 10
    const folder = createFolder({
      fold: (subjects, upTo) => {
        bounds.push(upTo)
        return held.fold(subjects)
      },
      storedUpTo: () => stored,
      maxRestMs: 0,
    })
    folder.touch(['A'], at(9))
    folder.touch(['B'], { from: 9, until: 12 })
    const waited = watch(folder.settled())
    await turn()
    stored = 20
    await held.done()
    expect([waited.state, folder.unfoldedFrom(), folder.allFolded()]).toEqual(['open', 11, false])
    for (let n = 0; n < 100 && held.folds.length === 1; n++) await sleep(5)
    await held.done()
    expect([waited.state, folder.allFolded()]).toEqual(['done', true])
    expect(held.folds).toEqual([['A', 'B'], ['B']])
    expect(bounds).toEqual([10, 20])
  })

  it('wait while they are held, whoever waits for them', async () => {
    const { fold, folds, done } = heldFold()
    const folder = createFolder({ fold, mattersAFold: 4 })
    folder.hold(true)
    folder.touch(numbered(5), at(1))
    const waited = watch(folder.settled())
    await sleep(20)
    expect([folds.length, waited.state]).toEqual([0, 'open'])
    folder.hold(false)
    await turn()
    await done()
    await done()
    expect([folds.map(({ length }) => length), waited.state]).toEqual([[4, 1], 'done'])
  })

  it('too many for a list are folded as all that was stored since the first of them', async () => {
    const held = heldFold()
    const since: number[] = []
    let told = 0
    const folder = createFolder({
      fold: held.fold,
      mostListed: () => 3,
      maxRestMs: 0,
      foldStoredSince: async (from) => {
        since.push(from)
        await held.fold(new Set(['everything']))
      },
      onFolded: () => told++,
    })
    folder.hold(true)
    folder.touch(numbered(2), at(5), 100)
    folder.touch(['M2', 'M3'], at(4), 101)
    folder.touch(['M4'], at(6), 102)
    const waited = watch(folder.settled())
    folder.hold(false)
    await turn()
    folder.touch(['M5'], at(7), 103)
    const later = watch(folder.settled())
    expect([since, folder.unfoldedFrom()]).toEqual([[100], 4])
    await held.done()
    expect([waited.state, later.state, folder.unfoldedFrom(), told]).toEqual(['done', 'open', 7, 1])
    await held.done()
    expect([later.state, folder.allFolded(), told]).toEqual(['done', true, 2])
    expect(held.folds).toEqual([['everything'], ['M5']])
  })

  it('whose fold as a whole failed are folded so again', async () => {
    const since: number[] = []
    const folder = createFolder({
      fold: async () => undefined,
      mostListed: () => 0,
      gatherMs: 5,
      foldStoredSince: async (from) => {
        since.push(from)
        if (since.length === 1) throw new Error('the store went away')
      },
    })
    folder.touch(['A'], at(5), 100)
    await expect(folder.settled()).rejects.toThrow('the store went away')
    expect(folder.unfoldedFrom()).toBe(5)
    for (let n = 0; n < 100 && !folder.allFolded(); n++) await sleep(5)
    expect([since, folder.allFolded()]).toEqual([[100, 100], true])
  })

  it('all of them: whoever keeps the tables is told', async () => {
    const { fold, done } = heldFold()
    let told = 0
    const folder = createFolder({ fold, mattersAFold: 2, onCaughtUp: () => told++ })
    folder.touch(numbered(4), at(1))
    void folder.settled()
    await done()
    expect(told).toBe(0)
    await done()
    expect(told).toBe(1)
  })

  it('that fill a fold are folded without gathering', async () => {
    const { fold, folds } = heldFold()
    const folder = createFolder({ fold, gatherMs: 60_000, mattersAFold: 3 })
    folder.touch(numbered(3), at(1))
    await folder.room()
    expect(folds).toHaveLength(1)
  })
})

describe('room', () => {
  it('is there until too many wait, and again when fewer do', async () => {
    const { fold, done } = heldFold()
    const folder = createFolder({ fold, mattersAFold: 3, maxWaiting: 5, gatherMs: 60_000 })
    folder.touch(numbered(4), at(1))
    expect(watch(folder.room()).state).toBe('open')
    await folder.room()
    // one of the first four waits still
    folder.touch(
      numbered(4).map((name) => `N${name}`),
      at(1),
    )
    const waited = watch(folder.room())
    await turn()
    expect(waited.state).toBe('open')
    await done()
    expect(waited.state).toBe('open')
    await done()
    expect(waited.state).toBe('done')
  })
})

describe('a fold that fails', () => {
  it('is told to all who wait, and its matters are folded with the next', async () => {
    const { fold, folds, fail, done } = heldFold()
    const folder = createFolder({ fold, mattersAFold: 2, maxWaiting: 2, gatherMs: 60_000 })
    folder.touch(['A', 'B'], at(4))
    const settled = folder.settled()
    settled.catch(() => undefined)
    await turn()
    folder.touch(['C', 'D'], at(6))
    const later = folder.settled()
    later.catch(() => undefined)
    const room = folder.room()
    room.catch(() => undefined)
    await fail(new Error('the disk is full'))
    for (const each of [settled, later, room])
      await expect(each).rejects.toThrow('the disk is full')
    expect([folder.allFolded(), folder.unfoldedFrom()]).toEqual([false, 4])
    const again = watch(folder.settled())
    await turn()
    await done()
    expect(folder.unfoldedFrom()).toBeLessThanOrEqual(6)
    await done()
    expect(again.state).toBe('done')
    expect(folds.slice(1).flat().sort()).toEqual(['A', 'B', 'C', 'D'])
    expect(folder.allFolded()).toBe(true)
  })

  it('that nobody waited for is tried again by itself', async () => {
    const { fold, folds, fail, done } = heldFold()
    const folder = createFolder({ fold, gatherMs: 10 })
    folder.touch(['A'], at(1))
    const settled = folder.settled()
    settled.catch(() => undefined)
    await turn()
    await fail(new Error('for a moment'))
    for (let n = 0; n < 100 && folds.length < 2; n++) await sleep(5)
    expect(folds).toEqual([['A'], ['A']])
    await done()
    expect(folder.allFolded()).toBe(true)
  })
})
