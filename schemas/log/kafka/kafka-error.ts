import kafkajs from 'kafkajs'
import { PulseError } from '../../errors.ts'

/** The error at the bottom of what the client wraps while it retries. */
const innermost = (error: unknown): unknown => {
  let inner = error
  for (let depth = 0; depth < 8; depth++) {
    if (!(inner instanceof kafkajs.KafkaJSError) || !(inner.cause instanceof Error)) break
    inner = inner.cause
  }
  return inner
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The broker's own name of a refusal, such as MESSAGE_TOO_LARGE; undefined where it is none. */
export const kafkaErrorType = (error: unknown): string | undefined => {
  const inner = innermost(error)
  return inner instanceof Error && 'type' in inner && typeof inner.type === 'string'
    ? inner.type
    : undefined
}

const reasonOf = (error: unknown): { readonly text: string; readonly retriable: boolean } => {
  const inner = innermost(error)
  const type = kafkaErrorType(error)
  if (inner instanceof kafkajs.KafkaJSSASLAuthenticationError)
    return {
      text: 'it refused the sign-in; mend KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD',
      retriable: false,
    }
  if (type !== undefined && /AUTHORIZATION_FAILED$/.test(type))
    return {
      text: `its access lists do not allow this account to (${type}); see docs/kafka.md for what it needs`,
      retriable: false,
    }
  if (/certificate|self.signed|altnames|SSL|TLS/i.test(textOf(inner)) && type === undefined)
    return {
      text: 'no TLS connection could be made; mend KAFKA_TLS, KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE or KAFKA_TLS_KEY_FILE',
      retriable: false,
    }
  if (type === undefined)
    return {
      text: 'it did not answer; see that it runs and that KAFKA_BROKERS is right',
      retriable: true,
    }
  return { text: `it answered ${type}: ${textOf(inner).replace(/\.$/, '')}`, retriable: true }
}

/** What the client threw, as LOG_UNAVAILABLE; a PulseError stays as it is. `doing` begins the message. */
export const kafkaError = (error: unknown, doing: string): PulseError => {
  if (error instanceof PulseError) return error
  const { text, retriable } = reasonOf(error)
  return new PulseError('LOG_UNAVAILABLE', `${doing} failed, Kafka: ${text}.`, {
    retriable,
    cause: error,
  })
}
