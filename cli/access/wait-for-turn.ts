import { setTimeout as sleep } from 'node:timers/promises'
import { PulseError } from '../../schemas/errors.ts'
import { holderOf } from '../../schemas/lock/holder.ts'
import { tryTurn } from '../../schemas/lock/turn.ts'

const EVERY_MS = 100
const SAY_AFTER_MS = 1_500

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

/**
 * One try: opened, or busy. The engine's error does not tell a directory that a program of others
 * has open from one that is broken; whether somebody holds it does.
 */
const tryOpen = async <T>(waiting: Waiting<T>): Promise<{ opened: T } | { busy: PulseError }> => {
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
    if (pid !== undefined || (error instanceof PulseError && error.code === 'STORE_BUSY'))
      return { busy: busy(directory, pid, error) }
    throw error
  }
}

/**
 * Opens a directory that one process at a time may hold, waiting for its turn up to a bound: short
 * commands in a script follow each other closer than the engine lets go. Rejects with STORE_BUSY,
 * naming the process, when the turn does not come.
 */
export const waitForTurn = async <T>(waiting: Waiting<T>): Promise<T> => {
  const started = Date.now()
  let said = false
  for (;;) {
    const other = await waiting.aside()
    if (other !== undefined) return other
    const attempt = await tryOpen(waiting)
    if ('opened' in attempt) return attempt.opened
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
