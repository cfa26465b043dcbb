import type { Request } from 'express'
import { PulseError } from '../../schemas/errors.ts'

/** A parameter that is given once at most. Throws USAGE. */
export const single = (request: Request, name: string): string | undefined => {
  const value = request.query[name]
  if (value === undefined || typeof value === 'string') return value
  throw new PulseError('USAGE', `Give ${name} once.`)
}

/** A parameter that is true or false, and false where it is not given. Throws USAGE. */
export const flag = (request: Request, name: string): boolean => {
  const value = single(request, name) ?? 'false'
  if (value === 'true' || value === 'false') return value === 'true'
  throw new PulseError('USAGE', `${name} is true or false.`)
}
