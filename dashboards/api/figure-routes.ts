import { queryParameter as query, refusal } from '../../schemas/http/openapi.ts'
import type { Parameter, Route } from '../../schemas/http/route.ts'
import { metricOf, metrics } from '../../schemas/metrics/registry.ts'
import { describeMetric } from '../figures/describe.ts'
import type { FigureSettings } from '../figures/question.ts'
import { answerSchema, metricSchema } from './answer-schemas.ts'
import { countingHeaderSchemas, countingHeaders } from './counting-headers.ts'
import { figureRequestOf, type ScopedQuestionText } from './figure-request.ts'

export type FigureRoutesDeps = {
  /** Answers one figure; the answer is sent as it is. */
  readonly figure: (question: ScopedQuestionText) => Promise<object>
  /** What figures are counted by; said with every one. */
  readonly settings: FigureSettings
}

const day = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', examples: ['2024-01-01'] } as const
const text = { type: 'string' } as const

const metricParameter: Parameter = {
  name: 'metric',
  in: 'path',
  required: true,
  description: 'A metric id.',
  schema: { enum: metrics.map(({ id }) => id) },
}

const figureParameters: readonly Parameter[] = [
  metricParameter,
  query('from', 'First day, local to the deployment. 起（含）', day, true),
  query('to', 'Day after the last. 止（不含）', day, true),
  query('by', 'Row keys, separated by commas: month,region@2. 分组', text),
  {
    ...query('where', 'Conditions, all to hold: region=4301,channel=visit|call. 筛选', {
      type: 'array',
      items: text,
    }),
    style: 'form',
    explode: true,
  },
  query(
    'asOf',
    'As the offices had recorded it then: RFC 3339, or a day meaning its end. 截至（录入）',
    text,
  ),
  query('receivedBy', 'As this system had received it then. 截至（接收）', text),
  query('compare', 'yoy, mom, ytd, lunar, share. 同比、环比、累计、农历同比、占比', text),
  query('scope', 'Only this region and all below it, whatever else is asked: 4301. 范围', text),
]

const json = (schema: object): Record<string, { schema: object }> => ({
  'application/json': { schema },
})

/** The registry and the figures. */
export const figureRoutes = (deps: FigureRoutesDeps): readonly Route[] => [
  {
    method: 'get',
    path: '/api/v1/metrics',
    operation: {
      operationId: 'listMetrics',
      summary: 'The metrics 指标目录',
      tags: ['figures'],
      responses: {
        '200': {
          description: 'Every metric: meaning, unit, basis, SQL.',
          content: json({
            type: 'object',
            properties: { metrics: { type: 'array', items: metricSchema } },
          }),
        },
      },
    },
    handle: async (_request, response) => {
      response.json({ metrics: metrics.map((metric) => describeMetric(metric, deps.settings)) })
    },
  },
  {
    method: 'get',
    path: '/api/v1/metrics/{metric}',
    operation: {
      operationId: 'describeMetric',
      summary: 'One metric 指标口径',
      tags: ['figures'],
      parameters: [metricParameter],
      responses: {
        '200': { description: 'Its definition.', content: json(metricSchema) },
        '404': refusal('There is no such metric.'),
      },
    },
    handle: async (request, response) => {
      response.json(describeMetric(metricOf(String(request.params['metric'])), deps.settings))
    },
  },
  {
    method: 'get',
    path: '/api/v1/figures/{metric}',
    operation: {
      operationId: 'figure',
      summary: 'One figure 查数',
      description:
        'A metric over a period, by dimensions, as known at a time; the same as `pulse figure --format json`.',
      tags: ['figures'],
      parameters: figureParameters,
      responses: {
        '200': {
          description: 'The figure.',
          headers: countingHeaderSchemas,
          content: json(answerSchema),
        },
        '400': refusal('A parameter is missing or wrong; `detail` says which and what is right.'),
        '404': refusal('There is no such metric.'),
        '413': refusal('More rows than one answer may have.'),
      },
    },
    handle: async (request, response) => {
      const question = figureRequestOf(String(request.params['metric']), request.query)
      const answer = await deps.figure(question)
      response.set(countingHeaders(deps.settings))
      response.setHeader('Cache-Control', 'no-store')
      response.json(answer)
    },
  },
]
