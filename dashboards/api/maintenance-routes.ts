import { refusal } from '../../schemas/http/openapi.ts'
import { requireJson } from '../../schemas/http/require-json.ts'
import type { Route } from '../../schemas/http/route.ts'
import { answerWork, type Progress, workResponse } from './answer-work.ts'

export type MaintenanceDeps = {
  readonly rebuild: (
    progress: Progress,
  ) => Promise<{ readonly events: number; readonly matters: number }>
  readonly reconcile: (progress: Progress) => Promise<object>
  readonly schema: () => Promise<{ readonly version: number; readonly applied: readonly number[] }>
  /** Hears of a replay that failed after its answer had begun. */
  readonly log: (error: unknown) => void
}

/** What the command line needs of the process that holds a directory: replay, reconcile, and the state of the tables. */
export const maintenanceRoutes = (deps: MaintenanceDeps): readonly Route[] => [
  {
    method: 'post',
    path: '/api/v1/replay',
    operation: {
      operationId: 'replay',
      summary: 'Fold every stored event again and switch over 重算',
      description:
        'Answers one JSON value a line while it works: `{done, whole}` for progress, at last `{events, matters}`, or `{error}` with the problem.',
      tags: ['maintenance'],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      responses: {
        '200': workResponse,
        '415': refusal('Another Content-Type than application/json.'),
      },
    },
    handle: async (request, response) => {
      requireJson(request)
      await answerWork(response, deps.rebuild, deps.log)
    },
  },
  {
    method: 'post',
    path: '/api/v1/reconcile',
    operation: {
      operationId: 'reconcile',
      summary: 'Compare the log, the stored events and the folded rows 对账',
      description:
        'Answers one JSON value a line while it works: `{done, whole}` for progress, at last the report with `clean` and `gaps`, or `{error}` with the problem.',
      tags: ['maintenance'],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      responses: {
        '200': workResponse,
        '415': refusal('Another Content-Type than application/json.'),
      },
    },
    handle: async (request, response) => {
      requireJson(request)
      await answerWork(response, deps.reconcile, deps.log)
    },
  },
  {
    method: 'get',
    path: '/api/v1/store',
    operation: {
      operationId: 'store',
      summary: 'Version of the tables',
      tags: ['maintenance'],
      responses: {
        '200': {
          description: 'The last migration applied, and those applied when this process opened it.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  version: { type: 'integer' },
                  applied: { type: 'array', items: { type: 'integer' } },
                },
              },
            },
          },
        },
      },
    },
    handle: async (_request, response) => {
      response.json(await deps.schema())
    },
  },
]
