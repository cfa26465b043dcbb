import { PulseError } from '../../schemas/errors.ts'
import { nearest } from '../../schemas/settings/nearest.ts'
import type { FigureQuestionText } from '../figures/question.ts'

export const queryNames = ['from', 'to', 'by', 'where', 'asOf', 'receivedBy', 'compare'] as const
type QueryName = (typeof queryNames)[number]

const usage = (message: string): PulseError => new PulseError('USAGE', message)

const isQueryName = (name: string): name is QueryName =>
  (queryNames as readonly string[]).includes(name)

const single = (query: Readonly<Record<string, unknown>>, name: QueryName): string | undefined => {
  const value = query[name]
  if (value === undefined || value === '') return undefined
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
): FigureQuestionText => {
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
  }
}
