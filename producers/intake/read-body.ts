import type { Readable } from 'node:stream'
import { PulseError } from '../../schemas/errors.ts'

const mib = (bytes: number): string => `${Math.round((bytes / 1024 ** 2) * 100) / 100} MiB`

/**
 * Reads a whole body of UTF-8 JSON into a value. Rejects with LIMIT_EXCEEDED as soon as it is known
 * to be larger than `maxBytes`, and with INPUT_INVALID where it is not one JSON value.
 */
export const readJsonBody = async (
  body: Readable,
  declaredBytes: number | undefined,
  maxBytes: number,
  larger: string,
): Promise<unknown> => {
  const refuse = (): never => {
    throw new PulseError('LIMIT_EXCEEDED', `The body is larger than ${mib(maxBytes)}. ${larger}`, {
      details: { limitBytes: maxBytes },
    })
  }
  if (declaredBytes !== undefined && declaredBytes > maxBytes) refuse()
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body as AsyncIterable<Uint8Array>) {
    size += part.byteLength
    if (size > maxBytes) refuse()
    parts.push(part)
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch {
    throw new PulseError('INPUT_INVALID', 'The body is not UTF-8. Send JSON in UTF-8.')
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new PulseError(
      'INPUT_INVALID',
      text.trim() === ''
        ? 'The body is empty. Send at least one event.'
        : 'The body is not one JSON value. For one event a line use application/x-ndjson.',
    )
  }
}
