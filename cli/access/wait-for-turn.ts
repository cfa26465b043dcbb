import { setTimeout as sleep } from 'node:timers/promises'
import { PulseError } from '../../schemas/errors.ts'
import { holderOf } from '../../schemas/lock/holder.ts'
import { tryTurn } from '../../schemas/lock/turn.ts'

const EVERY_MS = 100
const SAY_AFTER_MS = 1_500
/** The engine lets go of a directory a moment after its process is gone. */
const UNSEEN_TRIES = 5

export type Waiting<T> = {
  readonly directory: string
  /** How long another process may keep us waiting. */
  readonly waitMs: number
  /** A way that needs no turn, looked for before every try: a run that serves the directory. */
  readonly aside: () => Promise<T | undefined>
  /** Opens the directory. `giveBack` is to be called once it is closed again. */
  readonly open: (giveBack: () => Promise<void>) => Promise<T>
  readonly note: (text: string) => void
}

const holderName = (pid: number | undefined): string =>
  pid === undefined ? 'another process' : `process ${pid}`

const busy = (directory: string, pid: number | undefined, cause?: unknown): PulseError =>
  new PulseError(
    'STORE_BUSY',
    `The data directory ${directory} is open in ${holderName(pid)}. Wait until it ends or stop it, or use another --data directory.`,
    { retriable: true, cause },
  )

/** What the engine calls taken, while nobody has it that can be seen. */
const unopened = (directory: string, cause: PulseError): PulseError =>
  new PulseError(
    'STORE_UNAVAILABLE',
    `The data directory ${directory} cannot be opened, though no process seen from here has it open. Either its files are damaged (the engine says which beside this): bring back a copy, or use another --data directory. Or it is open in another container or on another machine: stop that one.`,
    { cause },
  )

type Attempt<T> =
  | { readonly opened: T }
  /** `unseen`: the engine says so, but nobody can be seen who has it open. */
  | { readonly busy: PulseError; readonly unseen?: PulseError }

/**
 * One try: opened, or busy. The engine gives one error for a directory that a program of others has
 * open and for one that is broken; whether somebody holds it tells them apart.
 */
const tryOpen = async <T>(waiting: Waiting<T>): Promise<Attempt<T>> => {
  const { directory } = waiting
  const turn = await tryTurn(directory)
  if (!turn.taken) return { busy: busy(directory, turn.by?.pid) }
  const holder = await holderOf(directory)
  if (holder !== undefined) {
    await turn.giveBack()
    return { busy: busy(directory, holder) }
  }
  try {
    return { opened: await waiting.open(turn.giveBack) }
  } catch (error) {
    await turn.giveBack()
    const pid = await holderOf(directory)
    if (pid !== undefined) return { busy: busy(directory, pid, error) }
    if (error instanceof PulseError && error.code === 'STORE_BUSY')
      return { busy: busy(directory, pid, error), unseen: unopened(directory, error) }
    throw error
  }
}

/**
 * Opens a directory that one process at a time may hold, waiting for its turn up to a bound: short
 * commands in a script follow each other closer than the engine lets go. Rejects with STORE_BUSY,
 * naming the process, when the turn does not come; with STORE_UNAVAILABLE, much sooner, when the
 * engine calls it taken and nobody is there.
 */
export const waitForTurn = async <T>(waiting: Waiting<T>): Promise<T> => {
  const started = Date.now()
  let said = false
  let unseenTries = 0
  for (;;) {
    const other = await waiting.aside()
    if (other !== undefined) return other
    const attempt = await tryOpen(waiting)
    if ('opened' in attempt) return attempt.opened
    if (attempt.unseen !== undefined && ++unseenTries >= UNSEEN_TRIES) throw attempt.unseen
    const waited = Date.now() - started
    if (waited >= waiting.waitMs) throw attempt.busy
    if (!said && waited >= SAY_AFTER_MS) {
      said = true
      waiting.note(
        `${attempt.busy.message.split('. ')[0]}; waiting up to ${Math.round(waiting.waitMs / 1000)} s for it`,
      )
    }
    await sleep(EVERY_MS)
  }
}
