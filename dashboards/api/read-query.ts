import type { Request } from 'express'
import { PulseError } from '../../schemas/errors.ts'

/** A parameter that is given once at most. Throws USAGE. */
export const single = (request: Request, name: string): string | undefined => {
  const value = request.query[name]
  if (value === undefined || typeof value === 'string') return value
  throw new PulseError('USAGE', `Give ${name} once.`)
}

/** A parameter that is one of some words, and the first of them where it is not given. Throws USAGE. */
export const oneWord = <const W extends string>(
  request: Request,
  name: string,
  words: readonly [W, ...W[]],
): W => {
  const value = single(request, name) ?? words[0]
  const found = words.find((word) => word === value)
  if (found !== undefined) return found
  throw new PulseError('USAGE', `${name} is ${words.join(' or ')}.`)
}

/** A parameter that is true or false, and false where it is not given. Throws USAGE. */
export const flag = (request: Request, name: string): boolean =>
  oneWord(request, name, ['false', 'true']) === 'true'
