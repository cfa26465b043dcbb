import { readFile, stat } from 'node:fs/promises'
import { refusal } from './exceptions.ts'
import type { Outcome } from './execute.ts'
import { mib } from './limits.ts'
import { FIRST_REVISION, withRevision } from './native-revision.ts'

/** A result is changed in memory, so it has a bound; who asks for more asks for another format. */
const MOST_BYTES = 64 * 1024 ** 2

/** The outcome as a client of this protocol revision reads it; its file, if it has one, stays. */
export const reviseOutcome = async (outcome: Outcome, revision: number): Promise<Outcome> => {
  const { result } = outcome
  if (revision < FIRST_REVISION || outcome.format !== 'Native' || !('file' in result))
    return outcome
  if ((await stat(result.file)).size > MOST_BYTES)
    throw refusal(
      'TOO_MANY_ROWS_OR_BYTES',
      `A result for this client's protocol may have ${mib(MOST_BYTES)}. Ask for fewer rows, or for another format than Native.`,
    )
  return { ...outcome, result: { bytes: withRevision(await readFile(result.file)) } }
}
