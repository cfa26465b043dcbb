import { resolve } from 'node:path'
import { PulseError } from '../../schemas/errors.ts'
import { findServing } from '../../schemas/lock/serving.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Io } from '../io.ts'
import type { Access, Sending } from './access.ts'
import { prepareDirectory, storeExists } from './data-directory.ts'
import { probeInstance } from './probe.ts'
import { waitForServing } from './wait-for-serving.ts'
import { waitForTurn } from './wait-for-turn.ts'

/** A turn at a directory is waited for this long. */
export const TURN_WAIT_MS = 10_000

const remote = async (url: string): Promise<Access> => {
  const { remoteAccess } = await import('./remote.ts')
  return remoteAccess(url)
}

const local = async (
  settings: Settings,
  io: Io,
  giveBack?: () => Promise<void>,
): Promise<Access> => {
  const { localAccess } = await import('./local.ts')
  return localAccess(settings, { note: io.note, ...(giveBack === undefined ? {} : { giveBack }) })
}

/**
 * The way to the store these settings mean: the server named; else a ClickHouse server; else the
 * directory, through the `pulse up` that holds it or, when nobody does, opened here.
 */
const openAccess = async (settings: Settings, io: Io, create: boolean): Promise<Access> => {
  if (settings.server !== undefined) return remote(settings.server)
  if (settings.clickhouse !== undefined) return local(settings, io)
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
    open: (giveBack) => local(settings, io, giveBack),
  })
}

/**
 * The way for events: where Kafka is the log, all of them go through it, for what is stored past it
 * would be missing from every count of the log.
 */
const openSending = async (settings: Settings, io: Io): Promise<Sending> => {
  const { server, kafka, clickhouse } = settings
  if (server !== undefined || kafka === undefined) return openAccess(settings, io, true)
  if (clickhouse !== undefined) {
    const { kafkaAccess } = await import('./kafka-access.ts')
    return kafkaAccess({ ...settings, kafka, clickhouse }, io.note)
  }
  const serving = await waitForServing(resolve(settings.data), probeInstance, TURN_WAIT_MS)
  if (serving !== undefined) return remote(serving.url)
  throw new PulseError(
    'USAGE',
    `KAFKA_BROKERS is set, and nothing stores what the log takes for ${settings.data}. Start \`pulse up\` with it, or set CLICKHOUSE_URL to the store of \`pulse consume\`, or unset KAFKA_BROKERS.`,
  )
}

/** Works, and closes whatever happens, also when the process is asked to stop. */
const closing = async <A extends Pick<Access, 'close'>, T>(
  access: A,
  io: Io,
  work: (access: A) => Promise<T>,
): Promise<T> => {
  const forget = io.onStop(() => access.close())
  try {
    return await work(access)
  } finally {
    forget()
    await access.close()
  }
}

/** Where there is no store yet, `create` makes one; else that is a wrong directory. */
export const withAccess = async <T>(
  { settings, io, create }: { settings: Settings; io: Io; create: boolean },
  work: (access: Access) => Promise<T>,
): Promise<T> => closing(await openAccess(settings, io, create), io, work)

/** For commands that send events; makes a store where there is none yet. */
export const withSending = async <T>(
  { settings, io }: { settings: Settings; io: Io },
  work: (access: Sending) => Promise<T>,
): Promise<T> => closing(await openSending(settings, io), io, work)
