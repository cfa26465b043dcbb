import { randomUUID } from 'node:crypto'
import { createConservationSeries } from '../../consumers/conservation/series.ts'
import { rebuild } from '../../consumers/projector/rebuild.ts'
import { verifyStore } from '../../consumers/verify-store.ts'
import { createTelemetry } from '../../dashboards/api/telemetry.ts'
import { PulseError } from '../../schemas/errors.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { readMigrations } from '../../schemas/tables/migrate.ts'
import { figuresOfFedStore, watermarkOfFedStore } from '../access/fed-store.ts'
import { withOpenStore } from '../access/open-store.ts'
import { reconcileOf } from '../access/reconcile.ts'
import { replayOf } from '../access/replay.ts'
import type { CommandContext } from '../context.ts'
import type { Io } from '../io.ts'
import { type Hosting, host, type Part } from '../serve/host.ts'
import { logTo } from '../serve/log-to.ts'
import { readingRoutes } from '../serve/routes.ts'
import { settingsFor } from './common-options.ts'
import type { ServeOptions } from './serve.ts'

const openPart = (settings: Settings, io: Io, { closing }: Hosting): Promise<Part> => {
  if (settings.clickhouse === undefined)
    throw new PulseError(
      'CONFIG_INVALID',
      'CLICKHOUSE_URL is not set. Set it to the server, such as http://127.0.0.1:8123; a directory is served by `pulse up`.',
    )
  return withOpenStore(settings, async (store) => {
    const { timezone } = settings
    await verifyStore(store, timezone)
    closing(store.close)
    const figures = figuresOfFedStore(store, settings)
    const telemetry = createTelemetry({ store: figures.storeAnswers }, [])
    createConservationSeries(telemetry.registry, store)
    const runtime = {
      ...figures,
      replay: replayOf(settings, {
        store,
        rebuild: (asked) => rebuild(store, { ...asked, timezone }),
        watermark: watermarkOfFedStore(store),
      }),
      reconcile: reconcileOf(store, settings, watermarkOfFedStore(store)),
      schema: async () => ({ version: readMigrations().at(-1)?.version ?? 0, applied: [] }),
    }
    return {
      name: figures.name,
      routes: readingRoutes({
        runtime,
        settings,
        instance: randomUUID(),
        telemetry,
        log: logTo(io),
      }),
      telemetry,
    }
  })
}

/** `pulse serve`: answers figures until it is asked to stop. */
export const runServe = async (
  { io, exitWith }: CommandContext,
  options: ServeOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const code = await host({
    settings,
    io,
    command: 'pulse serve',
    beyond:
      'warning: listening beyond this machine, and there is no sign-in: whoever reaches the address can read the figures.',
    open: (hosting) => openPart(settings, io, hosting),
  })
  if (code !== 0) exitWith(1)
}
