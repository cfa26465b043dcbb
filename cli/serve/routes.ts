import { deadLetterRoutes } from '../../dashboards/api/dead-letter-routes.ts'
import { figureRoutes } from '../../dashboards/api/figure-routes.ts'
import { healthRoutes } from '../../dashboards/api/health-routes.ts'
import { landingRoute } from '../../dashboards/api/landing-route.ts'
import { maintenanceRoutes } from '../../dashboards/api/maintenance-routes.ts'
import { openApiRoute } from '../../dashboards/api/openapi-route.ts'
import type { Telemetry } from '../../dashboards/api/telemetry.ts'
import { eventsRoute, refusedByReason } from '../../producers/intake/events-route.ts'
import { ledgerEventsRoutes } from '../../producers/intake/ledger-events-routes.ts'
import { settledRoute } from '../../producers/intake/settled-route.ts'
import type { Route } from '../../schemas/http/route.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Runtime } from '../access/runtime.ts'
import { version } from '../version.ts'

export type ApiDeps = {
  readonly runtime: Pick<
    Runtime,
    | 'edge'
    | 'figure'
    | 'priorLedgerEvents'
    | 'ledgerState'
    | 'noteLedger'
    | 'rebuild'
    | 'schema'
    | 'deadLetters'
    | 'storeAnswers'
  >
  readonly settings: Settings
  readonly instance: string
  readonly telemetry: Telemetry
  readonly log: (error: unknown) => void
}

/** Every route of one process: what is served is what the OpenAPI document lists. */
export const apiRoutes = (deps: ApiDeps): readonly Route[] => {
  const { runtime, settings, telemetry } = deps
  const routes: Route[] = [
    landingRoute({ figure: runtime.figure, settings }),
    eventsRoute({
      edge: runtime.edge,
      maxBodyBytes: settings.maxBodyBytes,
      observe: (taken) => {
        telemetry.accepted('new', taken.published)
        telemetry.accepted('duplicate', taken.duplicates)
        telemetry.accepted('conflict', taken.conflicts)
        for (const [reason, count] of refusedByReason(taken)) telemetry.rejected(reason, count)
      },
    }),
    settledRoute(runtime.edge.log),
    ...figureRoutes({ figure: runtime.figure, settings }),
    ...ledgerEventsRoutes(runtime),
    ...maintenanceRoutes({ rebuild: runtime.rebuild, schema: runtime.schema, log: deps.log }),
    ...deadLetterRoutes({
      ...runtime.deadLetters,
      timezone: settings.timezone,
      log: deps.log,
    }),
    ...healthRoutes({
      instance: deps.instance,
      version: version(),
      probes: { store: runtime.storeAnswers },
      telemetry,
    }),
  ]
  return [...routes, openApiRoute(routes, version())]
}
