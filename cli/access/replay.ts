import type { LogToReplay } from '../../consumers/replay/log-facts.ts'
import { type RefoldPorts, refold } from '../../consumers/replay/replay.ts'
import { PulseError } from '../../schemas/errors.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Access } from './access.ts'

/** The log these settings mean, and its group. */
const logOf = async ({ kafka: settings }: Pick<Settings, 'kafka'>): Promise<LogToReplay> => {
  if (settings === undefined)
    throw new PulseError(
      'USAGE',
      'KAFKA_BROKERS is not set where the store is open, and --from kafka reads the log. Set it to the brokers, such as localhost:9092, or replay without --from kafka.',
    )
  // loaded only where there is Kafka
  const [{ openKafka }, { topicsOf }, { hasMembers, readGroupOffsets }, { readTopic }] =
    await Promise.all([
      import('../../schemas/log/kafka/connection.ts'),
      import('../../schemas/log/topics.ts'),
      import('../../schemas/log/kafka/group-offsets.ts'),
      import('../../consumers/log/topic-reader.ts'),
    ])
  const { groupId } = settings
  const kafka = openKafka(settings, { clientId: 'pulse-replay' })
  const topic = topicsOf(settings).caseEvents.name
  return {
    topic,
    offsets: () => readGroupOffsets(kafka, { topic, groupId }),
    busy: () => hasMembers(kafka, groupId),
    read: (offsets, signal) => readTopic(kafka, topic, offsets, signal),
  }
}

/** What Kafka answers concerns whoever asked for it to be read, also over HTTP. */
const tellable = (error: unknown): unknown =>
  error instanceof PulseError && error.code === 'LOG_UNAVAILABLE'
    ? new PulseError(error.code, error.message, {
        retriable: error.retriable,
        cause: error,
        details: { ...error.details, tellClient: true },
      })
    : error

/** Replays a store open in this process. */
export const replayOf =
  (settings: Pick<Settings, 'kafka'>, ports: Omit<RefoldPorts, 'log' | 'now'>): Access['replay'] =>
  (asked, hearing) =>
    refold({ ...ports, log: () => logOf(settings), now: Date.now }, asked, hearing).catch(
      (error: unknown) => {
        throw tellable(error)
      },
    )
