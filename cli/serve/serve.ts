import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { createConsumerSeries } from '../../consumers/log/series.ts'
import type { OnStep } from '../../consumers/log/steps.ts'
import { createTelemetry } from '../../dashboards/api/telemetry.ts'
import { findServing, removeServing, writeServing } from '../../schemas/lock/serving.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { TURN_WAIT_MS } from '../access/choose.ts'
import { prepareDirectory } from '../access/data-directory.ts'
import { openLogRuntime } from '../access/log-runtime.ts'
import { probeInstance } from '../access/probe.ts'
import { openRuntime, type Runtime, type RuntimeOptions } from '../access/runtime.ts'
import { waitForTurn } from '../access/wait-for-turn.ts'
import type { Io } from '../io.ts'
import { host } from './host.ts'
import { lineTo, logTo } from './log-to.ts'
import { openReaders, type Readers } from './readers.ts'
import { apiRoutes } from './routes.ts'

export type ServeOptions = {
  /** Work on the store before anything is answered. */
  readonly prepare?: (runtime: Runtime) => Promise<void>
  /** Hears of the steps of the log's consumer; only tests give one. */
  readonly onStep?: OnStep
}

/** Whoever sends events and reads figures here is not asked who they are. */
const OPEN_TO_ALL =
  'warning: listening beyond this machine, and there is no sign-in: whoever reaches the address can read the figures and send events.'

const tellOf = ({ url }: Readers): string =>
  `Other tools read matters and petitions at ${url}/ as a ClickHouse server's (user default).`

/**
 * `pulse up`: binds the port, opens the store, and the log where there is one, runs `prepare` on it,
 * answers until the process is asked to stop, then finishes what is in hand and closes. Resolves with
 * the exit code: 1 where the port or the directory is taken, or the consumer of the log gave up.
 */
export const serve = async (
  settings: Settings,
  io: Io,
  { prepare, onStep }: ServeOptions = {},
): Promise<0 | 1> => {
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
  const instance = randomUUID()
  const startedAt = new Date().toISOString()
  return host({
    settings,
    io,
    command: 'pulse',
    beyond: OPEN_TO_ALL,
    onUp: async (url) => {
      if (embedded) await writeServing(directory, { pid: process.pid, url, instance, startedAt })
    },
    onStopping: () => removeServing(directory, instance),
    open: async ({ fail, closing }) => {
      const { kafka } = settings
      let runtime: Runtime | undefined
      const telemetry = createTelemetry(
        {
          store: async () => (await runtime?.storeAnswers()) ?? false,
          ...(kafka === undefined
            ? {}
            : { log: async () => (await runtime?.logAnswers?.()) ?? false }),
        },
        kafka === undefined ? ['new', 'duplicate', 'conflict'] : ['logged'],
      )
      const open = (options: RuntimeOptions): Promise<Runtime> =>
        kafka === undefined
          ? openRuntime(settings, options)
          : openLogRuntime(settings, {
              ...options,
              kafka,
              series: createConsumerSeries(telemetry.registry),
              log: lineTo(io),
              onFatal: fail,
              ...(onStep === undefined ? {} : { onStep }),
            })
      runtime = embedded
        ? await waitForTurn({
            directory: settings.data,
            waitMs: TURN_WAIT_MS,
            note: io.note,
            aside: async () => undefined,
            open: (giveBack) => open({ note: io.note, giveBack }),
          })
        : await open({ note: io.note })
      closing(runtime.close)
      runtime.observe(telemetry.registry)
      await prepare?.(runtime)
      const readers =
        settings.sql === undefined ? undefined : await openReaders(settings, settings.sql, io)
      if (readers !== undefined) closing(readers.close)
      return {
        name: runtime.name,
        routes: apiRoutes({ runtime, settings, instance, telemetry, log: logTo(io) }),
        telemetry,
        ...(readers === undefined ? {} : { more: tellOf(readers) }),
      }
    },
  })
}
