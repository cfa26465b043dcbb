/**
 * How far one partition is handed over, stored and folded, and what may be promised of it: pure
 * bookkeeping. A position is a Kafka offset, a stamp epoch milliseconds.
 */

/** Stamps of receipt, first and last. */
export type Span = { readonly from: number; readonly until: number }

/** Of no event at all. */
export const NO_STAMPS: Span = {
  from: Number.POSITIVE_INFINITY,
  until: Number.NEGATIVE_INFINITY,
}

/** The span of both. */
export const joined = (a: Span, b: Span): Span => ({
  from: Math.min(a.from, b.from),
  until: Math.max(a.until, b.until),
})

/** Of a list of stamps, of whatever length. */
export const spanOf = (stamps: Float64Array): Span => {
  let { from, until } = NO_STAMPS
  for (const stamp of stamps) {
    from = Math.min(from, stamp)
    until = Math.max(until, stamp)
  }
  return { from, until }
}

/** A run of positions that goes through the steps together. */
export type Piece = {
  readonly from: number
  /** Behind the last. */
  readonly to: number
  /** Of its events; until they are read, of the broker's own stamps. */
  received: Span
  /** In reading its events are given their stamps, by what was promised when that began. */
  reading: 'waiting' | 'begun' | 'done'
  stored: boolean
}

/** What decides when a message was received: everything below `coveredTo` was promised to be folded. */
export type Standing = { readonly coveredTo: number; readonly watermark: number }

/**
 * The receipt of a message the broker appended at one moment and that carries another, perhaps. It
 * was received no later than appended; and what was promised stands: who comes after the promise
 * and says otherwise is received one millisecond behind it.
 */
export const receivedAt = (
  { coveredTo, watermark }: Standing,
  position: number,
  appendedAt: number,
  carried = appendedAt,
): number => {
  const said = Math.min(appendedAt, carried)
  return position >= coveredTo && said <= watermark ? watermark + 1 : said
}

/** What the store remembers of a partition. */
export type Promised = {
  /** Every position below is stored and folded. */
  readonly folded: number
  /** Everything received up to then is stored and folded. */
  readonly watermark: number
}

export type CommitWhen = {
  readonly visibleUpTo: number
  readonly anyway: number
  readonly again: boolean
}

export type PartitionProgress = {
  /**
   * What is known when the partition is assigned: where reading begins, and what was promised before.
   * Until everything before `heldTo` was read, nothing more is promised: who had the partition before
   * may yet store what lies there, and gave it the stamps that it gets here by the same promise.
   */
  readonly recall: (start: number, promised: Promised | undefined, heldTo?: number) => void
  /**
   * Takes a delivery of the positions from `from` to before `to`, appended between two stamps of the
   * broker. Gives the part of it that was not delivered before; nothing where all was.
   */
  readonly handOver: (from: number, to: number, appended: Span, now: number) => Piece | undefined
  /** Where the next delivery begins; undefined while nothing is known. */
  readonly next: () => number | undefined
  /** Until it was read, nothing more is promised than is now: its events may say any stamp behind it. */
  readonly beginReading: (piece: Piece) => Standing
  readonly wasRead: (piece: Piece, received: Span) => void
  /** Below it everything was promised to be folded: a delivery from there is one that comes again. */
  readonly coveredTo: () => number
  /** Asked at `askedAt`, the log ended before `end`. */
  readonly endSeen: (end: number, askedAt: number) => void
  /** Positions handed over and not stored. */
  readonly unstored: () => number
  /** Everything received up to then is stored. */
  readonly storedUpTo: () => number
  /** Counts as folded what is stored and received before `unfoldedFrom`, in order; gives it back. */
  readonly foldedBefore: (unfoldedFrom: number, now: number) => readonly Piece[]
  /** What may be promised now; undefined where nothing may. Neither number goes back. */
  readonly promised: () => Promised | undefined
  /**
   * Where this consumer may commit: behind what is folded and was received by `visibleUpTo`, or was
   * folded before `anyway`. Undefined where that is committed, unless it is to be said `again`.
   */
  readonly toCommit: (when: CommitWhen) => number | undefined
  readonly committed: (position: number) => void
  /** Positions of the log that are not folded, by its end as last seen. */
  readonly lag: () => number
}

/** Clocks of broker and consumer may differ by so much before a receipt has to be moved. */
const CLOCK_ALLOWANCE_MS = 50
/** So long after a message was here, the broker's clock has moved on. */
const CLOCK_STEP_MS = 2

