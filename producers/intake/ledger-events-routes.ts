import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PulseError } from '../../schemas/errors.ts'
import { queryParameter, refusal } from '../../schemas/http/openapi.ts'
import { requireJson } from '../../schemas/http/require-json.ts'
import type { Parameter, Route } from '../../schemas/http/route.ts'
import type { LedgerState } from '../../schemas/log/ledger-state.ts'
import type { PriorLedgerEvent } from '../ledger/plan-import.ts'
import { readJsonBody } from './read-body.ts'

export type LedgerEventsDeps = {
  readonly priorLedgerEvents: (
    source: string,
    idPrefix: string,
  ) => Promise<readonly PriorLedgerEvent[]>
  readonly ledgerState: (source: string, idPrefix: string) => Promise<LedgerState>
  readonly noteLedger: (source: string, idPrefix: string, state: LedgerState) => Promise<void>
}

const textOf = (value: unknown, name: string): string => {
  if (typeof value !== 'string' || value === '')
    throw new PulseError('USAGE', `Give ${name} once, as in ?source=/offices/430100&idPrefix=….`)
  return value
}

const ledgerOf = (query: Readonly<Record<string, unknown>>): readonly [string, string] => [
  textOf(query['source'], 'source'),
  textOf(query['idPrefix'], 'idPrefix'),
]

const text = { type: 'string' }

const ledgerParameters: readonly Parameter[] = [
  queryParameter('source', 'Source of the ledger.', text, true),
  queryParameter('idPrefix', 'What the ids of its events begin with.', text, true),
]

const stateSchema = {
  type: 'object',
  properties: { finished: { type: 'boolean' }, keyPrint: { type: 'string' } },
  additionalProperties: false,
}

const MAX_STATE_BYTES = 1024

const readState = (body: unknown): LedgerState => {
  const { finished, keyPrint, ...rest } = (
    typeof body === 'object' && body !== null && !Array.isArray(body) ? body : { rest: body }
  ) as Record<string, unknown>
  if (
    Object.keys(rest).length > 0 ||
    !(finished === undefined || typeof finished === 'boolean') ||
    !(keyPrint === undefined || (typeof keyPrint === 'string' && /^[0-9a-f]{16}$/.test(keyPrint)))
  )
    throw new PulseError(
      'USAGE',
      'Send {"finished": true} or {"keyPrint": "16 hexadecimal digits"}, or both.',
    )
  return {
    ...(finished === undefined ? {} : { finished }),
    ...(keyPrint === undefined ? {} : { keyPrint }),
  }
}

function* lines(values: readonly unknown[]): Generator<string> {
  for (const value of values) yield `${JSON.stringify(value)}\n`
}

/**
 * What was imported before from one ledger, for an import that runs in another process: identities
 * only, never contents, since those hold petitioner keys.
 */
const ledgerEventsRoute = (deps: LedgerEventsDeps): Route => ({
  method: 'get',
  path: '/api/v1/ledger-events',
  operation: {
    operationId: 'ledgerEvents',
    summary: 'Identities of the events imported from one ledger',
    tags: ['maintenance'],
    parameters: ledgerParameters,
    responses: {
      '200': {
        description: 'One a line.',
        content: { 'application/x-ndjson': { schema: { type: 'string' } } },
      },
      '400': refusal('A parameter is missing.'),
    },
  },
  handle: async (request, response) => {
    const prior = await deps.priorLedgerEvents(...ledgerOf(request.query))
    response.status(200).type('application/x-ndjson')
    await pipeline(Readable.from(lines(prior)), response)
  },
})

const stateRoute = (deps: LedgerEventsDeps): Route => ({
  method: 'get',
  path: '/api/v1/ledger-events/state',
  operation: {
    operationId: 'ledgerState',
    summary: 'What is remembered of one ledger between its imports',
    tags: ['maintenance'],
    parameters: ledgerParameters,
    responses: {
      '200': {
        description:
          'Whether an import came to its end, and a print of the secret of its pseudonyms.',
        content: { 'application/json': { schema: stateSchema } },
      },
      '400': refusal('A parameter is missing.'),
    },
  },
  handle: async (request, response) => {
    const state = await deps.ledgerState(...ledgerOf(request.query))
    response.setHeader('Cache-Control', 'no-store')
    response.json(state)
  },
})

const noteRoute = (deps: LedgerEventsDeps): Route => ({
  method: 'post',
  path: '/api/v1/ledger-events/state',
  operation: {
    operationId: 'noteLedger',
    summary: 'Say how an import of one ledger stands',
    description:
      'Once one is finished, events that a later import finds to be new are recorded at its own time.',
    tags: ['maintenance'],
    parameters: ledgerParameters,
    requestBody: { required: true, content: { 'application/json': { schema: stateSchema } } },
    responses: {
      '204': { description: 'It is kept.' },
      '400': refusal('A parameter is missing, or the body is something else.'),
      '413': refusal('The body is too large.'),
      '415': refusal('Another Content-Type than application/json.'),
    },
  },
  handle: async (request, response) => {
    requireJson(request)
    const ledger = ledgerOf(request.query)
    const body = await readJsonBody(request, undefined, MAX_STATE_BYTES, 'It says very little.')
    await deps.noteLedger(...ledger, readState(body))
    response.status(204).end()
  },
})

/** What an import that runs in another process asks and says of one ledger. */
export const ledgerEventsRoutes = (deps: LedgerEventsDeps): readonly Route[] => [
  ledgerEventsRoute(deps),
  stateRoute(deps),
  noteRoute(deps),
]
