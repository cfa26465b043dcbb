import { describe, expect, it, onTestFinished } from 'vitest'
import { openKafka } from '../../schemas/log/kafka/connection.ts'
import { ensureTopics } from '../../schemas/log/kafka/ensure-topics.ts'
import { topicsOf } from '../../schemas/log/topics.ts'
import type { KafkaSettings } from '../../schemas/settings/kafka-settings.ts'
import { freePorts } from '../../scripts/kafka/ports.ts'
import {
  kafkaSettings,
  makeTopic,
  send,
  sharedBrokers,
  uniqueName,
  withAdmin,
} from '../support/kafka.ts'

/** Topics under a prefix of their own, gone with the test. */
const scratchSettings = (given: Partial<KafkaSettings> = {}): KafkaSettings => {
  const topicPrefix = `${uniqueName('topics')}.`
  onTestFinished(() =>
    withAdmin(sharedBrokers(), async (admin) => {
      const made = (await admin.listTopics()).filter((name) => name.startsWith(topicPrefix))
      if (made.length > 0) await admin.deleteTopics({ topics: made })
    }),
  )
  return kafkaSettings({ topicPrefix, ...given })
}

const ensure = async (settings: KafkaSettings): Promise<readonly string[]> => {
  const notices: string[] = []
  const kafka = openKafka(settings, { clientId: 'test', patienceMs: 1_000 })
  await ensureTopics(kafka, Object.values(topicsOf(settings)), (notice) => notices.push(notice))
  return notices
}

const partitionsOf = (topics: readonly string[]) =>
  withAdmin(sharedBrokers(), async (admin) => {
    const found = await admin.fetchTopicMetadata({ topics: [...topics] })
    return topics.map((topic) => found.topics.find(({ name }) => name === topic)?.partitions.length)
  })

describe('the topics at a start', () => {
  it('are made as planned, ready to write to, and found as planned the next time', async () => {
    const settings = scratchSettings({ partitions: 5 })
    expect(await ensure(settings)).toEqual([])
    const { caseEvents, deadLetters, alerts } = topicsOf(settings)
    await send(sharedBrokers(), caseEvents.name, [{ key: 'm', value: 'v' }])
    expect(await ensure(settings)).toEqual([])
    expect(await partitionsOf([caseEvents.name, deadLetters.name, alerts.name])).toEqual([5, 3, 1])
  })

  it('are made once by processes that start together', async () => {
    const settings = scratchSettings()
    expect(await Promise.all([ensure(settings), ensure(settings), ensure(settings)])).toEqual([
      [],
      [],
      [],
    ])
  })

  it('are refused where they would lose events or stamps, all in one message', async () => {
    const settings = scratchSettings({ partitions: 4 })
    const { name } = topicsOf(settings).caseEvents
    await makeTopic(sharedBrokers(), {
      topic: name,
      numPartitions: 2,
      configEntries: [{ name: 'cleanup.policy', value: 'compact' }],
    })
    const refused = ensure(settings)
    await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    await expect(refused).rejects.toThrow(/has 2 partitions and KAFKA_PARTITIONS asks for 4/)
    await expect(refused).rejects.toThrow(/has cleanup.policy=compact, and delete is needed/)
    await expect(refused).rejects.toThrow(
      new RegExp(`--entity-name ${name} --add-config message.timestamp.type=LogAppendTime`),
    )
  })

  it('may differ in what does no harm, and that is told', async () => {
    const settings = scratchSettings()
    const { name, config } = topicsOf(settings).caseEvents
    await makeTopic(sharedBrokers(), {
      topic: name,
      numPartitions: 2,
      configEntries: Object.entries({ ...config, 'retention.ms': '60000' }).map(([key, value]) => ({
        name: key,
        value,
      })),
    })
    expect(await ensure(settings)).toEqual([
      expect.stringContaining(`${name} has retention.ms=60000`),
    ])
  })

  it('wait for no broker for ever', async () => {
    const [port] = await freePorts(1)
    const refused = ensure(kafkaSettings({ brokers: [`127.0.0.1:${port}`] }))
    await expect(refused).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', retriable: true })
    await expect(refused).rejects.toThrow(/did not answer; see that it runs/)
  })
})