export const createPartitionProgress = (): PartitionProgress => {
  let pieces: Piece[] = []
  let next: number | undefined
  /** Here. What was promised before may reach further. */
  let folded = 0
  /** A delivery from before it means that the group was set back. */
  let committed = 0
  let begunAt = 0
  let heldTo = 0
  /** Folded and not committed, in order. */
  let folds: { readonly to: number; readonly until: number; readonly at: number }[] = []
  let promised: Promised = { folded: 0, watermark: Number.NEGATIVE_INFINITY }
  /** Of the last message, and when it was here. The broker stamps a partition in order. */
  let last = { appended: Number.NEGATIVE_INFINITY, at: 0 }
  let seen: { readonly end: number; readonly askedAt: number } | undefined

  const begin = (position: number): void => {
    pieces = []
    next = position
    folded = position
    committed = position
    begunAt = position
    folds = []
    last = { appended: Number.NEGATIVE_INFINITY, at: 0 }
  }

  const coveredTo = (): number => Math.max(folded, promised.folded)

  const isHeld = (): boolean =>
    (next ?? 0) < heldTo ||
    pieces.some(({ from, reading, stored }) => from < heldTo && reading !== 'done' && !stored)

  /** Everything received up to then is done, where `open` are the pieces that are not. */
  const doneUpTo = (open: readonly Piece[]): number => {
    if (isHeld() || open.some(({ reading }) => reading === 'begun')) return Number.NEGATIVE_INFINITY
    if (open.length > 0)
      return open.reduce((least, { received }) => Math.min(least, received.from), last.appended) - 1
    if (next === undefined || seen === undefined || next < seen.end) return last.appended - 1
    return Math.max(
      seen.askedAt >= last.at + CLOCK_STEP_MS ? last.appended : last.appended - 1,
      seen.askedAt - CLOCK_ALLOWANCE_MS,
    )
  }

  return {
    recall: (start, before, held = 0) => {
      if (next === undefined) begin(start)
      heldTo = held
      if (before === undefined) return
      promised = {
        folded: Math.max(promised.folded, before.folded),
        watermark: Math.max(promised.watermark, before.watermark),
      }
    },
    handOver: (from, to, appended, now) => {
      if (next === undefined || from < committed) begin(from)
      const piece: Piece = {
        from: Math.max(from, next ?? from),
        to,
        received: appended,
        reading: 'waiting',
        stored: false,
      }
      if (piece.from >= to) return undefined
      pieces.push(piece)
      next = to
      last = { appended: Math.max(last.appended, appended.until), at: now }
      return piece
    },
    next: () => next,
    beginReading: (piece) => {
      piece.reading = 'begun'
      return { coveredTo: coveredTo(), watermark: promised.watermark }
    },
    wasRead: (piece, received) => {
      piece.reading = 'done'
      piece.received = received
    },
    coveredTo,
    endSeen: (end, askedAt) => {
      seen = { end, askedAt }
    },
    unstored: () => pieces.reduce((sum, { from, to, stored }) => sum + (stored ? 0 : to - from), 0),
    storedUpTo: () =>
      Math.max(promised.watermark, doneUpTo(pieces.filter(({ stored }) => !stored))),
    foldedBefore: (unfoldedFrom, now) => {
      const open = pieces.findIndex(
        ({ stored, received }) => !stored || received.until >= unfoldedFrom,
      )
      const done = open < 0 ? pieces : pieces.slice(0, open)
      pieces = open < 0 ? [] : pieces.slice(open)
      folded = done.at(-1)?.to ?? folded
      if (done.length > 0)
        folds.push({
          to: folded,
          until: Math.max(...done.map(({ received }) => received.until)),
          at: now,
        })
      if (next !== undefined)
        promised = {
          folded: Math.max(promised.folded, folded),
          watermark: Math.max(promised.watermark, doneUpTo(pieces)),
        }
      return done
    },
    promised: () => (Number.isFinite(promised.watermark) ? promised : undefined),
    toCommit: ({ visibleUpTo, anyway, again }) => {
      const open = folds.findIndex(({ until, at }) => until > visibleUpTo && at > anyway)
      const to = (open < 0 ? folds : folds.slice(0, open)).at(-1)?.to ?? committed
      return to > committed || (again && to > begunAt) ? to : undefined
    },
    committed: (position) => {
      committed = Math.max(committed, position)
      folds = folds.filter(({ to }) => to > committed)
    },
    lag: () => (next === undefined ? 0 : Math.max(0, (seen?.end ?? next) - folded)),
  }
}
