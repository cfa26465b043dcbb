import { createHmac } from 'node:crypto'
import { PulseError } from '../../schemas/errors.ts'

/** Turns identities (the texts of one person's columns) into a key of 64 lower-case hexadecimal digits. */
export type Pseudonymizer = (identity: readonly string[]) => string

/** Full-width digits, a small x at the end of an ID-card number and stray spaces make no other person. */
const normalised = (text: string): string =>
  text.normalize('NFKC').toUpperCase().replace(/\s+/g, '')

/**
 * HMAC-SHA-256 with the secret of PULSE_PSEUDONYM_KEY: 64 hexadecimal digits. Throws CONFIG_INVALID
 * without one; neither the secret nor an identity is in any message.
 */
export const pseudonymizer = (secret: string | undefined): Pseudonymizer => {
  if (secret === undefined || secret.trim() === '')
    throw new PulseError(
      'CONFIG_INVALID',
      'The mapping turns identities into keys (hmac) and PULSE_PSEUDONYM_KEY is not set: set it to 64 hexadecimal digits, the same ones for every import.',
    )
  const digits = secret.trim()
  if (!/^[0-9a-fA-F]{64}$/.test(digits))
    throw new PulseError(
      'CONFIG_INVALID',
      'PULSE_PSEUDONYM_KEY must be 64 hexadecimal digits; what is set is something else.',
    )
  const key = Buffer.from(digits, 'hex')
  return (identity) =>
    createHmac('sha256', key).update(identity.map(normalised).join('\u001f')).digest('hex')
}

/**
 * Tells two secrets apart without saying anything of either: 16 hexadecimal digits. It is what the
 * secret makes of a text that is nobody's identity.
 */
export const keyPrint = (pseudonym: Pseudonymizer): string =>
  pseudonym(['petition-pulse: which key is this']).slice(0, 16)
