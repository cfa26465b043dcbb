import { setTimeout as sleep } from 'node:timers/promises'

/** What was stored or folded while the tables were read adds up a moment later. */
const LOOKS = 4
const PAUSE_MS = 500

/**
 * Looks again until what is left has not changed from one look to the next; gives what has not.
 * Everything due was folded before the first look, so what is a gap stays as it is.
 */
export const settle = async <T>(
  first: readonly T[],
  look: (left: readonly T[]) => Promise<readonly T[]>,
  print: (one: T) => string,
): Promise<readonly T[]> => {
  let left = first
  let unchanged: readonly T[] = []
  for (let n = 0; n < LOOKS && left.length > 0; n++) {
    if (n > 0) await sleep(PAUSE_MS)
    const before = new Set(n === 0 ? [] : left.map(print))
    left = await look(left)
    unchanged = left.filter((one) => before.has(print(one)))
    if (unchanged.length === left.length) break
  }
  return unchanged
}
