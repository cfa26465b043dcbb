import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PulseError } from '../../schemas/errors.ts'
import { refusal } from '../../schemas/http/openapi.ts'
import type { Route } from '../../schemas/http/route.ts'
import type { PriorLedgerEvent } from '../ledger/plan-import.ts'

export type LedgerEventsDeps = {
  readonly priorLedgerEvents: (
    source: string,
    idPrefix: string,
  ) => Promise<readonly PriorLedgerEvent[]>
}

const textOf = (value: unknown, name: string): string => {
  if (typeof value !== 'string' || value === '')
    throw new PulseError('USAGE', `Give ${name} once, as in ?source=/offices/430100&idPrefix=….`)
  return value
}

function* lines(values: readonly unknown[]): Generator<string> {
  for (const value of values) yield `${JSON.stringify(value)}\n`
}

/**
 * What was imported before from one ledger, for an import that runs in another process: identities
 * only, never contents, since those hold petitioner keys.
 */
export const ledgerEventsRoute = (deps: LedgerEventsDeps): Route => ({
  method: 'get',
  path: '/api/v1/ledger-events',
  operation: {
    operationId: 'ledgerEvents',
    summary: 'Identities of the events imported from one ledger',
    tags: ['maintenance'],
    parameters: [
      {
        name: 'source',
        in: 'query',
        required: true,
        description: 'Source of the ledger.',
        schema: { type: 'string' },
      },
      {
        name: 'idPrefix',
        in: 'query',
        required: true,
        description: 'What the ids of its events begin with.',
        schema: { type: 'string' },
      },
    ],
    responses: {
      '200': {
        description: 'One a line.',
        content: { 'application/x-ndjson': { schema: { type: 'string' } } },
      },
      '400': refusal('A parameter is missing.'),
    },
  },
  handle: async (request, response) => {
    const prior = await deps.priorLedgerEvents(
      textOf(request.query['source'], 'source'),
      textOf(request.query['idPrefix'], 'idPrefix'),
    )
    response.status(200).type('application/x-ndjson')
    await pipeline(Readable.from(lines(prior)), response)
  },
})
