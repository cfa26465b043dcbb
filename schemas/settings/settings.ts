import { z } from 'zod'
import { PulseError } from '../errors.ts'
import {
  type KafkaSettings,
  kafkaEnvironment,
  kafkaProblems,
  kafkaSettingsOf,
} from './kafka-settings.ts'
import { nearest } from './nearest.ts'
import { parseBytes } from './sizes.ts'
import { whole } from './whole.ts'

const isTimezone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    // a fixed offset such as +08:00 is accepted by Intl, but the engine knows names only
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

const isHttpUrl = (text: string): boolean =>
  URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol)

const bytes = (least: number, mend: string) =>
  z
    .string()
    .refine((text) => (parseBytes(text) ?? 0) >= least, mend)
    .transform((text) => parseBytes(text) ?? least)

const MIB = 1024 ** 2

/**
 * Every setting, by its name in the environment. A message says what would be right and never
 * repeats what was given: some of these are secrets.
 */
const environment = z.object({
  PULSE_TIMEZONE: z
    .string()
    .refine(isTimezone, 'is not an IANA time zone; give a name such as Asia/Shanghai')
    .default('Asia/Shanghai'),
  PULSE_MONTH_START: whole(1, 28, 'must be a whole number from 1 to 28').default(1),
  PULSE_COLLECTIVE_THRESHOLD: whole(2, 100_000, 'must be a whole number from 2 to 100000').default(
    5,
  ),
  PULSE_PSEUDONYM_KEY: z
    .string()
    .regex(
      /^[0-9a-fA-F]{64}$/,
      'must be 64 hexadecimal digits; make one with `openssl rand -hex 32` and keep it: another key gives other pseudonyms',
    )
    .optional(),
  PULSE_DATA: z.string().default('./.pulse'),
  PULSE_SERVER: z
    .string()
    .refine(isHttpUrl, 'must be an address such as http://127.0.0.1:8080')
    .optional(),
  PULSE_HOST: z.string().default('127.0.0.1'),
  PULSE_PORT: whole(0, 65_535, 'must be a port from 0 to 65535').default(8080),
  PULSE_SQL_PORT: whole(0, 65_535, 'must be a port from 0 to 65535').optional(),
  PULSE_SQL_PASSWORD: z.string().optional(),
  PULSE_ALLOWED_HOSTS: z
    .string()
    .regex(/^[\w.,:[\]\s-]+$/, 'must be host names separated by commas')
    .transform((text) =>
      text
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== ''),
    )
    .optional(),
  PULSE_MAX_BODY: bytes(1024, 'must be a size of at least 1KB, such as 16MB').default(16 * MIB),
  PULSE_MEMORY: bytes(256 * MIB, 'must be a size of at least 256MB, such as 4GB').default(
    4096 * MIB,
  ),
  CLICKHOUSE_URL: z
    .string()
    .refine(isHttpUrl, 'must be an http or https address such as http://127.0.0.1:8123')
    .optional(),
  CLICKHOUSE_USER: z.string().optional(),
  CLICKHOUSE_PASSWORD: z.string().optional(),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'must be a name of letters, digits and _')
    .optional(),
  CLICKHOUSE_CLUSTER: z
    .string()
    .regex(
      /^[A-Za-z0-9_.-]{1,63}$/,
      'must be the name of a cluster as the servers know it: letters, digits, _ . and -',
    )
    .optional(),
  ...kafkaEnvironment,
})

/** Names of the environment variables the system reads. */
export const settingNames: readonly string[] = Object.keys(environment.shape)

/** Settings as the parts use them; parsed once, frozen. Sizes in bytes. */
export type Settings = {
  /** IANA name; local days and months are counted in it. */
  readonly timezone: string
  /** Day a reporting month begins on, 1–28. */
  readonly monthStart: number
  /** Heads from which a visit is collective. */
  readonly collectiveThreshold: number
  /** Secret of the pseudonyms, 64 hex digits. Never printed. */
  readonly pseudonymKey?: string
  /** Directory of the embedded store. */
  readonly data: string
  /** Address of a running `pulse up` to ask instead of the directory. */
  readonly server?: string
  readonly host: string
  readonly port: number
  /** Where `up` answers ClickHouse's HTTP interface for reading; absent: nowhere. */
  readonly sql?: {
    readonly port: number
    /** Never printed. */
    readonly password?: string
  }
  /** Names a request may give in `Host` besides those of this machine. */
  readonly allowedHosts: readonly string[]
  /** Largest body of one request that is not a stream. */
  readonly maxBodyBytes: number
  /** Memory one query may use. */
  readonly maxMemoryBytes: number
  /** A ClickHouse server instead of the embedded engine. The password is never printed. */
  readonly clickhouse?: {
    readonly url: string
    readonly username?: string
    readonly password?: string
    readonly database?: string
    /** Name of the cluster that shares the tables; absent: one server has them. */
    readonly cluster?: string
  }
  /** Kafka as the event log; without it events are handed to the sink directly. */
  readonly kafka?: KafkaSettings
}

