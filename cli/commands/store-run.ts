import { resolve } from 'node:path'
import { findServing } from '../../schemas/lock/serving.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { type Front, openFront } from '../../schemas/store/http-front/front.ts'
import { TURN_WAIT_MS } from '../access/choose.ts'
import { prepareDirectory } from '../access/data-directory.ts'
import { probeInstance } from '../access/probe.ts'
import { waitForTurn } from '../access/wait-for-turn.ts'
import type { CommandContext } from '../context.ts'
import type { Io } from '../io.ts'
import { logTo } from '../serve/log-to.ts'
import { portProblem } from '../serve/port-problem.ts'
import { settingsFor } from './common-options.ts'
import type { StoreFrontOptions } from './store.ts'

/** A front that gives back the turn at its directory when it closes. */
const openInTurn = (settings: Settings, io: Io): Promise<Front> =>
  waitForTurn({
    directory: settings.data,
    waitMs: TURN_WAIT_MS,
    note: io.note,
    aside: async () => undefined,
    open: async (giveBack) => {
      const { clickhouse, data, host, port, maxMemoryBytes } = settings
      const front = await openFront({
        directory: data,
        host,
        port,
        mode: 'read-write',
        ...(clickhouse?.database === undefined ? {} : { database: clickhouse.database }),
        ...(clickhouse?.username === undefined ? {} : { user: clickhouse.username }),
        ...(clickhouse?.password === undefined ? {} : { password: clickhouse.password }),
        limits: { memoryBytes: maxMemoryBytes },
        log: logTo(io),
      })
      return {
        url: front.url,
        close: async () => {
          await front.close()
          await giveBack()
        },
      }
    },
  })

/** `pulse store`: answers until the process is asked to stop. */
export const runStore = async (
  { io, exitWith }: CommandContext,
  options: StoreFrontOptions,
): Promise<void> => {
  const { host, port } = options
  // account and database are read as its clients read them, who have its address in CLICKHOUSE_URL
  const env = { ...io.env, CLICKHOUSE_URL: 'http://127.0.0.1' }
  const settings = await settingsFor({ ...io, env }, options)
  await prepareDirectory(settings.data)
  const serving = await findServing(resolve(settings.data), probeInstance)
  if (serving !== undefined) {
    io.note(
      `error: ${settings.data} is served by \`pulse up\` at ${serving.url} (process ${serving.pid}). Stop it first, or use another --data directory.`,
    )
    exitWith(1)
    return
  }
  let front: Front | undefined
  let stopping = false
  const stopped = new Promise<void>((done) => {
    io.onStop(async () => {
      stopping = true
      await front?.close()
      done()
    }, 0)
  })
  try {
    front = await openInTurn(settings, io)
  } catch (error) {
    const problem = portProblem(error, { host, port: Number(port) })
    if (problem === undefined) throw error
    io.note(`error: ${problem}`)
    exitWith(1)
    return
  }
  if (stopping) await front.close()
  io.note(
    `pulse store is up at ${front.url}/ with ${settings.data}. Other processes reach it with CLICKHOUSE_URL=${front.url}. Stop it with Ctrl-C.`,
  )
  await stopped
}
