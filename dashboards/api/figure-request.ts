import { PulseError } from '../../schemas/errors.ts'
import { nearest } from '../../schemas/settings/nearest.ts'
import { type FigureQuestion, type FigureQuestionText, readQuestion } from '../figures/question.ts'

/** A question, and the region whose subtree it is confined to; absent: everything. */
export type ScopedQuestionText = FigureQuestionText & { readonly scope?: string | undefined }

/** Reads a question given as texts. USAGE where one cannot be read. */
export const readScopedQuestion = (text: ScopedQuestionText, timezone: string): FigureQuestion => {
  const question = readQuestion(text, timezone)
  if (text.scope === undefined) return question
  const scope = text.scope.trim()
  // an empty one must not come to mean everything
  if (scope === '')
    throw new PulseError(
      'USAGE',
      '--scope names no region; give a code such as 430100, or leave it out.',
    )
  return { ...question, scope }
}

export const queryNames = [
  'from',
  'to',
  'by',
  'where',
  'asOf',
  'receivedBy',
  'compare',
  'scope',
] as const
type QueryName = (typeof queryNames)[number]

const usage = (message: string): PulseError => new PulseError('USAGE', message)

const isQueryName = (name: string): name is QueryName =>
  (queryNames as readonly string[]).includes(name)

const single = (query: Readonly<Record<string, unknown>>, name: QueryName): string | undefined => {
  const value = query[name]
  if (value === undefined || (value === '' && name !== 'scope')) return undefined
  if (typeof value === 'string') return value
  throw usage(`${name} was given more than once; separate several values with a comma.`)
}

const several = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')

/**
 * Reads the query of `GET /api/v1/figures/{metric}`. `where` may be given several times, the others
 * once. Throws USAGE naming a parameter that is unknown, missing or given twice.
 */
export const figureRequestOf = (
  metric: string,
  query: Readonly<Record<string, unknown>>,
): ScopedQuestionText => {
  for (const name of Object.keys(query))
    if (!isQueryName(name)) {
      const meant = nearest(name, queryNames)
      throw usage(
        `A figure has no parameter of that name${meant === undefined ? '' : ` (did you mean ${meant}?)`}; it has ${queryNames.join(', ')}.`,
      )
    }
  for (const name of ['from', 'to'] as const)
    if (single(query, name) === undefined)
      throw usage(`${name} is missing; give a day such as ${name}=2024-01-01.`)
  return {
    metric,
    from: single(query, 'from'),
    to: single(query, 'to'),
    by: single(query, 'by'),
    where: several(query['where']),
    asOf: single(query, 'asOf'),
    receivedBy: single(query, 'receivedBy'),
    compare: single(query, 'compare'),
    scope: single(query, 'scope'),
  }
}
