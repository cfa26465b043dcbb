import type { Store } from '../../schemas/store/port.ts'
import { closeHours } from './close-hours.ts'

export type HourKeeper = {
  /** Resolves when nothing is under way: after one more statement at most. What is left is the next round's, anybody's. */
  readonly stop: () => Promise<void>
}

const EVERY_MS = 300_000

/**
 * Sums the hours that are over, now and then. Several processes may: they write the same. `log` hears
 * of a failure; the next round does what was left.
 */
export const keepHours = (
  store: Pick<Store, 'query' | 'insert'>,
  log: (line: string) => void,
  everyMs = EVERY_MS,
): HourKeeper => {
  let stopped = false
  const whileKept = <T>(work: () => Promise<T>): Promise<T> =>
    stopped ? Promise.reject(new Error('it is asked to stop')) : work()
  const kept: typeof store = {
    query: (sql) => whileKept(() => store.query(sql)),
    insert: (...given) => whileKept(() => store.insert(...given)),
  }
  const round = async (): Promise<void> => {
    try {
      await closeHours(kept, Date.now())
    } catch (error) {
      if (!stopped)
        log(
          `The hours of the log could not be summed: ${error instanceof Error ? error.message : error}. It is tried again in ${Math.ceil(everyMs / 60_000)} min.`,
        )
    }
    working = undefined
  }
  let working: Promise<void> | undefined
  const timer = setInterval(() => {
    working ??= round()
  }, everyMs)
  timer.unref()
  return {
    stop: async () => {
      clearInterval(timer)
      stopped = true
      await working
    },
  }
}
