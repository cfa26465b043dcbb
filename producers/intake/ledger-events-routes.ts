import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PulseError } from '../../schemas/errors.ts'
import { refusal } from '../../schemas/http/openapi.ts'
import { requireJson } from '../../schemas/http/require-json.ts'
import type { Operation, Parameter, Route } from '../../schemas/http/route.ts'
import type { PriorLedgerEvent } from '../ledger/plan-import.ts'

export type LedgerEventsDeps = {
  readonly priorLedgerEvents: (
    source: string,
    idPrefix: string,
  ) => Promise<readonly PriorLedgerEvent[]>
  /** Whether an import of that ledger ever came to its end, and how one says that it did. */
  readonly ledgerFinished: (source: string, idPrefix: string) => Promise<boolean>
  readonly finishLedger: (source: string, idPrefix: string) => Promise<void>
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

const parameter = (name: string, description: string): Parameter => ({
  name,
  in: 'query',
  required: true,
  description,
  schema: { type: 'string' },
})

const ledgerParameters: readonly Parameter[] = [
  parameter('source', 'Source of the ledger.'),
  parameter('idPrefix', 'What the ids of its events begin with.'),
]

const finishedAnswer = (description: string): Operation['responses'] => ({
  '200': {
    description,
    content: {
      'application/json': {
        schema: { type: 'object', properties: { finished: { type: 'boolean' } } },
      },
    },
  },
  '400': refusal('A parameter is missing.'),
})

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

const finishedRoute = (deps: LedgerEventsDeps): Route => ({
  method: 'get',
  path: '/api/v1/ledger-events/finished',
  operation: {
    operationId: 'ledgerFinished',
    summary: 'Whether an import of one ledger ever came to its end',
    tags: ['maintenance'],
    parameters: ledgerParameters,
    responses: finishedAnswer('Whether it did.'),
  },
  handle: async (request, response) => {
    const finished = await deps.ledgerFinished(...ledgerOf(request.query))
    response.setHeader('Cache-Control', 'no-store')
    response.json({ finished })
  },
})

const finishRoute = (deps: LedgerEventsDeps): Route => ({
  method: 'post',
  path: '/api/v1/ledger-events/finished',
  operation: {
    operationId: 'finishLedger',
    summary: 'Say that an import of one ledger came to its end',
    description: 'Events a later import of it finds to be new are then recorded at its own time.',
    tags: ['maintenance'],
    parameters: ledgerParameters,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { type: 'object' } } },
    },
    responses: {
      ...finishedAnswer('It is kept.'),
      '415': refusal('Another Content-Type than application/json.'),
    },
  },
  handle: async (request, response) => {
    requireJson(request)
    await deps.finishLedger(...ledgerOf(request.query))
    response.json({ finished: true })
  },
})

/** What an import that runs in another process asks and says of one ledger. */
export const ledgerEventsRoutes = (deps: LedgerEventsDeps): readonly Route[] => [
  ledgerEventsRoute(deps),
  finishedRoute(deps),
  finishRoute(deps),
]
