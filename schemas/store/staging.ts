import { mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PulseError } from '../errors.ts'
import { answersSignals } from '../lock/process-identity.ts'

/** A directory of our own for files that the engine reads or writes beside its tables. */
export type Staging = {
  /** A path nothing has used yet. */
  readonly path: () => string
  /** Removes the file at such a path, if one was made. */
  readonly discard: (path: string) => Promise<void>
  /** Removes the directory and what is left in it. */
  readonly remove: () => Promise<void>
}

const STAGING = /^pulse-(\d+)-/

/** Removes what processes that were killed left of their staging directories. */
const clearStaging = async (root: string): Promise<void> => {
  for (const name of await readdir(root).catch(() => [])) {
    const pid = STAGING.exec(name)?.[1]
    if (pid !== undefined && !answersSignals(Number(pid)))
      await rm(join(root, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

/**
 * Writes a file whole, in as few calls as the system allows. `writeFile` goes in steps of half a
 * megabyte and comes back between two of them, so that rows wait for whatever else is at work here.
 */
export const writeWhole = async (path: string, pieces: readonly Uint8Array[]): Promise<void> => {
  const file = await open(path, 'wx')
  try {
    for (const bytes of pieces)
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
  } finally {
    await file.close()
  }
}

/** Memory where the system has it, else the temporary directory: for files of a bounded size. */
export const memoryFirst = (): readonly string[] => ['/dev/shm', tmpdir()]

/**
 * Makes a staging directory in the first of these roots that can be written. Its name carries our
 * pid, so that the next process clears it away if this one is killed.
 */
export const openStaging = async (roots: readonly string[]): Promise<Staging> => {
  for (const root of roots) {
    try {
      const directory = await mkdtemp(join(root, `pulse-${process.pid}-`))
      await clearStaging(root)
      let files = 0
      return {
        path: () => join(directory, `${++files}.bin`),
        discard: (path) => rm(path, { force: true }),
        remove: () => rm(directory, { recursive: true, force: true }),
      }
    } catch {
      // not on this system, or not ours to write: the next
    }
  }
  throw new PulseError(
    'STORE_UNAVAILABLE',
    `No directory for temporary files can be written: ${roots.join(', ')}. Set TMPDIR to one that can.`,
  )
}
