import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createPartitionProgress,
  NO_STAMPS,
  type PartitionProgress,
  type Piece,
  receivedAt,
  type Standing,
} from '../../../../consumers/log/partition-progress.ts'

const span = (from: number, until = from) => ({ from, until })
const shape = (piece: Piece | undefined) => piece && [piece.from, piece.to]

const handed = (progress: PartitionProgress, from: number, to: number, stamp: number): Piece => {
  const piece = progress.handOver(from, to, span(stamp, stamp + (to - from) - 1), stamp + 5)
  if (piece === undefined) throw new Error('nothing was new')
  return piece
}

const FOLDED = Number.POSITIVE_INFINITY
const at = (visibleUpTo: number) => ({ visibleUpTo, anyway: 0, again: false })

describe('positions handed over', () => {
  it('begin where the first delivery does, and go on behind it', () => {
    const progress = createPartitionProgress()
    expect(progress.next()).toBeUndefined()
    expect(shape(handed(progress, 5, 8, 100))).toEqual([5, 8])
    expect(progress.next()).toBe(8)
  })

  it('again are passed over, those behind them taken', () => {
    const progress = createPartitionProgress()
    handed(progress, 5, 8, 100)
    expect(progress.handOver(6, 8, span(101), 200)).toBeUndefined()
    expect(shape(progress.handOver(6, 10, span(101, 104), 200))).toEqual([8, 10])
  })

  it('from before what is committed begin anew: the group was set back', () => {
    const progress = createPartitionProgress()
    const piece = handed(progress, 5, 8, 100)
    piece.stored = true
    progress.foldedBefore(FOLDED, 300)
    progress.committed(8)
    expect(shape(progress.handOver(3, 6, span(98, 100), 400))).toEqual([3, 6])
    expect(progress.next()).toBe(6)
  })

  it('after the log lost some unread begin behind the loss', () => {
    const progress = createPartitionProgress()
    handed(progress, 5, 8, 100)
    expect(shape(progress.handOver(20, 22, span(150), 200))).toEqual([20, 22])
  })
})

describe('a commit', () => {
  it('goes up to the first piece that is not stored and folded, whatever is behind it', () => {
    const progress = createPartitionProgress()
    const pieces = [
      handed(progress, 0, 3, 100),
      handed(progress, 3, 5, 200),
      handed(progress, 5, 9, 300),
    ]
    for (const n of [0, 2]) if (pieces[n] !== undefined) pieces[n].stored = true
    progress.foldedBefore(FOLDED, 400)
    expect(progress.toCommit(at(FOLDED))).toBe(3)
    progress.committed(3)
    expect(progress.toCommit(at(FOLDED))).toBeUndefined()
    if (pieces[1] !== undefined) pieces[1].stored = true
    progress.foldedBefore(301, 400)
    expect(progress.toCommit(at(FOLDED))).toBe(5)
  })

  it('waits until figures show it, for a while', () => {
    const progress = createPartitionProgress()
    handed(progress, 0, 3, 100).stored = true
    progress.foldedBefore(FOLDED, 400)
    expect(progress.toCommit(at(101))).toBeUndefined()
    expect(progress.toCommit(at(102))).toBe(3)
    expect(progress.toCommit({ visibleUpTo: 0, anyway: 400, again: false })).toBe(3)
  })

  it('is said again when asked to, but not where nothing was ever folded', () => {
    const progress = createPartitionProgress()
    progress.recall(7, undefined)
    expect(progress.toCommit({ ...at(FOLDED), again: true })).toBeUndefined()
    handed(progress, 7, 8, 100).stored = true
    progress.foldedBefore(FOLDED, 200)
    progress.committed(8)
    expect(progress.toCommit({ ...at(FOLDED), again: true })).toBe(8)
  })
})

