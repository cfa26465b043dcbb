import { readFile } from 'node:fs/promises'

/** A process for as long as it lives: its number alone may be given to another one later. */
export type ProcessIdentity = {
  readonly pid: number
  /** When the kernel started it, where the system tells (Linux); else undefined. */
  readonly started?: string | undefined
}

type Seen = { readonly state: string; readonly started: string }

/** State and start of a process out of /proc; undefined where there is none to read. */
const look = async (pid: number): Promise<Seen | undefined> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // the name, in brackets, may hold spaces and brackets itself
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', started: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

/** This process. */
export const ownIdentity = async (): Promise<ProcessIdentity> => ({
  pid: process.pid,
  started: (await look(process.pid))?.started,
})

/** Whether a process of this number runs, this or another one. */
export const answersSignals = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // one we may not signal lives too
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether this very process still runs. One that has ended and was not yet buried does not. */
export const lives = async ({ pid, started }: ProcessIdentity): Promise<boolean> => {
  if (!answersSignals(pid)) return false
  const seen = await look(pid)
  if (seen === undefined) return true
  return !'ZX'.includes(seen.state) && (started === undefined || started === seen.started)
}
