import { queryParameter as query } from '../../schemas/http/openapi.ts'
import { metrics } from '../../schemas/metrics/registry.ts'
import { askCases, type CasesAnswer, MOST_CASES } from './cases.ts'
import {
  type Inquiry,
  knownParameters,
  one,
  periodParameters,
  questionOf,
  whereParameters,
  wholeOf,
} from './inquiry.ts'

const PAGE = 100

/** `pulse cases`: the matters behind a figure. */
export const casesInquiry: Inquiry<CasesAnswer> = {
  path: '/api/v1/figures/{metric}/cases',
  operationId: 'cases',
  summary: 'The matters behind a figure 明细',
  description:
    'What each matter adds to the figure, its state and its petitions, a page at a time; nothing of who brought it.',
  parameters: [
    {
      name: 'metric',
      in: 'path',
      required: true,
      description: 'A metric id.',
      schema: { enum: metrics.map(({ id }) => id) },
    },
    ...periodParameters,
    ...whereParameters,
    ...knownParameters,
    query('after', 'The last matter of the page before. 上一页最后一件', { type: 'string' }),
    query('limit', `Matters of a page, 1 to ${MOST_CASES}; ${PAGE} where it is not given.`, {
      type: 'integer',
    }),
    query('events', 'true: with the known events of each matter. 含事件', {
      enum: ['true', 'false'],
    }),
  ],
  ask: (deps, asked) =>
    askCases(deps, {
      ...questionOf(asked, deps.settings.timezone),
      after: one(asked, 'after') ?? '',
      limit: wholeOf(asked, 'limit', PAGE),
      events: one(asked, 'events') === 'true',
    }),
}
