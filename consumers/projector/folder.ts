import { createWaitingMatters, type Span, type Taken } from './waiting-matters.ts'

/**
 * Keeps the folded rows up with the events: gathers the matters that were touched and folds them in
 * the background, many batches at once while it is behind.
 */
export type Folder = {
  /**
   * Matters whose events were stored, or may have been, with the earliest and the latest stamp of
   * receipt among those (epoch ms). Folding a matter too often changes nothing. `storedAt`: the mark
   * of their batch, needed with `foldStoredSince`.
   */
  readonly touch: (subjects: Iterable<string>, received: Span, storedAt?: number) => void
  /** Resolves when everything touched before the call is folded; rejects when that fold fails. */
  readonly settled: () => Promise<void>
  /** Resolves when there is room for more; rejects when folding fails again and again. */
  readonly room: () => Promise<void>
  /**
   * While held no fold begins, so that what is far behind is folded once, at its end. What is touched
   * goes on waiting; who waits for it does too.
   */
  readonly hold: (held: boolean) => void
  /** The earliest stamp of receipt that may not be folded yet; Infinity when all is. */
  readonly unfoldedFrom: () => number
  readonly allFolded: () => boolean
}

export type FolderOptions = {
  /** Folds matters from what is stored of them and was received by `upTo`. */
  readonly fold: (subjects: ReadonlySet<string>, upTo: number) => Promise<void>
  /**
   * Epoch ms: everything received up to then is stored. A fold takes no event received later, so
   * that no row knows more than the watermark says, and a figure cut there is read as it stands.
   * Default: no bound.
   */
  readonly storedUpTo?: () => number | Promise<number>
  /**
   * Folds every matter of which an event was stored since (epoch ms). Where it is given, a list of
   * more than `mostListed` matters is forgotten and this is done instead.
   */
  readonly foldStoredSince?: (since: number) => Promise<void>
  /** Default: always 300,000. */
  readonly mostListed?: () => number
  /** Matters one fold takes at most. Default 20,000. */
  readonly mattersAFold?: number
  /** Matters waiting at most before `room` makes the next caller wait. Default 200,000. */
  readonly maxWaiting?: number
  /** How long touched matters are gathered while nobody waits for them. Default 1 s. */
  readonly gatherMs?: number
  /**
   * While senders wait, the next fold begins after a rest twice as long as the last fold, and at most
   * so long: small folds one behind another would take the machine from the figures. Default 1.5 s.
   */
  readonly maxRestMs?: number
  readonly now?: () => number
  /** Told each time a fold has ended well. */
  readonly onFolded?: () => void
  /** Told each time nothing waits any more. */
  readonly onCaughtUp?: () => void
}

const MOST_LISTED = 300_000

type Waiter = {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
  /** Matters that waited when it came and still wait: the oldest are folded first. */
  ahead: number
}

export const createFolder = (options: FolderOptions): Folder => {
  const mattersAFold = options.mattersAFold ?? 20_000
  const maxWaiting = options.maxWaiting ?? 200_000
  const gatherMs = options.gatherMs ?? 1_000
  const maxRestMs = options.maxRestMs ?? 1_500
  const now = options.now ?? Date.now
  const storedUpTo = options.storedUpTo ?? (() => Number.POSITIVE_INFINITY)
  const { foldStoredSince } = options
  const waiting = createWaitingMatters(
    foldStoredSince === undefined
      ? () => Number.POSITIVE_INFINITY
      : (options.mostListed ?? (() => MOST_LISTED)),
  )
  let restsUntil = 0
  let inHand: Taken | undefined
  let held = false
  /** Each waits for what waited when it came; moved to the fold that takes the last of that. */
  let waiters: Waiter[] = []
  let inHandWaiters: Waiter[] = []
  let roomWaiters: Waiter[] = []
  let timer: NodeJS.Timeout | undefined

  /** Folds; resolves with the bound it kept. */
  const fold = async ({ subjects, since }: Taken): Promise<number> => {
    if (subjects === undefined) {
      await foldStoredSince?.(since)
      return Number.POSITIVE_INFINITY
    }
    const bound = storedUpTo()
    const upTo = typeof bound === 'number' ? bound : await bound
    await options.fold(new Set(subjects.keys()), upTo)
    return upTo
  }

  const start = (): void => {
    if (timer !== undefined) clearTimeout(timer)
    timer = undefined
    if (inHand !== undefined || held || waiting.isEmpty()) return
    const begun = now()
    const taken = waiting.take(mattersAFold)
    inHand = taken
    const tookAll = waiting.isEmpty()
    const size = taken.subjects?.size ?? Number.POSITIVE_INFINITY
    for (const waiter of waiters) waiter.ahead -= size
    inHandWaiters = waiters.filter(({ ahead }) => ahead <= 0)
    waiters = waiters.filter(({ ahead }) => ahead > 0)
    fold(taken).then(
      (upTo) => {
        inHand = undefined
        restsUntil = tookAll ? now() + Math.min(2 * (now() - begun), maxRestMs) : 0
        if (waiting.putBack(taken, upTo))
          for (const waiter of inHandWaiters) waiters.push({ ...waiter, ahead: waiting.count() })
        else for (const { resolve } of inHandWaiters) resolve()
        inHandWaiters = []
        if (waiting.count() < maxWaiting) {
          for (const { resolve } of roomWaiters) resolve()
          roomWaiters = []
        }
        options.onFolded?.()
        if (waiting.isEmpty()) options.onCaughtUp?.()
        next()
      },
      (error: unknown) => {
        inHand = undefined
        // they stay unfolded: the next fold takes them again
        waiting.restore(taken)
        const told = [...inHandWaiters, ...waiters, ...roomWaiters]
        inHandWaiters = []
        waiters = []
        roomWaiters = []
        for (const { reject } of told) reject(error)
        timer = setTimeout(start, gatherMs)
        timer.unref()
      },
    )
  }

  /** A full fold at once, one that somebody waits for after the rest, else when time has gathered more. */
  const next = (): void => {
    if (inHand !== undefined || held || waiting.isEmpty()) return
    const rest = restsUntil - now()
    if (roomWaiters.length > 0 || waiting.count() >= mattersAFold) start()
    else if (waiters.length === 0) timer ??= setTimeout(start, gatherMs)
    else if (rest <= 0) start()
    else {
      if (timer !== undefined) clearTimeout(timer)
      timer = setTimeout(start, rest)
    }
  }

  return {
    touch: (subjects, received, storedAt = Number.NEGATIVE_INFINITY) => {
      waiting.add(subjects, received, storedAt)
      next()
    },
    settled: () => {
      if (waiting.isEmpty() && inHand === undefined) return Promise.resolve()
      return new Promise((resolve, reject) => {
        if (waiting.isEmpty()) inHandWaiters.push({ resolve, reject, ahead: 0 })
        else waiters.push({ resolve, reject, ahead: waiting.count() })
        next()
      })
    },
    room: () => {
      if (waiting.count() < maxWaiting) {
        next()
        return Promise.resolve()
      }
      return new Promise((resolve, reject) => {
        roomWaiters.push({ resolve, reject, ahead: 0 })
        next()
      })
    },
    hold: (hold) => {
      held = hold
      next()
    },
    unfoldedFrom: () => Math.min(waiting.earliest(), inHand?.from ?? Number.POSITIVE_INFINITY),
    allFolded: () => waiting.isEmpty() && inHand === undefined,
  }
}
