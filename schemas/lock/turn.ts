import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { lives, ownIdentity, type ProcessIdentity } from './process-identity.ts'

const FILE = 'turn.json'
/** A note that is still empty belongs to a process that is just writing it, for so long. */
const WRITING_MS = 2_000

const identity = z.object({ pid: z.int().positive(), started: z.string().optional() })

/** A turn at a directory: taken, with the way to give it back; or whose it is. */
export type Turn =
  | { readonly taken: true; readonly giveBack: () => Promise<void> }
  | { readonly taken: false; readonly by: ProcessIdentity | undefined }

const readNote = async (path: string): Promise<ProcessIdentity | 'unreadable' | 'none'> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch {
    return 'none'
  }
  try {
    return identity.parse(JSON.parse(text))
  } catch {
    return 'unreadable'
  }
}

const isFresh = async (path: string): Promise<boolean> => {
  try {
    return Date.now() - (await stat(path)).mtimeMs < WRITING_MS
  } catch {
    return false
  }
}

/** Takes away what a killed process left. Renamed first: of two that find it, one succeeds. */
const clearAway = async (path: string): Promise<void> => {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
    await rm(aside, { force: true })
  } catch {
    // the other one was faster
  }
}

/**
 * Tries to take the turn at a directory that one process at a time may open, without waiting. Our
 * processes queue here, before the engine's own lock, because the engine cannot say that a directory
 * is merely taken and complains on stderr; its lock stays the one that protects the data, so the
 * rare race here (two that clear away the same leftover) costs a complaint and no more.
 */
export const tryTurn = async (directory: string): Promise<Turn> => {
  const path = join(directory, FILE)
  const own = await ownIdentity()
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.writeFile(`${JSON.stringify(own)}\n`)
      await file.close()
      return { taken: true, giveBack: () => rm(path, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const note = await readNote(path)
    if (note === 'none') continue
    if (note === 'unreadable') {
      if (await isFresh(path)) return { taken: false, by: undefined }
    } else if (await lives(note)) return { taken: false, by: note }
    await clearAway(path)
  }
  return { taken: false, by: undefined }
}
