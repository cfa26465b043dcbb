import type { Request } from 'express'
import { PulseError } from '../errors.ts'

/**
 * Refuses (415) a request that says it is not JSON: a page of another site can have a browser send a
 * form or plain text unasked, but not this type.
 */
export const requireJson = (request: Request): void => {
  if (request.is('application/json') === false)
    throw new PulseError('USAGE', 'Content-Type must be application/json.', {
      details: { status: 415, title: 'Unsupported media type' },
    })
}
