import { PulseError } from '../errors.ts'

/** Engine error types after which the same statement may succeed: limits of the moment, not of the statement. */
const passing = new Set([
  'MEMORY_LIMIT_EXCEEDED',
  'TOO_MANY_PARTS',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'NETWORK_ERROR',
  'SOCKET_TIMEOUT',
  'TIMEOUT_EXCEEDED',
  'KEEPER_EXCEPTION',
  'TABLE_IS_READ_ONLY',
])

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 400)

/**
 * The engine's name of an error, if it answered with one. By shape, not by class: the embedded
 * adapter throws the ClickHouseError of another copy of the client's package.
 */
const engineErrorType = (cause: unknown): string | undefined =>
  cause instanceof Error &&
  cause.constructor.name === 'ClickHouseError' &&
  'type' in cause &&
  typeof cause.type === 'string'
    ? cause.type
    : undefined

/** Turns what the client or the engine threw into the one error class, saying how to mend it. */
export const storeError = (cause: unknown, doing: string): PulseError => {
  if (cause instanceof PulseError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  if (/NOT_ENOUGH_SPACE|No space left|ENOSPC/i.test(message))
    return new PulseError(
      'STORE_UNAVAILABLE',
      `${doing}: the disk is full. Nothing acknowledged is lost; free space and send again.`,
      { cause, retriable: true },
    )
  const type = engineErrorType(cause)
  if (type !== undefined)
    return passing.has(type)
      ? new PulseError('STORE_UNAVAILABLE', `${doing}: ${firstLine(message)}`, {
          cause,
          retriable: true,
        })
      : new PulseError('STORE_REJECTED', `${doing}: ${firstLine(message)}`, {
          cause,
          details: { type },
        })
  return new PulseError(
    'STORE_UNAVAILABLE',
    `${doing}: the store did not answer (${firstLine(message)}).`,
    {
      cause,
      retriable: true,
    },
  )
}
