/**
 * Keeps the folded rows up with the events: gathers the matters that were touched and folds them in
 * the background, many batches at once while it is behind.
 */
export type Folder = {
  /**
   * Matters whose events were stored, or may have been, and the earliest stamp of receipt among
   * those (epoch ms). Folding a matter too often changes nothing.
   */
  readonly touch: (subjects: Iterable<string>, receivedFrom: number) => void
  /** Resolves when everything touched before the call is folded; rejects when that fold fails. */
  readonly settled: () => Promise<void>
  /** Resolves when there is room for more; rejects when folding fails again and again. */
  readonly room: () => Promise<void>
  /** The earliest stamp of receipt that may not be folded yet; Infinity when all is. */
  readonly unfoldedFrom: () => number
  readonly allFolded: () => boolean
}

export type FolderOptions = {
  readonly fold: (subjects: ReadonlySet<string>) => Promise<void>
  /** Matters one fold takes at most. Default 20,000. */
  readonly mattersAFold?: number
  /** Matters waiting at most before `room` makes the next caller wait. Default 200,000. */
  readonly maxWaiting?: number
  /** How long touched matters are gathered while nobody waits for them. Default 1 s. */
  readonly gatherMs?: number
  /**
   * While senders wait, the next fold begins after a rest as long as the last fold, and at most so
   * long: small folds one behind another would take half of the machine from the figures. Default 500 ms.
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
  const maxRestMs = options.maxRestMs ?? 500
  const now = options.now ?? Date.now
  let restsUntil = 0
  let waiting = new Set<string>()
  let waitingFrom = Number.POSITIVE_INFINITY
  let inHandFrom = Number.POSITIVE_INFINITY
  let inHand = false
  /** Each waits for what waited when it came; moved to the fold that takes the last of that. */
  let waiters: Waiter[] = []
  let inHandWaiters: Waiter[] = []
  let roomWaiters: Waiter[] = []
  let timer: NodeJS.Timeout | undefined

  const take = (): Set<string> => {
    if (waiting.size <= mattersAFold) {
      const all = waiting
      waiting = new Set()
      return all
    }
    const some = new Set<string>()
    for (const subject of waiting) {
      if (some.size >= mattersAFold) break
      some.add(subject)
      waiting.delete(subject)
    }
    return some
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
    options.fold(subjects).then(
      () => {
        inHand = false
        inHandFrom = Number.POSITIVE_INFINITY
        restsUntil = tookAll ? now() + Math.min(now() - begun, maxRestMs) : 0
        for (const { resolve } of inHandWaiters) resolve()
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
        for (const subject of subjects) waiting.add(subject)
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
    touch: (subjects, receivedFrom) => {
      for (const subject of subjects) waiting.add(subject)
      waitingFrom = Math.min(waitingFrom, receivedFrom)
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
