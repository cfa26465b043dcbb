import { resolve } from 'node:path'
import { PulseError } from '../../schemas/errors.ts'
import { findServing } from '../../schemas/lock/serving.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Io } from '../io.ts'
import type { Access } from './access.ts'
import { prepareDirectory, storeExists } from './data-directory.ts'
import { probeInstance } from './probe.ts'
import { waitForTurn } from './wait-for-turn.ts'

/** A turn at a directory is waited for this long. */
export const TURN_WAIT_MS = 10_000

/**
 * The way to the store these settings mean: the server named; else a ClickHouse server; else the
 * directory, through the `pulse up` that holds it or, when nobody does, opened here.
 */
const openAccess = async (settings: Settings, io: Io, create: boolean): Promise<Access> => {
  const remote = async (url: string): Promise<Access> => {
    const { remoteAccess } = await import('./remote.ts')
    return remoteAccess(url)
  }
  const local = async (giveBack?: () => Promise<void>): Promise<Access> => {
    const { localAccess } = await import('./local.ts')
    return localAccess(settings, { note: io.note, ...(giveBack === undefined ? {} : { giveBack }) })
  }
  if (settings.server !== undefined) return remote(settings.server)
  if (settings.clickhouse !== undefined) return local()
  const directory = resolve(settings.data)
  if (!create && !(await storeExists(settings)))
    throw new PulseError(
      'USAGE',
      `There is no store in ${settings.data}. Make one with \`pulse import\`, \`pulse append\` or \`pulse demo\`, or give another directory with --data.`,
    )
  return waitForTurn({
    directory: settings.data,
    waitMs: TURN_WAIT_MS,
    note: io.note,
    aside: async () => {
      const serving = await findServing(directory, probeInstance)
      if (serving !== undefined) return remote(serving.url)
      // only who opens it here needs to write to it
      await prepareDirectory(settings.data)
      return undefined
    },
    open: local,
  })
}

/**
 * Opens, works, and closes whatever happens, also when the process is asked to stop. Where there is
 * no store yet, `create` makes one; else that is a wrong directory.
 */
export const withAccess = async <T>(
  { settings, io, create }: { settings: Settings; io: Io; create: boolean },
  work: (access: Access) => Promise<T>,
): Promise<T> => {
  const access = await openAccess(settings, io, create)
  const forget = io.onStop(() => access.close())
  try {
    return await work(access)
  } finally {
    forget()
    await access.close()
  }
}
