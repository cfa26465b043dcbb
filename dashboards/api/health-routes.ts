import { PulseError } from '../../schemas/errors.ts'
import { refusal } from '../../schemas/http/openapi.ts'
import type { Route } from '../../schemas/http/route.ts'
import type { Probes, Telemetry } from './telemetry.ts'

export type HealthDeps = {
  /** Random name of this run; a directory's other users check it before they ask through it. */
  readonly instance: string
  readonly version: string
  /** The parts that have to answer for the process to be ready. */
  readonly probes: Probes
  readonly telemetry: Telemetry
}

const json = (properties: object): Record<string, { schema: object }> => ({
  'application/json': { schema: { type: 'object', properties } },
})

const ready = async ({ store, log }: Probes): Promise<void> => {
  if (store !== undefined && !(await store()))
    throw new PulseError('STORE_UNAVAILABLE', 'The store does not answer a query.', {
      retriable: true,
    })
  if (log !== undefined && !(await log()))
    throw new PulseError('LOG_UNAVAILABLE', 'The event log does not answer.', { retriable: true })
}

/** `/healthz`, `/readyz` and `/metrics`: for those who watch the process. */
export const healthRoutes = (deps: HealthDeps): readonly Route[] => [
  {
    method: 'get',
    path: '/healthz',
    operation: {
      operationId: 'healthz',
      summary: 'The process is up',
      tags: ['watching'],
      responses: {
        '200': {
          description: 'Up.',
          content: json({
            status: { const: 'up' },
            instance: { type: 'string', description: 'Random name of this run.' },
            version: { type: 'string' },
          }),
        },
      },
    },
    handle: async (_request, response) => {
      response.json({ status: 'up', instance: deps.instance, version: deps.version })
    },
  },
  {
    method: 'get',
    path: '/readyz',
    operation: {
      operationId: 'readyz',
      summary: 'The store answers a query, the event log answers',
      tags: ['watching'],
      responses: {
        '200': { description: 'Ready.', content: json({ status: { const: 'ready' } }) },
        '503': refusal('One of them does not answer; `code` says which.'),
      },
    },
    handle: async (_request, response) => {
      await ready(deps.probes)
      response.json({ status: 'ready' })
    },
  },
  {
    method: 'get',
    path: '/metrics',
    operation: {
      operationId: 'metricsOfProcess',
      summary: 'Series of the process, for Prometheus',
      tags: ['watching'],
      responses: {
        '200': {
          description: 'Prometheus text format.',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
      },
    },
    handle: async (_request, response) => {
      const { contentType, text } = await deps.telemetry.expose()
      response.setHeader('Content-Type', contentType)
      response.send(text)
    },
  },
]
