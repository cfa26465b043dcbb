import { keepHours } from '../../consumers/conservation/keep-hours.ts'
import type { LogConsumer, LogConsumerOptions } from '../../consumers/log/log-consumer.ts'
import type { KafkaSettings } from '../../schemas/settings/kafka-settings.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Store } from '../../schemas/store/port.ts'

export type OpenConsumerOptions = Pick<
  LogConsumerOptions,
  'series' | 'log' | 'onFatal' | 'onStep'
> & {
  readonly kafka: KafkaSettings
  /** How the brokers name this process in their logs and quotas. */
  readonly clientId: string
}

/** A consumer of the case events of these settings, into a store that is ready for it. */
export const openConsumer = async (
  store: Store,
  { timezone }: Pick<Settings, 'timezone'>,
  { kafka: settings, clientId, ...rest }: OpenConsumerOptions,
): Promise<LogConsumer> => {
  // loaded only where there is Kafka: a figure does not wait for its client
  const [{ openKafka }, { topicsOf }, { startLogConsumer }] = await Promise.all([
    import('../../schemas/log/kafka/connection.ts'),
    import('../../schemas/log/topics.ts'),
    import('../../consumers/log/log-consumer.ts'),
  ])
  const topics = topicsOf(settings)
  const consumer = await startLogConsumer({
    ...rest,
    store,
    timezone,
    kafka: openKafka(settings, { clientId }),
    topic: topics.caseEvents.name,
    deadLetterTopic: topics.deadLetters.name,
    groupId: settings.groupId,
    sessionTimeoutMs: settings.sessionTimeoutMs,
  })
  const hours = keepHours(store, rest.log)
  return {
    ...consumer,
    stop: async () => {
      await Promise.all([hours.stop(), consumer.stop()])
    },
  }
}
