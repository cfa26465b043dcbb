import { type ErrorCode, errorCodes, PulseError } from '../errors.ts'

/** RFC 9457 as the API answers it; `code` is the closed list of errors.ts for programs to branch on. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly code?: ErrorCode
  readonly [member: string]: unknown
}

export const PROBLEM_TYPE = 'application/problem+json'
const PREFIX = 'urn:petition-pulse:problem:'

const table: Readonly<Record<ErrorCode, { readonly status: number; readonly title: string }>> = {
  USAGE: { status: 400, title: 'Wrong question' },
  INPUT_INVALID: { status: 400, title: 'Unusable input' },
  CONFIG_INVALID: { status: 500, title: 'Wrong settings' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  STORE_BUSY: { status: 503, title: 'Store busy' },
  STORE_REJECTED: { status: 500, title: 'Store refused' },
  STORE_UNAVAILABLE: { status: 503, title: 'Store unavailable' },
  MIGRATION_MISMATCH: { status: 500, title: 'Store of another version' },
  LOG_UNAVAILABLE: { status: 503, title: 'Event log unavailable' },
  LIMIT_EXCEEDED: { status: 413, title: 'Too large' },
}

/** What each status below 500 or a 503 may say; the rest is our inside and stays there. */
const speaks = (status: number): boolean => status < 500

const retryable = (status: number): boolean => status === 503

/**
 * The answer to an error. An error of ours that its asker can mend is told in full; one of the
 * store says only that it is passing or not, since an engine's message may hold what is stored;
 * anything unforeseen is "Internal error". `status` and `title` of the details override the table
 * for what only HTTP knows (415, 421); with `tellClient: true` in them an error is told in full
 * whatever its status, since its message was written for whoever asks.
 */
export const problemOf = (error: unknown): Problem => {
  if (!(error instanceof PulseError)) return internal
  const { status: given, title: named, tellClient, ...details } = error.details
  const row = table[error.code]
  const status = typeof given === 'number' ? given : row.status
  const base = {
    type: `${PREFIX}${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: typeof named === 'string' ? named : row.title,
    status,
    code: error.code,
  }
  if (speaks(status) || tellClient === true) return { ...base, detail: error.message, ...details }
  return {
    ...base,
    detail: retryable(status)
      ? `${base.title}: nothing acknowledged is lost; send again shortly.`
      : `${base.title}; the server's own log says more.`,
  }
}

const internal: Problem = {
  type: 'about:blank',
  title: 'Internal error',
  status: 500,
}

/** Seconds a client should wait after a 503. */
export const RETRY_AFTER_SECONDS = 2

const isCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && (errorCodes as readonly string[]).includes(value)

/** The error a problem stands for, so that a client fails as it would have on the spot. */
export const errorOfProblem = (body: unknown, status: number): PulseError => {
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const code = isCode(problem['code']) ? problem['code'] : 'STORE_UNAVAILABLE'
  const said = problem['detail'] ?? problem['title']
  return new PulseError(
    code,
    typeof said === 'string' ? said : `The server answered with status ${status}.`,
    { retriable: status === 503, details: problem },
  )
}
