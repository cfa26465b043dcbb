import { PulseError } from '../../schemas/errors.ts'
import { refusal } from '../../schemas/http/openapi.ts'
import type { Route } from '../../schemas/http/route.ts'
import { ledgerEventsRoutes } from './ledger-events-routes.ts'

const unavailable = async (): Promise<never> => {
  throw new PulseError(
    'USAGE',
    'This intake has no store to compare a ledger with. Set CLICKHOUSE_URL for `pulse intake`; or import without --server, with KAFKA_BROKERS and CLICKHOUSE_URL set for `pulse import`.',
    { details: { status: 501, title: 'No store', tellClient: true } },
  )
}

/** The same addresses where no store is at hand: each says what to set. */
export const noLedgerEventsRoutes = (): readonly Route[] =>
  ledgerEventsRoutes({
    priorLedgerEvents: unavailable,
    ledgerState: unavailable,
    noteLedger: unavailable,
  }).map((route) => ({
    ...route,
    operation: {
      ...route.operation,
      responses: {
        ...route.operation.responses,
        '501': refusal('This intake was started without CLICKHOUSE_URL.'),
      },
    },
  }))
