import { setTimeout as sleep } from 'node:timers/promises'
import { PulseError } from '../../schemas/errors.ts'
import { holderOf } from '../../schemas/lock/holder.ts'
import { findServing, type Serving } from '../../schemas/lock/serving.ts'

const EVERY_MS = 100

/**
 * The `pulse up` that serves a directory, undefined where nobody has it open. One that only begins, or is
 * too busy to answer, is waited for; rejects with STORE_BUSY, naming the process, where that takes longer.
 */
export const waitForServing = async (
  directory: string,
  probe: (url: string) => Promise<string | undefined>,
  waitMs: number,
): Promise<Serving | undefined> => {
  for (const until = Date.now() + waitMs; ; await sleep(EVERY_MS)) {
    const serving = await findServing(directory, probe)
    if (serving !== undefined) return serving
    const holder = await holderOf(directory)
    if (holder === undefined) return undefined
    if (Date.now() >= until)
      throw new PulseError(
        'STORE_BUSY',
        `The data directory ${directory} is open in process ${holder}, which does not answer. Try again when it does, or see to that process.`,
        { retriable: true },
      )
  }
}
