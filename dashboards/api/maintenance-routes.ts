import { queryParameter as query, refusal } from '../../schemas/http/openapi.ts'
import { requireJson } from '../../schemas/http/require-json.ts'
import type { Route } from '../../schemas/http/route.ts'
import { answerWork, type Progress, workResponse } from './answer-work.ts'
import { flag, oneWord } from './read-query.ts'

export type MaintenanceDeps = {
  /**
   * `report` hears what would be otherwise, before anything is switched; `signal` is aborted when nobody
   * hears any more: what has not begun to switch by then ends, and rejects with its reason.
   */
  readonly replay: (
    asked: { readonly from: 'store' | 'kafka'; readonly dryRun: boolean },
    hearing: {
      readonly progress: Progress
      readonly report: (report: object) => void
      readonly signal: AbortSignal
    },
  ) => Promise<object>
  readonly reconcile: (progress: Progress) => Promise<object>
  readonly schema: () => Promise<{ readonly version: number; readonly applied: readonly number[] }>
  /** Hears of work that failed after its answer had begun, or was given up. */
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
        'Answers one JSON value a line while it works: `{done, whole}` for progress; `{report}` with what the new tables say otherwise, before they take the place of the live ones; at last that report, or `{error}` with the problem. A connection that is closed before the new tables take their place ends the replay, and nothing is changed.',
      tags: ['maintenance'],
      parameters: [
        query(
          'from',
          'What is folded: the stored events, or also what Kafka holds and the store lacks. 来源',
          { enum: ['store', 'kafka'] },
        ),
        query('dryRun', 'Say what would be otherwise, and switch nothing. 试运行', {
          type: 'boolean',
        }),
      ],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      responses: {
        '200': workResponse,
        '400': refusal('A parameter that cannot be read.'),
        '415': refusal('Another Content-Type than application/json.'),
      },
    },
    handle: async (request, response) => {
      requireJson(request)
      const asked = {
        from: oneWord(request, 'from', ['store', 'kafka']),
        dryRun: flag(request, 'dryRun'),
      }
      await answerWork(
        response,
        ({ progress, tell, signal }) =>
          deps.replay(asked, { progress, report: (report) => tell({ report }), signal }),
        deps.log,
      )
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
      await answerWork(response, ({ progress }) => deps.reconcile(progress), deps.log)
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