describe('the watermark', () => {
  it('is unknown before anything is', () => {
    const progress = createPartitionProgress()
    progress.foldedBefore(FOLDED, 0)
    expect(progress.promised()).toBeUndefined()
  })

  it('stays before the first event that is not folded', () => {
    const progress = createPartitionProgress()
    const [first, second] = [handed(progress, 0, 2, 100), handed(progress, 2, 4, 200)]
    progress.endSeen(4, 500)
    first.stored = true
    progress.foldedBefore(FOLDED, 500)
    expect(progress.promised()).toEqual({ folded: 2, watermark: 199 })
    second.stored = true
    progress.foldedBefore(200, 500)
    expect(progress.promised()?.watermark).toBe(199)
  })

  it('with all folded and more in the log stays before the last event', () => {
    const progress = createPartitionProgress()
    handed(progress, 0, 2, 100).stored = true
    progress.endSeen(9, 500)
    progress.foldedBefore(FOLDED, 500)
    expect(progress.promised()).toEqual({ folded: 2, watermark: 100 })
  })

  it('with the end reached follows the moment that was asked, clocks allowed for', () => {
    const progress = createPartitionProgress()
    handed(progress, 0, 2, 1_000).stored = true
    progress.endSeen(2, 5_000)
    progress.foldedBefore(FOLDED, 5_000)
    expect(progress.promised()).toEqual({ folded: 2, watermark: 4_950 })
  })

  it('takes in the last event soon after it, though its stamp be ahead of this clock', () => {
    const progress = createPartitionProgress()
    const piece = progress.handOver(0, 1, span(90_000), 1_000)
    if (piece !== undefined) piece.stored = true
    progress.endSeen(1, 1_001)
    progress.foldedBefore(FOLDED, 1_001)
    expect(progress.promised()?.watermark).toBe(89_999)
    progress.endSeen(1, 1_002)
    progress.foldedBefore(FOLDED, 1_002)
    expect(progress.promised()?.watermark).toBe(90_000)
  })

  it('of an empty partition follows the moment that was asked', () => {
    const progress = createPartitionProgress()
    progress.recall(12, undefined)
    progress.endSeen(12, 5_000)
    progress.foldedBefore(FOLDED, 5_000)
    expect(progress.promised()).toEqual({ folded: 12, watermark: 4_950 })
  })

  it('of a piece without an event is held up by its being stored only', () => {
    const progress = createPartitionProgress()
    const piece = handed(progress, 0, 2, 100)
    piece.stored = true
    piece.received = NO_STAMPS
    progress.endSeen(2, 9_000)
    progress.foldedBefore(50, 9_000)
    expect(progress.promised()).toEqual({ folded: 2, watermark: 8_950 })
  })

  it('that was promised before is not taken back', () => {
    const progress = createPartitionProgress()
    progress.recall(3, { folded: 5, watermark: 7_000 })
    handed(progress, 3, 6, 100).stored = true
    progress.foldedBefore(FOLDED, 200)
    expect(progress.promised()).toEqual({ folded: 6, watermark: 7_000 })
  })
})

describe('a receipt', () => {
  it('is the broker’s append time, or what the message carries where that is earlier', () => {
    const standing = { coveredTo: 0, watermark: Number.NEGATIVE_INFINITY }
    expect(receivedAt(standing, 0, 100)).toBe(100)
    expect(receivedAt(standing, 0, 100, 40)).toBe(40)
    expect(receivedAt(standing, 0, 100, 4_000)).toBe(100)
  })

  it('of what comes behind a promise is not before it', () => {
    const progress = createPartitionProgress()
    progress.recall(3, { folded: 5, watermark: 7_000 })
    const standing = progress.beginReading(handed(progress, 3, 6, 100))
    expect(receivedAt(standing, 4, 100)).toBe(100)
    expect(receivedAt(standing, 5, 100)).toBe(7_001)
    expect(receivedAt(standing, 5, 7_000, 50)).toBe(7_001)
    expect(receivedAt(standing, 5, 7_002)).toBe(7_002)
  })

  it('may say any moment behind the promise while it is read, so no more is promised until then', () => {
    const progress = createPartitionProgress()
    progress.recall(0, { folded: 0, watermark: 7_000 })
    const piece = handed(progress, 0, 2, 9_000)
    const standing = progress.beginReading(piece)
    progress.foldedBefore(FOLDED, 9_100)
    expect(progress.promised()).toEqual({ folded: 0, watermark: 7_000 })
    expect(progress.storedUpTo()).toBe(7_000)
    const received = receivedAt(standing, 0, 9_000, 7_500)
    progress.wasRead(piece, span(received, 9_000))
    progress.foldedBefore(FOLDED, 9_200)
    expect(progress.promised()).toEqual({ folded: 0, watermark: 7_499 })
  })
})

