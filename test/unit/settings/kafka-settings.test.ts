import { describe, expect, it } from 'vitest'
import { parseSettings } from '../../../schemas/settings/settings.ts'

const brokers = { KAFKA_BROKERS: 'one:9092' }
const kafkaOf = (env: Readonly<Record<string, string>>) => parseSettings(env).kafka
const messageOf = (env: Readonly<Record<string, string>>): string => {
  try {
    parseSettings(env)
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  throw new Error('the settings were taken')
}

describe('the settings of Kafka', () => {
  it('are there where brokers are named, with defaults', () => {
    expect(kafkaOf({})).toBeUndefined()
    expect(kafkaOf({ KAFKA_BROKERS: 'one:9092, [::1]:9093,' })).toEqual({
      brokers: ['one:9092', '[::1]:9093'],
      topicPrefix: '',
      groupId: 'petition-pulse',
      sessionTimeoutMs: 30_000,
    })
  })

  it('are read whole', () => {
    expect(
      kafkaOf({
        ...brokers,
        KAFKA_TOPIC_PREFIX: 'test.',
        KAFKA_GROUP_ID: 'other',
        KAFKA_PARTITIONS: '3',
        KAFKA_REPLICATION_FACTOR: '2',
        KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
        KAFKA_SASL_USERNAME: 'pulse',
        KAFKA_SASL_PASSWORD: 'open sesame',
        KAFKA_TLS: 'TRUE',
        KAFKA_TLS_CA_FILE: 'ca.pem',
        KAFKA_TLS_CERT_FILE: 'cert.pem',
        KAFKA_TLS_KEY_FILE: 'key.pem',
        KAFKA_SESSION_TIMEOUT_MS: '6000',
      }),
    ).toEqual({
      brokers: ['one:9092'],
      topicPrefix: 'test.',
      groupId: 'other',
      partitions: 3,
      replicationFactor: 2,
      sasl: { mechanism: 'scram-sha-512', username: 'pulse', password: 'open sesame' },
      tls: { caFile: 'ca.pem', certFile: 'cert.pem', keyFile: 'key.pem' },
      sessionTimeoutMs: 6_000,
    })
    expect(kafkaOf({ ...brokers, KAFKA_TLS: 'true' })?.tls).toEqual({})
    expect(kafkaOf({ ...brokers, KAFKA_TLS: 'false' })?.tls).toBeUndefined()
  })

  it.each(['one', 'one:', 'http://one:9092', 'one:99999', ',', 'one:9092;two:9092'])(
    'refuse the brokers %j',
    (text) => {
      expect(messageOf({ KAFKA_BROKERS: text })).toBe(
        'Settings: KAFKA_BROKERS must be addresses with a port, such as 127.0.0.1:9092, separated by commas.',
      )
    },
  )

  it.each([
    [
      { KAFKA_GROUP_ID: 'g', KAFKA_SASL_PASSWORD: 'p' },
      'KAFKA_GROUP_ID, KAFKA_SASL_PASSWORD are set without KAFKA_BROKERS; set it too, or leave them all out',
    ],
    [
      { ...brokers, KAFKA_SASL_PASSWORD: 'p' },
      'KAFKA_SASL_PASSWORD is set without KAFKA_SASL_MECHANISM and KAFKA_SASL_USERNAME; a sign-in takes all three',
    ],
    [
      { ...brokers, KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_MECHANISM: 'plain' },
      'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME are set without KAFKA_SASL_PASSWORD; a sign-in takes all three',
    ],
    [
      { ...brokers, KAFKA_TLS_CA_FILE: 'ca.pem' },
      'KAFKA_TLS_CA_FILE is set without KAFKA_TLS=true; set it, or leave them out',
    ],
    [
      { ...brokers, KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: 'cert.pem' },
      'KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE belong together; KAFKA_TLS_KEY_FILE is missing',
    ],
    [
      { ...brokers, KAFKA_SASL_MECHANISM: 'gssapi' },
      'KAFKA_SASL_MECHANISM must be plain, scram-sha-256 or scram-sha-512',
    ],
    [{ ...brokers, KAFKA_TLS: 'yes' }, 'KAFKA_TLS must be true or false'],
    [{ ...brokers, KAFKA_PARTITIONS: '0' }, 'KAFKA_PARTITIONS must be a whole number'],
    [{ ...brokers, KAFKA_SESSION_TIMEOUT_MS: '10' }, 'KAFKA_SESSION_TIMEOUT_MS must be a whole'],
    [{ ...brokers, KAFKA_TOPIC_PREFIX: 'a b' }, 'KAFKA_TOPIC_PREFIX must be letters'],
  ] as const)('%j are refused in one message', (env, message) => {
    expect(messageOf({ ...env })).toContain(message)
  })

  it('never show a value', () => {
    const secret = 'c0ffee-not-to-be-seen'
    expect(
      messageOf({
        KAFKA_BROKERS: secret,
        KAFKA_SASL_MECHANISM: secret,
        KAFKA_SASL_PASSWORD: secret,
        KAFKA_TLS: secret,
        KAFKA_TLS_KEY_FILE: secret,
        KAFKA_PARTITIONS: secret,
      }),
    ).not.toContain(secret)
  })
})
