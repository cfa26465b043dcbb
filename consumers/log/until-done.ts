import { setTimeout as sleep } from 'node:timers/promises'
import { PulseError } from '../../schemas/errors.ts'

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/** Work that was given up because the process is to stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
  constructor() {
    super('stopped while waiting to try again')
  }
}

/** Whether the same may succeed later without anybody's doing. */
export const mayPass = (error: unknown): boolean => error instanceof PulseError && error.retriable

/**
 * Does the work again, after pauses of a quarter of a second up to five, until it succeeds. Rejects
 * with an error that will not pass by itself, and with Stopped once `stopped` says so.
 */
export const untilDone = async <T>(
  work: () => Promise<T>,
  {
    stopped,
    onFailure,
  }: { readonly stopped: () => boolean; readonly onFailure: (error: unknown) => void },
): Promise<T> => {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await work()
    } catch (error) {
      onFailure(error)
      if (!mayPass(error)) throw error
    }
    for (const until = Date.now() + pauseMs; Date.now() < until; await sleep(FIRST_PAUSE_MS / 5))
      if (stopped()) throw new Stopped()
  }
}
