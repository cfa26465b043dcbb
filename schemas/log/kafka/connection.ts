import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { Kafka, type LogEntry, logLevel, type SASLOptions } from 'kafkajs'
import { PulseError } from '../../errors.ts'
import type { KafkaSettings } from '../../settings/kafka-settings.ts'
import { registerCodecs } from './codecs.ts'

export type KafkaOptions = {
  /** How the client names itself to the brokers; in their logs and quotas. */
  readonly clientId: string
  /** Hears of what the client says goes wrong, one line each. Default: silence; what fails is thrown anyway. */
  readonly log?: (line: string) => void
  /** How long brokers that refuse a connection are tried. Default 20 s: they may be starting, too. */
  readonly patienceMs?: number
}

const CONNECT_MS = 5_000
const SIGN_IN_MS = 10_000
const REQUEST_MS = 30_000
/** Rests between attempts to connect grow to this. */
const LONGEST_REST_MS = 1_000

const pem = (name: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new PulseError(
      'CONFIG_INVALID',
      `Settings: the file of ${name} cannot be read (${code}).`,
      {
        cause,
      },
    )
  }
}

const tlsOf = ({
  caFile,
  certFile,
  keyFile,
}: NonNullable<KafkaSettings['tls']>): ConnectionOptions => ({
  ...(caFile === undefined ? {} : { ca: pem('KAFKA_TLS_CA_FILE', caFile) }),
  ...(certFile === undefined ? {} : { cert: pem('KAFKA_TLS_CERT_FILE', certFile) }),
  ...(keyFile === undefined ? {} : { key: pem('KAFKA_TLS_KEY_FILE', keyFile) }),
})

const signIn = ({
  mechanism,
  username,
  password,
}: NonNullable<KafkaSettings['sasl']>): SASLOptions => ({ mechanism, username, password })

const lineOf = ({ namespace, log }: LogEntry): string => {
  const why = [log['error'], log['broker']].filter((part) => typeof part === 'string').join(', ')
  return `Kafka ${namespace}: ${log.message}${why === '' ? '' : ` (${why})`}`
}

/**
 * The client of the brokers these settings name, with sign-in, TLS and every codec; nothing is
 * connected yet. Throws CONFIG_INVALID where a file of the settings cannot be read.
 */
export const openKafka = (
  settings: KafkaSettings,
  { clientId, log, patienceMs = 20_000 }: KafkaOptions,
): Kafka => {
  registerCodecs()
  return new Kafka({
    clientId,
    brokers: [...settings.brokers],
    ...(settings.tls === undefined ? {} : { ssl: tlsOf(settings.tls) }),
    ...(settings.sasl === undefined ? {} : { sasl: signIn(settings.sasl) }),
    connectionTimeout: CONNECT_MS,
    authenticationTimeout: SIGN_IN_MS,
    requestTimeout: REQUEST_MS,
    retry: {
      initialRetryTime: LONGEST_REST_MS / 5,
      maxRetryTime: LONGEST_REST_MS,
      retries: Math.max(1, Math.round(patienceMs / LONGEST_REST_MS)),
    },
    logLevel: log === undefined ? logLevel.NOTHING : logLevel.ERROR,
    logCreator: () => (entry) => log?.(lineOf(entry)),
  })
}
