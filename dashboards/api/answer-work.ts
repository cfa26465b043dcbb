import type { Request, Response } from 'express'
import { PulseError } from '../../schemas/errors.ts'
import { problemOf } from '../../schemas/http/problem.ts'
import type { Operation } from '../../schemas/http/route.ts'

/** Hears how far work has come; a `whole` of 0 is not known. */
export type Progress = (done: number, whole: number) => void

/**
 * What work tells while it goes on, and hears: `signal` is aborted when the connection is closed before
 * the answer is complete. Nobody waits for the result any more, and work that has changed nothing yet may
 * reject with the reason.
 */
export type Working = {
  readonly progress: Progress
  readonly tell: (value: object) => void
  readonly signal: AbortSignal
}

/** Nobody is there to read it but who looks at the log: the status says that it is no fault of the server. */
const connectionClosed = ({ method, path }: Request): PulseError =>
  new PulseError(
    'USAGE',
    `The connection of ${method} ${path} was closed before its answer was complete. The work was ended, and has changed nothing.`,
    { details: { status: 499, title: 'Connection closed' } },
  )

const BEAT_MS = 10_000
const SAY_EVERY_MS = 200

/** The answer of `answerWork` as the OpenAPI document describes it. */
export const workResponse: Operation['responses'][string] = {
  description: 'Progress and result.',
  content: { 'application/x-ndjson': { schema: { type: 'string' } } },
}

/**
 * Answers one JSON value a line while work goes on: `{done, whole}` now and then, which keeps the
 * connection alive, what it tells on its way, at last the result, or `{error}` with the problem. `log`
 * hears of failures the answer does not tell, and of work that was given up.
 */
export const answerWork = async (
  response: Response,
  work: (working: Working) => Promise<object>,
  log: (error: unknown) => void,
): Promise<void> => {
  const say = (value: object): void => {
    response.write(`${JSON.stringify(value)}\n`)
  }
  const leaving = new AbortController()
  const { signal } = leaving
  const onClose = (): void => leaving.abort(connectionClosed(response.req))
  response.once('close', onClose)
  let at = { done: 0, whole: 0 }
  response.status(200).type('application/x-ndjson')
  say(at)
  const beat = setInterval(() => say(at), BEAT_MS)
  let last = 0
  try {
    say(
      await work({
        progress: (done, whole) => {
          at = { done, whole }
          if (Date.now() - last < SAY_EVERY_MS) return
          last = Date.now()
          say(at)
        },
        tell: say,
        signal,
      }),
    )
  } catch (error) {
    const problem = problemOf(error)
    if (problem.status >= 500 || signal.aborted) log(error)
    say({ error: problem })
  } finally {
    clearInterval(beat)
    response.off('close', onClose)
  }
  response.end()
}
