import type { KafkaPublisher, PublisherOptions } from '../../producers/log/kafka-publisher.ts'
import type { KafkaSettings } from '../../schemas/settings/kafka-settings.ts'

export type OpenLogOptions = Pick<PublisherOptions, 'observe'> & {
  /** How the brokers name this process in their logs and quotas. */
  readonly clientId: string
  /** Hears of topics that differ from what is recommended. */
  readonly note: (text: string) => void
  /** Hears of what the client says goes wrong. Default: silence. */
  readonly log?: (line: string) => void
}

/**
 * The event log of these settings, to write to: its topics made or verified, then opened. Rejects with
 * CONFIG_INVALID where a topic cannot be used as it is, LOG_UNAVAILABLE where the brokers do not
 * answer within 20 s.
 */
export const openLog = async (
  settings: KafkaSettings,
  { clientId, note, log, observe }: OpenLogOptions,
): Promise<KafkaPublisher> => {
  // loaded only where there is Kafka: a figure does not wait for its client
  const [{ openKafka }, { ensureTopics }, { topicsOf }, { openPublisher }] = await Promise.all([
    import('../../schemas/log/kafka/connection.ts'),
    import('../../schemas/log/kafka/ensure-topics.ts'),
    import('../../schemas/log/topics.ts'),
    import('../../producers/log/kafka-publisher.ts'),
  ])
  const kafka = openKafka(settings, { clientId, ...(log === undefined ? {} : { log }) })
  const topics = topicsOf(settings)
  await ensureTopics(kafka, Object.values(topics), (notice) => note(`notice: ${notice}`))
  return openPublisher(kafka, topics.caseEvents.name, {
    groupId: settings.groupId,
    ...(observe === undefined ? {} : { observe }),
  })
}
