import { readFile } from 'node:fs/promises'
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Broker, type SecureAccess, startBroker } from '../../scripts/kafka/broker.ts'
import { patienceMs } from '../support/kafka.ts'

let broker: Broker
let access: SecureAccess
let ca: string

beforeAll(async () => {
  broker = await startBroker({ secure: true, heapMb: 256, readyLimitMs: patienceMs })
  if (broker.secure === undefined) throw new Error('The broker has no secure listeners.')
  access = broker.secure
  ca = await readFile(access.authorityFile, 'utf8')
})
afterAll(() => broker.stop())

/** The id of the cluster, which a client with these settings is told once it has signed in. */
const reach = async (address: string, settings: Partial<KafkaConfig>): Promise<string> => {
  const admin = new Kafka({
    clientId: 'test',
    brokers: [address],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    ...settings,
  }).admin()
  try {
    await admin.connect()
    return (await admin.describeCluster()).clusterId
  } finally {
    await admin.disconnect()
  }
}

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
const sasl = (mechanism: (typeof mechanisms)[number], password = access.password): SASLOptions => ({
  mechanism,
  username: access.user,
  password,
})

describe('a secure broker', () => {
  it.each(mechanisms)('lets in who signs in with %s', async (mechanism) => {
    const clusterId = await reach(broker.brokers[0] ?? '', {})
    expect(await reach(access.sasl, { sasl: sasl(mechanism) })).toBe(clusterId)
    expect(await reach(access.saslTls, { sasl: sasl(mechanism), ssl: { ca } })).toBe(clusterId)
  })

  it.each(mechanisms)('keeps out who has another password, by %s', async (mechanism) => {
    await expect(reach(access.sasl, { sasl: sasl(mechanism, 'wrong') })).rejects.toThrow(
      /[Aa]uthentication failed/,
    )
  })

  it('keeps out who does not sign in', async () => {
    await expect(reach(access.sasl, {})).rejects.toThrow()
  })

  it('speaks TLS, under its own authority only', async () => {
    expect(await reach(access.tls, { ssl: { ca } })).not.toBe('')
    await expect(reach(access.tls, { ssl: true })).rejects.toThrow(/certificate/)
  })

  it('asks for a certificate where both sides show one', async () => {
    const [cert, key] = await Promise.all([
      readFile(access.clientCertificateFile, 'utf8'),
      readFile(access.clientKeyFile, 'utf8'),
    ])
    expect(await reach(access.mutualTls, { ssl: { ca, cert, key } })).not.toBe('')
    await expect(reach(access.mutualTls, { ssl: { ca } })).rejects.toThrow()
  })
})