/**
 * Reads the settings out of an environment. `overrides` are what the command line gave, under the
 * same names, with the option's own name for messages; they win. An empty value counts as not set.
 * Throws CONFIG_INVALID with every problem in one message; values are never in it.
 */
export const parseSettings = (
  env: Readonly<Record<string, string | undefined>>,
  overrides: Readonly<Record<string, { readonly value: string; readonly option: string }>> = {},
): Settings => {
  const given: Record<string, string> = {}
  for (const name of settingNames) {
    const value = overrides[name]?.value ?? env[name]
    if (value !== undefined && value.trim() !== '') given[name] = value.trim()
  }
  const parsed = environment.safeParse(given)
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => {
        const name = String(issue.path[0])
        return `${overrides[name]?.option ?? name} ${issue.message}`
      })
  for (const name of [
    'CLICKHOUSE_USER',
    'CLICKHOUSE_PASSWORD',
    'CLICKHOUSE_DATABASE',
    'CLICKHOUSE_CLUSTER',
  ])
    if (given[name] !== undefined && given['CLICKHOUSE_URL'] === undefined)
      problems.push(`${name} is set without CLICKHOUSE_URL; set both or neither`)
  if (given['PULSE_SQL_PASSWORD'] !== undefined && given['PULSE_SQL_PORT'] === undefined)
    problems.push('PULSE_SQL_PASSWORD is set without PULSE_SQL_PORT; set both or neither')
  if (given['PULSE_SQL_PORT'] !== undefined && given['CLICKHOUSE_URL'] !== undefined)
    problems.push(
      `${overrides['PULSE_SQL_PORT']?.option ?? 'PULSE_SQL_PORT'} is for the embedded store; tools ask the server of CLICKHOUSE_URL itself`,
    )
  if (given['CLICKHOUSE_URL'] !== undefined && URL.canParse(given['CLICKHOUSE_URL'])) {
    const { username, password } = new URL(given['CLICKHOUSE_URL'])
    if (username !== '' || password !== '')
      problems.push(
        'CLICKHOUSE_URL holds a user or a password; give them as CLICKHOUSE_USER and CLICKHOUSE_PASSWORD',
      )
  }
  problems.push(...kafkaProblems(given))
  if (!parsed.success || problems.length > 0)
    throw new PulseError('CONFIG_INVALID', `Settings: ${problems.join('; ')}.`)
  const s = parsed.data
  const kafka = kafkaSettingsOf(s)
  return Object.freeze({
    timezone: s.PULSE_TIMEZONE,
    monthStart: s.PULSE_MONTH_START,
    collectiveThreshold: s.PULSE_COLLECTIVE_THRESHOLD,
    ...(s.PULSE_PSEUDONYM_KEY === undefined ? {} : { pseudonymKey: s.PULSE_PSEUDONYM_KEY }),
    data: s.PULSE_DATA,
    ...(s.PULSE_SERVER === undefined ? {} : { server: s.PULSE_SERVER }),
    host: s.PULSE_HOST,
    port: s.PULSE_PORT,
    ...(s.PULSE_SQL_PORT === undefined
      ? {}
      : {
          sql: Object.freeze({
            port: s.PULSE_SQL_PORT,
            ...(s.PULSE_SQL_PASSWORD === undefined ? {} : { password: s.PULSE_SQL_PASSWORD }),
          }),
        }),
    allowedHosts: Object.freeze(s.PULSE_ALLOWED_HOSTS ?? []),
    maxBodyBytes: s.PULSE_MAX_BODY,
    maxMemoryBytes: s.PULSE_MEMORY,
    ...(s.CLICKHOUSE_URL === undefined
      ? {}
      : {
          clickhouse: Object.freeze({
            url: s.CLICKHOUSE_URL,
            ...(s.CLICKHOUSE_USER === undefined ? {} : { username: s.CLICKHOUSE_USER }),
            ...(s.CLICKHOUSE_PASSWORD === undefined ? {} : { password: s.CLICKHOUSE_PASSWORD }),
            ...(s.CLICKHOUSE_DATABASE === undefined ? {} : { database: s.CLICKHOUSE_DATABASE }),
            ...(s.CLICKHOUSE_CLUSTER === undefined ? {} : { cluster: s.CLICKHOUSE_CLUSTER }),
          }),
        }),
    ...(kafka === undefined ? {} : { kafka }),
  })
}

/**
 * Variables that begin with PULSE_ and that nothing reads, each with the setting that was probably
 * meant. KAFKA_ is shared with Kafka's own programs: there only what is near a setting is one.
 */
export const unknownSettings = (
  env: Readonly<Record<string, string | undefined>>,
): readonly { readonly name: string; readonly meant?: string }[] =>
  Object.keys(env)
    .filter((name) => /^(?:PULSE|KAFKA)_/.test(name) && !settingNames.includes(name))
    .map((name) => ({ name, meant: nearest(name, settingNames) }))
    .filter(({ name, meant }) => name.startsWith('PULSE_') || meant !== undefined)
    .map(({ name, meant }) => (meant === undefined ? { name } : { name, meant }))
