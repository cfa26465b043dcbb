import { z } from 'zod'
import { whole } from './whole.ts'

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

/** How to reach Kafka and what to use there. The password is never printed. */
export type KafkaSettings = {
  /** Addresses to begin with, `host:port`. */
  readonly brokers: readonly string[]
  /** Put before the name of every topic; may be empty. */
  readonly topicPrefix: string
  /** Consumer group whose committed positions say what is stored. */
  readonly groupId: string
  /** Partitions of the case events, where they were asked for; a topic of another number is refused. */
  readonly partitions?: number
  /** Copies of each partition of a topic that is made, where they were asked for. */
  readonly replicationFactor?: number
  readonly sasl?: {
    readonly mechanism: (typeof mechanisms)[number]
    readonly username: string
    readonly password: string
  }
  /** TLS; without an authority the machine's own list of authorities is used. Files are PEM. */
  readonly tls?: {
    readonly caFile?: string
    readonly certFile?: string
    readonly keyFile?: string
  }
  /** A consumer that is silent for this long is taken for gone. */
  readonly sessionTimeoutMs: number
}

const address = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/

const addressesOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

const isAddressList = (text: string): boolean => {
  const all = addressesOf(text)
  return (
    all.length > 0 &&
    all.every((one) => address.test(one) && Number(one.split(':').at(-1)) <= 65_535)
  )
}

/** The settings of Kafka, by their names in the environment. */
export const kafkaEnvironment = {
  KAFKA_BROKERS: z
    .string()
    .refine(
      isAddressList,
      'must be addresses with a port, such as 127.0.0.1:9092, separated by commas',
    )
    .transform(addressesOf)
    .optional(),
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,200}$/, 'must be letters, digits, ".", "_" or "-", 200 at most')
    .optional(),
  KAFKA_GROUP_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,200}$/, 'must be letters, digits, ".", "_" or "-", 200 at most')
    .optional(),
  KAFKA_PARTITIONS: whole(1, 10_000, 'must be a whole number from 1 to 10000').optional(),
  KAFKA_REPLICATION_FACTOR: whole(1, 100, 'must be a whole number from 1 to 100').optional(),
  KAFKA_SASL_MECHANISM: z
    .string()
    .toLowerCase()
    .pipe(z.enum(mechanisms, 'must be plain, scram-sha-256 or scram-sha-512'))
    .optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_TLS: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false'], 'must be true or false'))
    .transform((text) => text === 'true')
    .optional(),
  KAFKA_TLS_CA_FILE: z.string().optional(),
  KAFKA_TLS_CERT_FILE: z.string().optional(),
  KAFKA_TLS_KEY_FILE: z.string().optional(),
  KAFKA_SESSION_TIMEOUT_MS: whole(
    1_000,
    1_800_000,
    'must be a whole number of milliseconds from 1000 to 1800000',
  ).default(30_000),
}

type Given = Readonly<Record<string, string>>

const saslNames = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']
const tlsFileNames = ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE']

const areSet = (names: readonly string[]): string =>
  `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} set`

/** What contradicts itself among the settings of Kafka that were given, one sentence each. */
export const kafkaProblems = (given: Given): readonly string[] => {
  const set = (names: readonly string[]) => names.filter((name) => given[name] !== undefined)
  if (given['KAFKA_BROKERS'] === undefined) {
    const others = set(Object.keys(kafkaEnvironment))
    return others.length === 0
      ? []
      : [`${areSet(others)} without KAFKA_BROKERS; set it too, or leave them all out`]
  }
  const problems: string[] = []
  const sasl = set(saslNames)
  if (sasl.length > 0 && sasl.length < saslNames.length)
    problems.push(
      `${areSet(sasl)} without ${saslNames.filter((name) => !sasl.includes(name)).join(' and ')}; a sign-in takes all three`,
    )
  const files = set(tlsFileNames)
  if (files.length > 0 && given['KAFKA_TLS']?.toLowerCase() !== 'true')
    problems.push(`${areSet(files)} without KAFKA_TLS=true; set it, or leave them out`)
  const [, cert = '', key = ''] = tlsFileNames
  if ((given[cert] === undefined) !== (given[key] === undefined))
    problems.push(
      `${cert} and ${key} belong together; ${given[cert] === undefined ? cert : key} is missing`,
    )
  return problems
}

type Parsed = z.output<z.ZodObject<typeof kafkaEnvironment>>

/** The settings of Kafka, where there are any; `parsed` is free of problems. */
export const kafkaSettingsOf = (parsed: Parsed): KafkaSettings | undefined => {
  const {
    KAFKA_BROKERS: brokers,
    KAFKA_PARTITIONS: partitions,
    KAFKA_REPLICATION_FACTOR: replicationFactor,
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
    KAFKA_TLS_CA_FILE: caFile,
    KAFKA_TLS_CERT_FILE: certFile,
    KAFKA_TLS_KEY_FILE: keyFile,
  } = parsed
  if (brokers === undefined) return undefined
  return Object.freeze({
    brokers: Object.freeze(brokers),
    topicPrefix: parsed.KAFKA_TOPIC_PREFIX ?? '',
    groupId: parsed.KAFKA_GROUP_ID ?? 'petition-pulse',
    ...(partitions === undefined ? {} : { partitions }),
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
    ...(mechanism === undefined || username === undefined || password === undefined
      ? {}
      : { sasl: Object.freeze({ mechanism, username, password }) }),
    ...(parsed.KAFKA_TLS === true
      ? {
          tls: Object.freeze({
            ...(caFile === undefined ? {} : { caFile }),
            ...(certFile === undefined ? {} : { certFile }),
            ...(keyFile === undefined ? {} : { keyFile }),
          }),
        }
      : {}),
    sessionTimeoutMs: parsed.KAFKA_SESSION_TIMEOUT_MS,
  })
}
