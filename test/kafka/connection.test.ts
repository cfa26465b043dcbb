import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKafka } from '../../schemas/log/kafka/connection.ts'
import { ensureTopics } from '../../schemas/log/kafka/ensure-topics.ts'
import { topicsOf } from '../../schemas/log/topics.ts'
import type { KafkaSettings } from '../../schemas/settings/kafka-settings.ts'
import { type Broker, type SecureAccess, startBroker } from '../../scripts/kafka/broker.ts'
import {
  kafkaSettings,
  patienceMs,
  receive,
  scratchTopic,
  send,
  sharedBrokers,
} from '../support/kafka.ts'
import { scratchDirectory } from '../support/scratch-store.ts'

const open = (given: Partial<KafkaSettings> = {}) =>
  openKafka(kafkaSettings(given), { clientId: 'test' })

describe('a consumer of ours', () => {
  it.each(['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'])('reads %s', async (codec) => {
    const configEntries = [{ name: 'compression.type', value: codec }]
    const topic = await scratchTopic(codec, { numPartitions: 1, configEntries })
    // longer than one block of any codec, and of text that does not compress to nothing
    const values = Array.from(
      { length: 3_000 },
      (_, n) => `岳麓区信访局：扬尘扰民，已受理 ${n} ${Math.sin(n)}`,
    )
    await send(
      sharedBrokers(),
      topic,
      values.map((value, n) => ({ key: `m-${n}`, value })),
    )
    const received = await receive(sharedBrokers(), topic, values.length, { kafka: open() })
    expect(received.map(({ value }) => `${value}`)).toEqual(values)
  })
})

describe('a secure broker', () => {
  let broker: Broker
  let access: SecureAccess
  beforeAll(async () => {
    broker = await startBroker({ secure: true, heapMb: 256, readyLimitMs: patienceMs })
    if (broker.secure === undefined) throw new Error('The broker has no secure listeners.')
    access = broker.secure
  })
  afterAll(() => broker.stop())

  const sasl = (password = access.password) =>
    ({ mechanism: 'scram-sha-512', username: access.user, password }) as const
  const ensure = (given: Partial<KafkaSettings>) => {
    const plan = topicsOf({ topicPrefix: '' }).alerts
    return ensureTopics(open(given), [plan], () => {})
  }

  it('is used over TLS, signed in, with the settings alone', async () => {
    await ensure({
      brokers: [access.saslTls],
      sasl: sasl(),
      tls: { caFile: access.authorityFile },
    })
    await ensure({
      brokers: [access.mutualTls],
      tls: {
        caFile: access.authorityFile,
        certFile: access.clientCertificateFile,
        keyFile: access.clientKeyFile,
      },
    })
  })

  it('says what to mend: the password, the authority', async () => {
    await expect(ensure({ brokers: [access.sasl], sasl: sasl('wrong') })).rejects.toThrow(
      'Kafka: it refused the sign-in; mend KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD.',
    )
    await expect(ensure({ brokers: [access.tls], tls: {} })).rejects.toThrow(
      'Kafka: no TLS connection could be made; mend KAFKA_TLS, KAFKA_TLS_CA_FILE',
    )
  })

  it('says which file cannot be read', async () => {
    const caFile = join(await scratchDirectory('tls'), 'absent.pem')
    expect(() => open({ tls: { caFile } })).toThrow(
      'Settings: the file of KAFKA_TLS_CA_FILE cannot be read (ENOENT).',
    )
  })
})
