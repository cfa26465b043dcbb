import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { createApp, hostRule, listensBeyond } from '../../dashboards/api/app.ts'
import { createTelemetry } from '../../dashboards/api/telemetry.ts'
import { findServing, removeServing, writeServing } from '../../schemas/lock/serving.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { TURN_WAIT_MS } from '../access/choose.ts'
import { prepareDirectory } from '../access/data-directory.ts'
import { probeInstance } from '../access/probe.ts'
import { openRuntime, type Runtime } from '../access/runtime.ts'
import { waitForTurn } from '../access/wait-for-turn.ts'
import type { Io } from '../io.ts'
import { bind } from './bind.ts'
import { logTo } from './log-to.ts'
import { openReaders, type Readers } from './readers.ts'
import { apiRoutes } from './routes.ts'

export type Prepare = (runtime: Runtime) => Promise<void>

/**
 * `pulse up`: binds the port, opens the store, runs `prepare` on it, answers until the process is
 * asked to stop, then finishes what is in hand and closes. Resolves with the exit code: 1 where the
 * port or the directory is taken.
 */
export const serve = async (settings: Settings, io: Io, prepare?: Prepare): Promise<0 | 1> => {
  const directory = resolve(settings.data)
  const embedded = settings.clickhouse === undefined
  if (embedded) await prepareDirectory(settings.data)
  const already = embedded ? await findServing(directory, probeInstance) : undefined
  if (already !== undefined) {
    io.note(
      `error: ${settings.data} is already served at ${already.url} (process ${already.pid}). Use that one, or another --data directory.`,
    )
    return 1
  }
  const listening = await bind(settings, io)
  if (listening === undefined) return 1
  let runtime: Runtime | undefined
  let readers: Readers | undefined
  const instance = randomUUID()
  let ending: Promise<void> | undefined
  const stop = (): Promise<void> => {
    ending ??= removeServing(directory, instance)
      .then(listening.stop)
      .then(() => readers?.close())
      .then(() => runtime?.close())
    return ending
  }
  const stopped = new Promise<void>((done) => {
    io.onStop(async () => {
      await stop()
      done()
    }, 0)
  })
  try {
    runtime = embedded
      ? await waitForTurn({
          directory: settings.data,
          waitMs: TURN_WAIT_MS,
          note: io.note,
          aside: async () => undefined,
          open: (giveBack) => openRuntime(settings, { note: io.note, giveBack }),
        })
      : await openRuntime(settings, io)
    await prepare?.(runtime)
    const log = logTo(io)
    if (settings.sql !== undefined) readers = await openReaders(settings, settings.sql, io)
    const telemetry = createTelemetry({ store: runtime.storeAnswers })
    const routes = apiRoutes({ runtime, settings, instance, telemetry, log })
    const hostAllowed = hostRule(settings.host, settings.allowedHosts)
    listening.answerWith(createApp({ routes, telemetry, hostAllowed, log }))
    const startedAt = new Date().toISOString()
    if (embedded)
      await writeServing(directory, { pid: process.pid, url: listening.url, instance, startedAt })
  } catch (error) {
    await stop()
    throw error
  }
  if (listensBeyond(settings.host))
    io.note(
      'warning: listening beyond this machine, and there is no sign-in: whoever reaches the address can read the figures and send events.',
    )
  io.note(`pulse is up at ${listening.url}/ with ${runtime.name}. Stop it with Ctrl-C.`)
  if (readers !== undefined)
    io.note(
      `Other tools read matters and petitions at ${readers.url}/ as a ClickHouse server's (user default).`,
    )
  await stopped
  return 0
}
