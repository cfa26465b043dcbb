import { accessSync, constants } from 'node:fs'
import { PulseError } from '../errors.ts'
import { storeError } from './errors.ts'

/** Why the engine could not take the directory: it gives one message for all reasons. */
export const openingError = (cause: unknown, path: string): PulseError => {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return new PulseError(
      'STORE_UNAVAILABLE',
      `Opening the store: ${path} cannot be read and written by this user.`,
      { cause },
    )
  }
  const message = cause instanceof Error ? cause.message : String(cause)
  if (/Failed to create connection|lock/i.test(message))
    return new PulseError(
      'STORE_BUSY',
      `Opening the store: ${path} is open in another process. Stop that process, or use --server with its address.`,
      { cause, retriable: true },
    )
  return storeError(cause, 'Opening the store')
}
