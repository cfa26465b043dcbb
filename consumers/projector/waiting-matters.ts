/** Stamps of receipt (epoch ms), the first and the last. */
export type Span = { readonly from: number; readonly until: number }

/** What one fold takes: matters, each with the latest stamp of its events; or all of which something was stored since. */
export type Taken = {
  readonly subjects?: ReadonlyMap<string, number>
  /** Earliest mark of a batch that touched them, epoch ms. */
  readonly since: number
  /** Earliest stamp that may be unfolded. */
  readonly from: number
}

/** Matters that wait to be folded, the oldest first. */
export type WaitingMatters = {
  readonly add: (subjects: Iterable<string>, received: Span, storedAt: number) => void
  /** What the next fold takes; at most `most` matters of a list. */
  readonly take: (most: number) => Taken
  /** Those of a fold that were not to be folded whole, since an event of theirs was received after `upTo`. Whether there are any. */
  readonly putBack: (taken: Taken, upTo: number) => boolean
  /** All of a fold that failed. */
  readonly restore: (taken: Taken) => void
  readonly isEmpty: () => boolean
  /** Where they are too many for a list, more than any list has. */
  readonly count: () => number
  readonly earliest: () => number
}

const NEVER = Number.POSITIVE_INFINITY

/** `mostListed`: beyond so many the list is forgotten. */
export const createWaitingMatters = (mostListed: () => number): WaitingMatters => {
  let listed = new Map<string, number>()
  let unlisted = false
  let since = NEVER
  let from = NEVER

  const isEmpty = (): boolean => listed.size === 0 && !unlisted

  const list = (subject: string, until: number): void => {
    const known = listed.get(subject)
    if (known === undefined || known < until) listed.set(subject, until)
  }

  const note = (earliest: number, storedAt: number): void => {
    from = Math.min(from, earliest)
    since = Math.min(since, storedAt)
  }

  const forgetList = (): void => {
    unlisted = true
    listed = new Map()
  }

  const takeListed = (most: number): Map<string, number> => {
    if (listed.size <= most) {
      const all = listed
      listed = new Map()
      return all
    }
    const some = new Map<string, number>()
    for (const [subject, until] of listed) {
      if (some.size >= most) break
      some.set(subject, until)
      listed.delete(subject)
    }
    return some
  }

  return {
    add: (subjects, received, storedAt) => {
      note(received.from, storedAt)
      if (unlisted) return
      for (const subject of subjects) list(subject, received.until)
      if (listed.size > mostListed()) forgetList()
    },
    take: (most) => {
      const stamps = { since, from }
      const taken = unlisted ? stamps : { ...stamps, subjects: takeListed(most) }
      unlisted = false
      if (isEmpty()) {
        since = NEVER
        from = NEVER
      }
      return taken
    },
    putBack: (taken, upTo) => {
      let any = false
      for (const [subject, until] of taken.subjects ?? [])
        if (until > upTo) {
          any = true
          if (!unlisted) list(subject, until)
        }
      if (any) note(upTo + 1, taken.since)
      return any
    },
    restore: (taken) => {
      note(taken.from, taken.since)
      if (taken.subjects === undefined) forgetList()
      else if (!unlisted) for (const [subject, until] of taken.subjects) list(subject, until)
    },
    isEmpty,
    count: () => (unlisted ? Number.MAX_SAFE_INTEGER : listed.size),
    earliest: () => from,
  }
}
