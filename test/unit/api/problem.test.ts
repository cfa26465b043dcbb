import { describe, expect, it } from 'vitest'
import { errorCodes, PulseError } from '../../../schemas/errors.ts'
import { errorOfProblem, problemOf } from '../../../schemas/http/problem.ts'

describe('a problem', () => {
  it.each([
    ['USAGE', 400],
    ['INPUT_INVALID', 400],
    ['NOT_FOUND', 404],
    ['LIMIT_EXCEEDED', 413],
    ['STORE_BUSY', 503],
    ['STORE_UNAVAILABLE', 503],
    ['LOG_UNAVAILABLE', 503],
    ['STORE_REJECTED', 500],
  ] as const)('of %s has status %i', (code, status) => {
    expect(problemOf(new PulseError(code, 'said')).status).toBe(status)
  })

  it('tells what the asker can mend, and nothing of our inside', () => {
    const secret = 'table case_events at /data/x'
    for (const code of errorCodes) {
      const problem = problemOf(new PulseError(code, secret, { details: { query: secret } }))
      expect(JSON.stringify(problem).includes(secret)).toBe(problem.status < 500)
    }
  })

  it('tells in full what was written for whoever asks, whatever its status', () => {
    const details = { tellClient: true, behind: 7 }
    const problem = problemOf(new PulseError('LOG_UNAVAILABLE', '7 behind', { details }))
    expect(problem).toMatchObject({ status: 503, detail: '7 behind', behind: 7 })
    expect(problem).not.toHaveProperty('tellClient')
  })

  it('of what nobody foresaw says only that', () => {
    expect(problemOf(new TypeError('x is not a function at secret.ts:1'))).toEqual({
      type: 'about:blank',
      title: 'Internal error',
      status: 500,
    })
  })

  it('is the same error again for a client', () => {
    for (const code of errorCodes) {
      const sent = problemOf(new PulseError(code, 'why', { retriable: true }))
      const error = errorOfProblem(JSON.parse(JSON.stringify(sent)), sent.status)
      expect(error.code).toBe(code)
      expect(error.retriable).toBe(sent.status === 503)
    }
  })

  it('that is none of ours is told by its status', () => {
    expect(errorOfProblem('<html>', 502)).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})
