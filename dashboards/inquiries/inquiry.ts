import { PulseError } from '../../schemas/errors.ts'
import { queryParameter as query } from '../../schemas/http/openapi.ts'
import type { Parameter } from '../../schemas/http/route.ts'
import { nearest } from '../../schemas/settings/nearest.ts'
import { readScopedQuestion } from '../api/figure-request.ts'
import type { FigureDeps } from '../figures/ask.ts'
import type { FigureQuestion } from '../figures/question.ts'

/** What is asked, as texts: options of the command line, or a query string with those of the path. */
export type InquiryQuery = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * A question about figures that has a command and a route of the same answer. `path` is written as in
 * OpenAPI; its parts are in the query too.
 */
export type Inquiry<Answer extends object> = {
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly parameters: readonly Parameter[]
  /** Errors as of `askFigure`. */
  readonly ask: (deps: FigureDeps, query: InquiryQuery) => Promise<Answer>
}

const text = { type: 'string' } as const
const day = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', examples: ['2024-01-01'] } as const

/** What figures are narrowed by, and when they were known. */
export const whereParameters: readonly Parameter[] = [
  {
    ...query('where', 'Conditions, all to hold: region=4301,channel=visit|call. 筛选', {
      type: 'array',
      items: text,
    }),
    style: 'form',
    explode: true,
  },
  query('scope', 'Only this region and all below it, whatever else is asked. 范围', text),
]
export const knownParameters: readonly Parameter[] = [
  query('asOf', 'As the offices had recorded it then. 截至（录入）', text),
  query('receivedBy', 'As this system had received it then. 截至（接收）', text),
]
export const periodParameters: readonly Parameter[] = [
  query('from', 'First day. 起（含）', day, true),
  query('to', 'Day after the last. 止（不含）', day, true),
]

/** A parameter that is given once at most. */
export const one = (asked: InquiryQuery, name: string): string | undefined => {
  const value = asked[name]
  if (value === undefined || typeof value === 'string') return value === '' ? undefined : value
  throw new PulseError('USAGE', `Give ${name} once.`)
}

const several = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value

/** USAGE where a parameter is not one of the inquiry's. */
export const refuseUnknown = (
  { parameters }: Pick<Inquiry<object>, 'parameters'>,
  names: readonly string[],
): void => {
  const known = parameters.map(({ name }) => name)
  for (const name of names) {
    if (known.includes(name)) continue
    const meant = nearest(name, known)
    throw new PulseError(
      'USAGE',
      `There is no parameter of that name${meant === undefined ? '' : ` (did you mean ${meant}?)`}; there are ${known.join(', ')}.`,
    )
  }
}

/** The question about one metric that an inquiry is made of. */
export const questionOf = (asked: InquiryQuery, timezone: string): FigureQuestion =>
  readScopedQuestion(
    {
      metric: one(asked, 'metric') ?? '',
      from: one(asked, 'from'),
      to: one(asked, 'to'),
      by: one(asked, 'by'),
      where: several(asked['where']),
      asOf: one(asked, 'asOf'),
      receivedBy: one(asked, 'receivedBy'),
      scope: typeof asked['scope'] === 'string' ? asked['scope'] : undefined,
    },
    timezone,
  )

/** A whole number; `usual` where it is not given. Anything else stays NaN, for who knows its bounds. */
export const wholeOf = (asked: InquiryQuery, name: string, usual: number): number => {
  const value = one(asked, name)
  if (value === undefined) return usual
  return /^\d{1,9}$/.test(value.trim()) ? Number(value) : Number.NaN
}
