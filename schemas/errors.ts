/** Closed list: callers branch on these, never on a message. */
export const errorCodes = [
  'USAGE', // wrong option, argument, metric, dimension, date: the asker can mend it (exit 2, HTTP 400)
  'INPUT_INVALID', // a file or body that cannot be used at all (exit 2, HTTP 400)
  'CONFIG_INVALID', // settings that contradict each other or cannot be read (exit 2)
  'NOT_FOUND', // no such metric, route, matter (exit 2, HTTP 404)
  'STORE_BUSY', // the data directory is open in another process (exit 1, HTTP 503)
  'STORE_REJECTED', // the engine refused rows or a statement (exit 1, HTTP 500)
  'STORE_UNAVAILABLE', // the engine or server did not answer, or the disk is full (exit 1, HTTP 503)
  'MIGRATION_MISMATCH', // a migration was edited after it was applied, or the store is newer (exit 1)
  'LOG_UNAVAILABLE', // the event log cannot take events (exit 1, HTTP 503)
  'LIMIT_EXCEEDED', // larger than a stated limit (exit 2, HTTP 413)
] as const
export type ErrorCode = (typeof errorCodes)[number]

/**
 * The one error class. `message` is for people: what is wrong, where, and how to mend it.
 * `retriable` means the same call may succeed later without a change by the caller.
 */
export class PulseError extends Error {
  override readonly name = 'PulseError'
  readonly code: ErrorCode
  readonly retriable: boolean
  readonly details: Readonly<Record<string, unknown>>
  constructor(
    code: ErrorCode,
    message: string,
    options: { retriable?: boolean; cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retriable = options.retriable ?? false
    this.details = options.details ?? {}
  }
}

/** Exit code of contract §5: 2 for wrong usage or input, 1 for work that failed. */
export const exitCodeOf = (error: unknown): 1 | 2 =>
  error instanceof PulseError &&
  (error.code === 'USAGE' ||
    error.code === 'INPUT_INVALID' ||
    error.code === 'CONFIG_INVALID' ||
    error.code === 'NOT_FOUND' ||
    error.code === 'LIMIT_EXCEEDED')
    ? 2
    : 1
