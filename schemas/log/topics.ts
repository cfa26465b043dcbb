import type { KafkaSettings } from '../settings/kafka-settings.ts'

/** A topic as it should be. */
export type TopicPlan = {
  readonly name: string
  readonly partitions: number
  /** The number was asked for: a topic of another is refused, else it is used as it is. */
  readonly partitionsDemanded: boolean
  readonly replicationFactor: number
  /** Settings of the topic, by Kafka's names. */
  readonly config: Readonly<Record<string, string>>
}

export type Topics = {
  readonly caseEvents: TopicPlan
  readonly deadLetters: TopicPlan
  readonly alerts: TopicPlan
}

/** Without these a topic cannot be used at all; a difference in any other setting is only told. */
export const demandedConfig: readonly string[] = ['cleanup.policy', 'message.timestamp.type']

const DAY_MS = 86_400_000
const MIB = 1024 ** 2

/** A wrapped message is larger than the message itself, and must always find room. */
const DEAD_LETTER_MAX_BYTES = 8 * MIB

/** The topics of contract §2 under these settings. */
export const topicsOf = (
  settings: Pick<KafkaSettings, 'topicPrefix' | 'partitions' | 'replicationFactor'>,
): Topics => {
  const { topicPrefix, partitions, replicationFactor = 1 } = settings
  const common = {
    // the broker's append time is when an event was received
    'message.timestamp.type': 'LogAppendTime',
    // compaction keeps one message a key, and a key is a matter: all its events but the last would go
    'cleanup.policy': 'delete',
    // the raw table is the lasting record; the log outlasts a consumer that stands still for a month
    'retention.ms': String(30 * DAY_MS),
    'retention.bytes': '-1',
    // with three copies, one may be away and what is acknowledged still lies on two machines
    'min.insync.replicas': replicationFactor >= 3 ? '2' : '1',
  }
  const plan = (
    name: string,
    own: Pick<TopicPlan, 'partitions' | 'partitionsDemanded'>,
    config: Readonly<Record<string, string>> = {},
  ): TopicPlan => ({
    name: `${topicPrefix}${name}`,
    ...own,
    replicationFactor,
    config: { ...common, ...config },
  })
  return {
    caseEvents: plan('petition.case-events', {
      partitions: partitions ?? 12,
      partitionsDemanded: partitions !== undefined,
    }),
    deadLetters: plan(
      'petition.case-events.dead-letters',
      { partitions: 3, partitionsDemanded: false },
      { 'max.message.bytes': String(DEAD_LETTER_MAX_BYTES) },
    ),
    alerts: plan('petition.alerts', { partitions: 1, partitionsDemanded: false }),
  }
}
