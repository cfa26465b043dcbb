/** A fold that is held until the test lets it go; `folds` are the matters of each, in order. */
export const heldFold = () => {
  const folds: string[][] = []
  const held: { done: () => void; fail: (error: unknown) => void }[] = []
  return {
    folds,
    fold: (subjects: ReadonlySet<string>): Promise<void> => {
      folds.push([...subjects].sort())
      return new Promise((done, fail) => {
        held.push({ done, fail })
      })
    },
    /** Ends the oldest fold under way. */
    done: async (): Promise<void> => {
      held.shift()?.done()
      await turn()
    },
    fail: async (error: unknown): Promise<void> => {
      held.shift()?.fail(error)
      await turn()
    },
  }
}

/** Lets everything run that waits for nothing but its turn. */
export const turn = (): Promise<void> => new Promise((done) => setImmediate(done))

/** Whether a promise has ended, and how, without waiting for it. */
export const watch = (promise: Promise<unknown>): { state: 'open' | 'done' | 'failed' } => {
  const watched: { state: 'open' | 'done' | 'failed' } = { state: 'open' }
  promise.then(
    () => {
      watched.state = 'done'
    },
    () => {
      watched.state = 'failed'
    },
  )
  return watched
}
