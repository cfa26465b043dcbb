import { queryParameter as query } from '../../schemas/http/openapi.ts'
import { metrics } from '../../schemas/metrics/registry.ts'
import {
  type Inquiry,
  knownParameters,
  periodParameters,
  questionOf,
  whereParameters,
  wholeOf,
} from './inquiry.ts'
import { askRank, type RankAnswer } from './rank.ts'

/** `pulse rank`: units ordered by a metric. */
export const rankInquiry: Inquiry<RankAnswer> = {
  path: '/api/v1/rankings/{metric}',
  operationId: 'rank',
  summary: 'Units ranked by a metric 排名',
  description:
    'Better first; ties share a rank (1, 1, 3). Units whose denominator (of a count: whose value) is below `min` are listed without a rank. `previousRank` is that of the period before.',
  parameters: [
    {
      name: 'metric',
      in: 'path',
      required: true,
      description: 'A metric id.',
      schema: { enum: metrics.map(({ id }) => id) },
    },
    ...periodParameters,
    query('by', 'What is ranked: region@2, or org. 排名单位', { type: 'string' }, true),
    ...whereParameters,
    ...knownParameters,
    query('min', 'The least denominator to be ranked; 1 where it is not given. 最小分母', {
      type: 'integer',
    }),
  ],
  ask: (deps, asked) =>
    askRank(deps, { ...questionOf(asked, deps.settings.timezone), min: wholeOf(asked, 'min', 1) }),
}
