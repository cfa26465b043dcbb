import { PulseError } from '../../schemas/errors.ts'
import { refusal } from '../../schemas/http/openapi.ts'
import type { Route } from '../../schemas/http/route.ts'
import type { Telemetry } from './telemetry.ts'

export type HealthDeps = {
  /** Random name of this run; a directory's other users check it before they ask through it. */
  readonly instance: string
  readonly version: string
  /** Asks the store a real query; false when it does not answer. */
  readonly storeAnswers: () => Promise<boolean>
  readonly telemetry: Telemetry
}

const json = (properties: object): Record<string, { schema: object }> => ({
  'application/json': { schema: { type: 'object', properties } },
})

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
      summary: 'The store answers a query',
      tags: ['watching'],
      responses: {
        '200': { description: 'Ready.', content: json({ status: { const: 'ready' } }) },
        '503': refusal('The store does not answer.'),
      },
    },
    handle: async (_request, response) => {
      if (!(await deps.storeAnswers()))
        throw new PulseError('STORE_UNAVAILABLE', 'The store does not answer a query.', {
          retriable: true,
        })
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
