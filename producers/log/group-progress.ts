import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { PulseError } from '../../schemas/errors.ts'
import { committedBy, topicEnds } from '../../schemas/log/kafka/group-offsets.ts'
import type { HeldClient } from '../../schemas/log/kafka/held-client.ts'
import { kafkaError } from '../../schemas/log/kafka/kafka-error.ts'
import { sharedNext } from './shared-next.ts'

export type GroupProgressOptions = {
  readonly admin: HeldClient<Admin>
  readonly topic: string
  /** The consumer group that stores and folds; it commits a position once every figure counts it. */
  readonly groupId: string
  /** A group that has not moved for so long is not waited for any more. */
  readonly stallMs: number
  /** Nor is one that moves, after so long. */
  readonly limitMs: number
}

const POLL_MS = 25
const ANSWER_MS = 20_000
const PAUSE_MS = 200

const doing = 'Asking how far the events are counted'

const behindError = (groupId: string, events: number, partitions: number, how: string) =>
  new PulseError(
    'LOG_UNAVAILABLE',
    `The events are in the log and not yet counted: consumer group ${groupId} is ${events} positions behind in ${partitions} ${partitions === 1 ? 'partition' : 'partitions'} and ${how}. See that \`pulse consume\` runs; they are counted when it has caught up.`,
    { retriable: true, details: { behind: events, partitions, tellClient: true } },
  )

/**
 * Waits until the group has committed everything the topic held at the call. Rejects with
 * LOG_UNAVAILABLE (retriable), which says by how much the group is behind, where it does not get
 * there in time. What is in the log stays there either way.
 */
export const groupProgress = (options: GroupProgressOptions): (() => Promise<void>) => {
  const { admin, topic, groupId } = options

  /** Brokers that restart, and leaders and coordinators that move, are asked again within the bound. */
  const asked = async <T>(work: (client: Admin) => Promise<T>): Promise<T> => {
    for (const until = Date.now() + ANSWER_MS; ; await sleep(PAUSE_MS)) {
      try {
        return await admin.use(Math.max(PAUSE_MS, until - Date.now()), work)
      } catch (error) {
        const known = kafkaError(error, doing)
        if (!known.retriable || Date.now() + PAUSE_MS >= until) throw known
      }
    }
  }
  const readEnds = sharedNext(() => asked((client) => topicEnds(client, topic)))
  const readCommitted = sharedNext(async () => {
    await sleep(POLL_MS)
    return asked((client) => committedBy(client, { topic, groupId }))
  })

  return async () => {
    const ends = await readEnds()
    const begun = Date.now()
    let movedAt = begun
    let least = Number.POSITIVE_INFINITY
    for (;;) {
      const committed = await readCommitted()
      // where nothing was committed the group begins at the first position
      const behind = [...ends]
        .map(([partition, { low, high }]) => high - Math.max(low, committed.get(partition) ?? low))
        .filter((events) => events > 0)
      const events = behind.reduce((sum, more) => sum + more, 0)
      if (events === 0) return
      const now = Date.now()
      if (events < least) {
        least = events
        movedAt = now
      }
      const seconds = (ms: number) => Math.round(ms / 1000)
      if (now - movedAt >= options.stallMs)
        throw behindError(
          groupId,
          events,
          behind.length,
          `has not moved for ${seconds(now - movedAt)} s`,
        )
      if (now - begun >= options.limitMs)
        throw behindError(
          groupId,
          events,
          behind.length,
          `still moves after ${seconds(now - begun)} s`,
        )
    }
  }
}
