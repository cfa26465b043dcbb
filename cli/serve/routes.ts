import { deadLetterRoutes } from '../../dashboards/api/dead-letter-routes.ts'
import { figureRoutes } from '../../dashboards/api/figure-routes.ts'
import { healthRoutes } from '../../dashboards/api/health-routes.ts'
import { inquiryRoutes } from '../../dashboards/api/inquiry-routes.ts'
import { landingRoute } from '../../dashboards/api/landing-route.ts'
import { maintenanceRoutes } from '../../dashboards/api/maintenance-routes.ts'
import { openApiRoute } from '../../dashboards/api/openapi-route.ts'
import type { Probes, Telemetry } from '../../dashboards/api/telemetry.ts'
import type { Taken } from '../../producers/append/take-lines.ts'
import { eventsRoute, refusedByReason } from '../../producers/intake/events-route.ts'
import { ledgerEventsRoutes } from '../../producers/intake/ledger-events-routes.ts'
import { settledRoute } from '../../producers/intake/settled-route.ts'
import type { Route } from '../../schemas/http/route.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Figures } from '../access/figures.ts'
import type { Runtime } from '../access/runtime.ts'
import { version } from '../version.ts'

export type ReadingDeps = {
  readonly runtime: Omit<Figures, 'name' | 'isEmpty'> &
    Pick<Runtime, 'replay' | 'reconcile' | 'schema'> & {
      readonly logAnswers?: Runtime['logAnswers']
    }
  readonly settings: Settings
  readonly instance: string
  readonly telemetry: Telemetry
  readonly log: (error: unknown) => void
}

export type ApiDeps = ReadingDeps & { readonly runtime: Pick<Runtime, 'edge' | 'deadLetters'> }

export type WatchedDeps = Pick<ReadingDeps, 'instance' | 'telemetry'> & { readonly probes: Probes }

/** For those who watch a process. */
export const watchedRoutes = ({ instance, telemetry, probes }: WatchedDeps): readonly Route[] =>
  healthRoutes({ instance, version: version(), probes, telemetry })

/** What a process asks of its parts to be ready. */
const probesOf = ({ storeAnswers, logAnswers }: ReadingDeps['runtime']): Probes => ({
  store: storeAnswers,
  ...(logAnswers === undefined ? {} : { log: logAnswers }),
})

const asked = (deps: ReadingDeps): readonly Route[] => {
  const { runtime, settings } = deps
  return [
    ...figureRoutes({ figure: runtime.figure, settings }),
    ...inquiryRoutes({ inquire: runtime.inquire, settings }),
    ...ledgerEventsRoutes(runtime),
    ...maintenanceRoutes({ ...runtime, log: deps.log }),
    ...watchedRoutes({ ...deps, probes: probesOf(runtime) }),
  ]
}

/** With the route that lists them. */
export const described = (routes: readonly Route[]): readonly Route[] => [
  ...routes,
  openApiRoute(routes, version()),
]

/** Every route of a process that answers figures and takes no events. */
export const readingRoutes = (deps: ReadingDeps): readonly Route[] =>
  described([
    landingRoute({ figure: deps.runtime.figure, settings: deps.settings }),
    ...asked(deps),
  ])

/** Counts what requests for events come to; `logged`: the log does not say how an event ended. */
export const counting =
  (telemetry: Telemetry, logged: boolean) =>
  (taken: Taken): void => {
    telemetry.accepted(logged ? 'logged' : 'new', taken.published)
    if (!logged) {
      telemetry.accepted('duplicate', taken.duplicates)
      telemetry.accepted('conflict', taken.conflicts)
    }
    for (const [reason, count] of refusedByReason(taken)) telemetry.rejected(reason, count)
  }

/** Every route of a process that does everything: what is served is what the OpenAPI document lists. */
export const apiRoutes = (deps: ApiDeps): readonly Route[] => {
  const { runtime, settings, telemetry } = deps
  const logged = runtime.logAnswers !== undefined
  return described([
    landingRoute({ figure: runtime.figure, settings }),
    eventsRoute({
      edge: runtime.edge,
      maxBodyBytes: settings.maxBodyBytes,
      promised: { outcomes: !logged, waitFor: 'visible' },
      observe: counting(telemetry, logged),
    }),
    settledRoute(runtime.edge.log),
    ...asked(deps),
    ...deadLetterRoutes({ ...runtime.deadLetters, timezone: settings.timezone, log: deps.log }),
  ])
}
