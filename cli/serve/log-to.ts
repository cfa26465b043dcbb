import { PulseError } from '../../schemas/errors.ts'
import type { Io } from '../io.ts'

/** A log line of the server: moment, what failed, and why. */
export const logTo =
  (io: Io) =>
  (error: unknown): void => {
    const parts: string[] = []
    for (
      let cause: unknown = error;
      cause instanceof Error && parts.length < 4;
      cause = cause.cause
    )
      parts.push(
        cause instanceof PulseError
          ? `${cause.code} ${cause.message}`
          : parts.length === 0
            ? (cause.stack ?? cause.message)
            : cause.message,
      )
    io.note(`${new Date().toISOString()} error ${parts.join(' | ') || String(error)}`)
  }

/** A line of what happens while it runs, with its moment. */
export const lineTo =
  (io: Io) =>
  (line: string): void =>
    io.note(`${new Date().toISOString()} ${line}`)
