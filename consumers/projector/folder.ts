/**
 * Keeps the folded rows up with the events: gathers the matters that were touched and folds them in
 * the background, many batches at once while it is behind.
 */
export type Folder = {
  /**
   * Matters whose events were stored, or may have been, with the earliest and the latest stamp of
   * receipt among those (epoch ms). Folding a matter too often changes nothing.
   */
  readonly touch: (subjects: Iterable<string>, received: Span) => void
  /** Resolves when everything touched before the call is folded; rejects when that fold fails. */
  readonly settled: () => Promise<void>
  /** Resolves when there is room for more; rejects when folding fails again and again. */
  readonly room: () => Promise<void>
  /** The earliest stamp of receipt that may not be folded yet; Infinity when all is. */
  readonly unfoldedFrom: () => number
  readonly allFolded: () => boolean
}

type Span = { readonly from: number; readonly until: number }

export type FolderOptions = {
  /** Folds matters from what is stored of them and was received by `upTo`. */
  readonly fold: (subjects: ReadonlySet<string>, upTo: number) => Promise<void>
  /**
   * Epoch ms: everything received up to then is stored. A fold takes no event received later, so
   * that no row knows more than the watermark says, and a figure cut there is read as it stands.
   * Default: no bound.
   */
  readonly storedUpTo?: () => number
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
  /** Told each time nothing waits any more. */
  readonly onCaughtUp?: () => void
}

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
  let restsUntil = 0
  const storedUpTo = options.storedUpTo ?? (() => Number.POSITIVE_INFINITY)
  /** Each with the latest stamp of its events. */
  let waiting = new Map<string, number>()
  let waitingFrom = Number.POSITIVE_INFINITY
  let inHandFrom = Number.POSITIVE_INFINITY
  let inHand = false
  /** Each waits for what waited when it came; moved to the fold that takes the last of that. */
  let waiters: Waiter[] = []
  let inHandWaiters: Waiter[] = []
  let roomWaiters: Waiter[] = []
  let timer: NodeJS.Timeout | undefined

  const take = (): Map<string, number> => {
    if (waiting.size <= mattersAFold) {
      const all = waiting
      waiting = new Map()
      return all
    }
    const some = new Map<string, number>()
    for (const [subject, until] of waiting) {
      if (some.size >= mattersAFold) break
      some.set(subject, until)
      waiting.delete(subject)
    }
    return some
  }

  const add = (subject: string, until: number): void => {
    const known = waiting.get(subject)
    if (known === undefined || known < until) waiting.set(subject, until)
  }

  /** Matters with events that the fold was not to take wait for the next one. */
  const putBack = (subjects: ReadonlyMap<string, number>, upTo: number): boolean => {
    let any = false
    for (const [subject, until] of subjects)
      if (until > upTo) {
        add(subject, until)
        any = true
      }
    if (any) waitingFrom = Math.min(waitingFrom, upTo + 1)
    return any
  }

  const start = (): void => {
    if (timer !== undefined) clearTimeout(timer)
    timer = undefined
    if (inHand || waiting.size === 0) return
    inHand = true
    const begun = now()
    const subjects = take()
    const tookAll = waiting.size === 0
    inHandFrom = waitingFrom
    if (tookAll) waitingFrom = Number.POSITIVE_INFINITY
    for (const waiter of waiters) waiter.ahead -= subjects.size
    inHandWaiters = waiters.filter(({ ahead }) => ahead <= 0)
    waiters = waiters.filter(({ ahead }) => ahead > 0)
    const upTo = storedUpTo()
    options.fold(new Set(subjects.keys()), upTo).then(
      () => {
        inHand = false
        inHandFrom = Number.POSITIVE_INFINITY
        restsUntil = tookAll ? now() + Math.min(2 * (now() - begun), maxRestMs) : 0
        if (putBack(subjects, upTo))
          for (const waiter of inHandWaiters) waiters.push({ ...waiter, ahead: waiting.size })
        else for (const { resolve } of inHandWaiters) resolve()
        inHandWaiters = []
        if (waiting.size < maxWaiting) {
          for (const { resolve } of roomWaiters) resolve()
          roomWaiters = []
        }
        if (waiting.size === 0) options.onCaughtUp?.()
        next()
      },
      (error: unknown) => {
        inHand = false
        // they stay unfolded: the next fold takes them again
        for (const [subject, until] of subjects) add(subject, until)
        waitingFrom = Math.min(waitingFrom, inHandFrom)
        inHandFrom = Number.POSITIVE_INFINITY
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
    if (inHand || waiting.size === 0) return
    const rest = restsUntil - now()
    if (roomWaiters.length > 0 || waiting.size >= mattersAFold) start()
    else if (waiters.length === 0) timer ??= setTimeout(start, gatherMs)
    else if (rest <= 0) start()
    else {
      if (timer !== undefined) clearTimeout(timer)
      timer = setTimeout(start, rest)
    }
  }

  return {
    touch: (subjects, { from, until }) => {
      for (const subject of subjects) add(subject, until)
      waitingFrom = Math.min(waitingFrom, from)
      next()
    },
    settled: () => {
      if (waiting.size === 0 && !inHand) return Promise.resolve()
      return new Promise((resolve, reject) => {
        if (waiting.size > 0) waiters.push({ resolve, reject, ahead: waiting.size })
        else inHandWaiters.push({ resolve, reject, ahead: 0 })
        next()
      })
    },
    room: () => {
      if (waiting.size < maxWaiting) {
        next()
        return Promise.resolve()
      }
      return new Promise((resolve, reject) => {
        roomWaiters.push({ resolve, reject, ahead: 0 })
        next()
      })
    },
    unfoldedFrom: () => Math.min(waitingFrom, inHandFrom),
    allFolded: () => waiting.size === 0 && !inHand,
  }
}
