import type { Probes, Telemetry } from '../../dashboards/api/telemetry.ts'
import type { Edge } from '../../producers/append/take-lines.ts'
import { eventsRoute } from '../../producers/intake/events-route.ts'
import { ledgerEventsRoutes } from '../../producers/intake/ledger-events-routes.ts'
import { noLedgerEventsRoutes } from '../../producers/intake/no-ledger-events.ts'
import { settledRoute } from '../../producers/intake/settled-route.ts'
import type { Route } from '../../schemas/http/route.ts'
import type { LedgerStore } from '../access/ledger-store.ts'
import { counting, described, watchedRoutes } from './routes.ts'

/** What happened to a request for events, in this order; a crash in between is what tests look at. */
export type IntakeStep =
  | 'taken' // checked; the log has nothing of it yet
  | 'published' // in the log; not answered yet
  | 'answered'

export type IntakeDeps = {
  readonly edge: Edge
  readonly ledgers: LedgerStore | undefined
  readonly probes: Probes
  readonly telemetry: Telemetry
  readonly instance: string
  readonly maxBodyBytes: number
  readonly onStep?: (step: IntakeStep) => void | Promise<void>
}

const stepping = ({ edge, onStep }: IntakeDeps): Edge =>
  onStep === undefined
    ? edge
    : {
        ...edge,
        log: {
          ...edge.log,
          publish: async (...call) => {
            await onStep('taken')
            const published = await edge.log.publish(...call)
            await onStep('published')
            return published
          },
        },
      }

const events = (deps: IntakeDeps): Route => {
  const { telemetry, maxBodyBytes, onStep } = deps
  const route = eventsRoute({
    edge: stepping(deps),
    maxBodyBytes,
    // an intake takes events while nobody stores them: then a wait until they count would not end
    promised: { outcomes: false, waitFor: 'stored' },
    observe: counting(telemetry, true),
  })
  return {
    ...route,
    handle: async (request, response) => {
      if (onStep !== undefined) response.once('finish', () => onStep('answered'))
      await route.handle(request, response)
    },
  }
}

/** Every route of `pulse intake`: what is served is what the OpenAPI document lists. */
export const intakeRoutes = (deps: IntakeDeps): readonly Route[] => {
  const { edge, ledgers, probes, telemetry, instance } = deps
  return described([
    events(deps),
    settledRoute(edge.log),
    ...(ledgers === undefined ? noLedgerEventsRoutes() : ledgerEventsRoutes(ledgers)),
    ...watchedRoutes({ instance, probes, telemetry }),
  ])
}
