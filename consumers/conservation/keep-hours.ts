import type { Store } from '../../schemas/store/port.ts'
import { closeHours } from './close-hours.ts'

export type HourKeeper = {
  /** Resolves when nothing is under way. */
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
  let working: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    working = working
      .then(() => closeHours(store, Date.now()))
      .catch((error: unknown) =>
        log(`Summing the hours of the log: ${error instanceof Error ? error.message : error}`),
      )
  }, everyMs)
  timer.unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await working
    },
  }
}
