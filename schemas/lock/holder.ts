import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lives } from './process-identity.ts'

/**
 * The living process, other than this one, that the engine wrote into the directory's `status` as
 * having it open; undefined: nobody. It tells a directory that is taken from one that cannot be
 * opened for another reason, which the engine's error does not.
 */
export const holderOf = async (directory: string): Promise<number | undefined> => {
  let status: string
  try {
    status = await readFile(join(directory, 'status'), 'utf8')
  } catch {
    return undefined
  }
  const pid = Number(/^PID:\s*(\d+)/m.exec(status)?.[1])
  return Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && (await lives({ pid }))
    ? pid
    : undefined
}