describe('whatever happens, in whatever order', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('deliver' as const),
      size: fc.integer({ min: 1, max: 3 }),
      late: fc.integer({ min: 0, max: 200 }),
      carried: fc.option(fc.integer({ min: 0, max: 3_000 })),
    }),
    fc.record({ do: fc.constant('begin' as const) }),
    fc.record({ do: fc.constant('read' as const) }),
    fc.record({ do: fc.constant('store' as const) }),
    fc.record({ do: fc.constant('fold' as const) }),
    fc.record({ do: fc.constant('look' as const), ago: fc.integer({ min: 0, max: 100 }) }),
    fc.record({ do: fc.constant('rewind' as const), by: fc.integer({ min: 1, max: 6 }) }),
  )

  it('nothing is received by a watermark after it was promised, and neither number goes back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const progress = createPartitionProgress()
        const waiting: { piece: Piece; appended: number; carried: number | undefined }[] = []
        let inHand: ((typeof waiting)[number] & { standing: Standing }) | undefined
        const fetched: { piece: Piece; stamps: number[] }[] = []
        let clock = 1_000
        let end = 0
        let last = { folded: 0, watermark: Number.NEGATIVE_INFINITY }
        let committed = 0
        for (const each of steps) {
          clock += 10
          if (each.do === 'deliver') {
            const from = end
            end += each.size
            // the broker's clock may be behind
            const appended = clock - each.late
            const piece = progress.handOver(from, end, span(appended), clock)
            if (piece === undefined) continue
            waiting.push({ piece, appended, carried: each.carried ?? undefined })
          } else if (each.do === 'begin') {
            const next = inHand === undefined ? waiting.shift() : undefined
            if (next !== undefined)
              inHand = { ...next, standing: progress.beginReading(next.piece) }
          } else if (each.do === 'read' && inHand !== undefined) {
            const { piece, appended, carried, standing } = inHand
            const stamps: number[] = []
            for (let at = piece.from; at < piece.to; at++)
              stamps.push(receivedAt(standing, at, appended, carried))
            progress.wasRead(piece, span(Math.min(...stamps), Math.max(...stamps)))
            for (const stamp of stamps) expect(stamp).toBeGreaterThan(last.watermark)
            fetched.push({ piece, stamps })
            inHand = undefined
          } else if (each.do === 'store') {
            const next = fetched.find(({ piece }) => !piece.stored)
            if (next !== undefined) next.piece.stored = true
          } else if (each.do === 'look') progress.endSeen(end, clock - each.ago)
          else if (each.do === 'rewind' && end > committed) {
            // the group gives the same positions again
            const from = Math.max(committed, end - each.by)
            progress.handOver(from, end, span(clock), clock)
          } else {
            const done = progress.foldedBefore(FOLDED, clock)
            for (const piece of done)
              fetched.splice(
                fetched.findIndex((each) => each.piece === piece),
                1,
              )
            const position = progress.toCommit(at(FOLDED))
            if (position !== undefined) {
              expect(position).toBeGreaterThan(committed)
              progress.committed(position)
              committed = position
            }
          }
          const now = progress.promised()
          if (now === undefined) continue
          expect(now.folded).toBeGreaterThanOrEqual(last.folded)
          expect(now.watermark).toBeGreaterThanOrEqual(last.watermark)
          for (const { stamps } of fetched)
            for (const stamp of stamps) expect(stamp).toBeGreaterThan(now.watermark)
          last = now
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a partition that changes hands', () => {
  const message = fc.record({
    /** Appended so long after the one before. */
    step: fc.integer({ min: 0, max: 40 }),
    /** Received so long before it was appended. */
    delay: fc.integer({ min: 0, max: 120 }),
  })
  /** What a holder does next: it fetches so many, reads, stores, folds, sees the end. */
  const deed = fc.constantFrom('fetch', 'fetch', 'read', 'read', 'store', 'fold', 'fold', 'end')

  type Held = { readonly piece: Piece; readonly stamps: Map<number, number> }

  it('gets the stamps that who had it before has in hand, and promises nothing below them', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 30 }),
        fc.array(deed, { maxLength: 25 }),
        fc.array(deed, { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        (steps, deedsBefore, deedsAfter, size) => {
          let appended = 1_000
          const log = steps.map(({ step, delay }) => {
            appended += step
            return { appended, carried: appended - delay }
          })

          const holder = (progress: PartitionProgress, end: () => number) => {
            const held: Held[] = []
            let clock = log[0]?.appended ?? 0
            const read = ({ piece, stamps }: Held) => {
              const standing = progress.beginReading(piece)
              for (let at = piece.from; at < piece.to; at++) {
                const { appended: stamp = 0, carried = 0 } = log[at] ?? {}
                stamps.set(at, receivedAt(standing, at, stamp, carried))
              }
              const all = [...stamps.values()]
              progress.wasRead(piece, span(Math.min(...all), Math.max(...all)))
            }
            const act = (what: string) => {
              const from = progress.next() ?? 0
              const to = Math.min(from + size, end())
              if (what === 'fetch' && from < to) {
                const appends = log.slice(from, to).map((one) => one.appended)
                clock = Math.max(clock, ...appends) + 1
                const piece = progress.handOver(
                  from,
                  to,
                  span(Math.min(...appends), Math.max(...appends)),
                  clock,
                )
                if (piece !== undefined) held.push({ piece, stamps: new Map() })
              }
              const unread = held.find(({ stamps }) => stamps.size === 0)
              if (what === 'read' && unread !== undefined) read(unread)
              const unstored = held.find(({ piece, stamps }) => stamps.size > 0 && !piece.stored)
              if (what === 'store' && unstored !== undefined) unstored.piece.stored = true
              // the clock goes by the log: who sees its end sees no later stamp
              if (what === 'end') progress.endSeen(end(), clock)
              if (what === 'fold') progress.foldedBefore(FOLDED, clock)
            }
            return { held, act }
          }

          const before = createPartitionProgress()
          before.recall(0, undefined)
          // the first holder fetches a part only; the rest is appended later
          const part = Math.ceil(log.length / 2)
          const one = holder(before, () => part)
          for (const what of deedsBefore) one.act(what)

          const after = createPartitionProgress()
          const start =
            one.held.find(({ piece }) => !piece.stored)?.piece.from ?? before.next() ?? 0
          after.recall(start, before.promised(), part)
          const two = holder(after, () => log.length)
          const inHand = () =>
            one.held.flatMap(({ piece, stamps }) => (piece.stored ? [] : [...stamps]))
          for (const what of deedsAfter) {
            two.act(what)
            const done = new Set(
              two.held.flatMap(({ piece, stamps }) => (piece.stored ? [...stamps.keys()] : [])),
            )
            const told = after.promised()?.watermark ?? Number.NEGATIVE_INFINITY
            for (const [position, stamp] of inHand())
              if (!done.has(position)) expect(stamp).toBeGreaterThan(told)
          }
          const stamps = new Map(two.held.flatMap((one) => [...one.stamps]))
          for (const [position, stamp] of inHand())
            if (stamps.has(position))
              expect([position, stamps.get(position)]).toEqual([position, stamp])
        },
      ),
      { numRuns: 500 },
    )
  })
})
