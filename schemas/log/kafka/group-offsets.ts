import type { Admin, Kafka } from 'kafkajs'
import { PulseError } from '../../errors.ts'
import { heldClient } from './held-client.ts'
import { kafkaError } from './kafka-error.ts'

/** One partition of a topic, as the brokers tell it. */
export type GroupOffsets = {
  readonly partition: number
  /** First position it still has. */
  readonly begin: number
  /** Behind its last. */
  readonly end: number
  /** Where the group goes on; absent where it has committed nothing. */
  readonly committed?: number
}

const ANSWER_MS = 30_000

/** What a partition holds: its first position, and the one behind its last. */
export type Ends = { readonly low: number; readonly high: number }

/** What each partition of a topic holds, by its number. */
export const topicEnds = async (
  admin: Admin,
  topic: string,
): Promise<ReadonlyMap<number, Ends>> => {
  const offsets = await admin.fetchTopicOffsets(topic)
  return new Map(
    offsets.map(({ partition, low, high }) => [
      partition,
      { low: Number(low), high: Number(high) },
    ]),
  )
}

/** Where a group goes on in each partition of a topic; those it has committed nothing of are left out. */
export const committedBy = async (
  admin: Admin,
  { topic, groupId }: { readonly topic: string; readonly groupId: string },
): Promise<ReadonlyMap<number, number>> => {
  const groups = await admin.fetchOffsets({ groupId, topics: [topic] })
  return new Map(
    groups
      .flatMap(({ partitions }) => partitions)
      .map(({ partition, offset }) => [partition, Number(offset)] as const)
      // -1 where it has committed nothing
      .filter(([, offset]) => offset >= 0),
  )
}

const mustExist = async (admin: Admin, topic: string): Promise<void> => {
  if (!(await admin.listTopics()).includes(topic))
    throw new PulseError(
      'LOG_UNAVAILABLE',
      `The brokers have no topic ${topic}. See to KAFKA_BROKERS and KAFKA_TOPIC_PREFIX; a process that uses it makes it.`,
    )
}

/**
 * What a topic holds and what a group has committed of it. The beginnings are read before what is
 * committed and the ends after it, so that neither can be beyond the other while the group goes on.
 * Rejects with LOG_UNAVAILABLE where the brokers do not answer or have no such topic.
 */
export const readGroupOffsets = async (
  kafka: Kafka,
  { topic, groupId }: { readonly topic: string; readonly groupId: string },
): Promise<readonly GroupOffsets[]> => {
  const held = heldClient<Admin>(() => kafka.admin())
  try {
    return await held.use(ANSWER_MS, async (admin) => {
      await mustExist(admin, topic)
      const before = await topicEnds(admin, topic)
      const committed = await committedBy(admin, { topic, groupId })
      const after = await topicEnds(admin, topic)
      return [...after].map(([partition, { high }]) => {
        const offset = committed.get(partition)
        return {
          partition,
          begin: before.get(partition)?.low ?? 0,
          end: high,
          ...(offset === undefined ? {} : { committed: offset }),
        }
      })
    })
  } catch (error) {
    throw kafkaError(error, 'Asking what the log holds and the group has committed')
  } finally {
    await held.close()
  }
}

/** Whether a group has members: consumers at work, or such as ended without leaving and are not missed yet. */
export const hasMembers = async (kafka: Kafka, groupId: string): Promise<boolean> => {
  const held = heldClient<Admin>(() => kafka.admin())
  try {
    return await held.use(ANSWER_MS, async (admin) => {
      const { groups } = await admin.describeGroups([groupId])
      return groups.some(({ members }) => members.length > 0)
    })
  } catch (error) {
    throw kafkaError(error, `Asking who is in the group ${groupId}`)
  } finally {
    await held.close()
  }
}
