import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { lives } from './process-identity.ts'

const FILE = 'serving.json'

const serving = z.object({
  pid: z.int().positive(),
  url: z.string(),
  instance: z.string().min(1),
  startedAt: z.string(),
})

/**
 * What a running `pulse up` leaves in its directory so that other commands ask through it: its
 * process, its address, a random name of this run (`/healthz` answers with it), and since when.
 */
export type Serving = z.infer<typeof serving>

/** Writes the note, whole or not at all. Call it once the address answers. */
export const writeServing = async (directory: string, note: Serving): Promise<void> => {
  const draft = join(directory, `${FILE}.${randomUUID()}`)
  await writeFile(draft, `${JSON.stringify(note)}\n`, { mode: 0o600 })
  await rename(draft, join(directory, FILE))
}

/** The note, or undefined where there is none or it cannot be read: it is a hint, never the truth. */
export const readServing = async (directory: string): Promise<Serving | undefined> => {
  try {
    return serving.parse(JSON.parse(await readFile(join(directory, FILE), 'utf8')))
  } catch {
    return undefined
  }
}

/** Removes the note, unless a later run has put its own there. */
export const removeServing = async (directory: string, instance: string): Promise<void> => {
  const note = await readServing(directory)
  if (note?.instance === instance) await rm(join(directory, FILE), { force: true })
}

/**
 * The run that serves this directory now, or undefined. A note of a run that was killed, whose
 * process number or port something else has since, is seen through: the process must live and
 * the address must answer with the note's own instance.
 */
export const findServing = async (
  directory: string,
  probe: (url: string) => Promise<string | undefined>,
): Promise<Serving | undefined> => {
  const note = await readServing(directory)
  if (note === undefined || !(await lives(note))) return undefined
  return (await probe(note.url)) === note.instance ? note : undefined
}
