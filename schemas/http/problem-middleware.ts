import type { ErrorRequestHandler } from 'express'
import { PROBLEM_TYPE, type Problem, problemOf, RETRY_AFTER_SECONDS } from './problem.ts'

/** What frameworks throw for a request they cannot read: a status and a promise that it may be said. */
const unreadable = (error: unknown): Problem | undefined => {
  if (!(error instanceof Error)) return undefined
  const { status, expose } = error as { status?: unknown; expose?: unknown }
  return typeof status === 'number' &&
    status >= 400 &&
    status < 500 &&
    (expose === true || error instanceof URIError)
    ? { type: 'about:blank', title: 'The request cannot be read', status }
    : undefined
}

/**
 * The one place where errors become answers. `log` gets what the answer does not say: every
 * failure of our own, with its cause. An answer already begun can only be cut off.
 */
export const problemMiddleware =
  (log: (error: unknown) => void): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const problem = unreadable(error) ?? problemOf(error)
    if (problem.status >= 500) log(error)
    if (response.headersSent) {
      response.destroy()
      return
    }
    if (problem.status === 503) response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS))
    response.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem))
  }
