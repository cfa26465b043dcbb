import { bases, units } from '../../schemas/metrics/metric.ts'

const words = {
  type: 'object',
  required: ['zh', 'en'],
  properties: { zh: { type: 'string' }, en: { type: 'string' } },
} as const

/** What `GET /api/v1/metrics/{metric}` answers. */
export const metricSchema = {
  type: 'object',
  required: ['id', 'names', 'meaning', 'unit', 'kind', 'basis', 'direction', 'dimensions', 'sql'],
  properties: {
    id: { type: 'string' },
    names: words,
    meaning: words,
    unit: { enum: [...units] },
    kind: { enum: ['count', 'rate', 'days'] },
    basis: {
      enum: [...bases],
      description: 'E dated, R cohort, D due in the period; S stock at its end; – as of asOf.',
    },
    direction: { enum: ['good', 'bad', 'neutral'], description: 'Is a rise good news?' },
    source: words,
    population: words,
    dated: words,
    numerator: words,
    denominator: words,
    value: words,
    exclusions: words,
    example: words,
    dimensions: { type: 'array', items: { type: 'string' } },
    timeKeys: { type: 'array', items: { type: 'string' } },
    sql: { type: 'object', additionalProperties: { type: 'string' } },
    statement: { type: 'string', description: 'The whole SQL for the year 2024.' },
  },
} as const

const number = { type: ['number', 'null'] } as const

const change = {
  type: 'object',
  properties: {
    value: number,
    numerator: number,
    denominator: number,
    earlier: number,
    change: number,
    unit: { enum: ['pp', '%'] },
  },
} as const

/** What `GET /api/v1/figures/{metric}` answers (contract §5). */
export const answerSchema = {
  type: 'object',
  required: ['metric', 'unit', 'basis', 'from', 'to', 'asOf', 'rows'],
  properties: {
    metric: { type: 'string' },
    unit: { type: 'string' },
    basis: { enum: [...bases] },
    from: { type: 'string' },
    to: { type: 'string', description: 'Not included.' },
    asOf: { type: 'string' },
    receivedBy: { type: 'string' },
    rows: {
      type: 'array',
      description: 'Keys are named as in `by`, with text values; rows are sorted by them.',
      items: {
        type: 'object',
        properties: {
          numerator: number,
          denominator: number,
          value: { ...number, description: 'Unrounded; null where the denominator is 0.' },
          yoy: change,
          mom: change,
          ytd: change,
          lunar: change,
          share: change,
        },
        additionalProperties: { type: ['string', 'number', 'null', 'object'] },
      },
    },
  },
} as const
