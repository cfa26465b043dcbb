import type { Response } from 'express'
import { problemOf } from '../../schemas/http/problem.ts'
import type { Operation } from '../../schemas/http/route.ts'

/** Hears how far work has come; a `whole` of 0 is not known. */
export type Progress = (done: number, whole: number) => void

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
 * hears of failures the answer does not tell.
 */
export const answerWork = async (
  response: Response,
  work: (progress: Progress, tell: (value: object) => void) => Promise<object>,
  log: (error: unknown) => void,
): Promise<void> => {
  const say = (value: object): void => {
    response.write(`${JSON.stringify(value)}\n`)
  }
  let at = { done: 0, whole: 0 }
  response.status(200).type('application/x-ndjson')
  say(at)
  const beat = setInterval(() => say(at), BEAT_MS)
  let last = 0
  try {
    say(
      await work((done, whole) => {
        at = { done, whole }
        if (Date.now() - last < SAY_EVERY_MS) return
        last = Date.now()
        say(at)
      }, say),
    )
  } catch (error) {
    const problem = problemOf(error)
    if (problem.status >= 500) log(error)
    say({ error: problem })
  } finally {
    clearInterval(beat)
  }
  response.end()
}
