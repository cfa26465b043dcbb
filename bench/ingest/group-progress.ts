import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'

const POLL_MS = 200

export type Watched = {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly groupId: string
  readonly limitMs: number
  /** Throws where waiting is pointless: a process has ended. */
  readonly stillGoing: () => void
}

/**
 * Resolves when a group has committed everything its topic held at the call. Rejects, saying how far
 * it came, when it has not within the limit.
 */
export const allCommitted = async (watched: Watched): Promise<void> => {
  const { brokers, topic, groupId, limitMs, stillGoing } = watched
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  try {
    const ends = await admin.fetchTopicOffsets(topic)
    const end = ends.reduce((sum, { high }) => sum + Number(high), 0)
    for (const until = Date.now() + limitMs; ; await sleep(POLL_MS)) {
      stillGoing()
      const [there] = await admin.fetchOffsets({ groupId, topics: [topic] })
      const offsets = there?.partitions.map(({ offset }) => Math.max(0, Number(offset))) ?? []
      const committed = offsets.reduce((sum, offset) => sum + offset, 0)
      if (committed >= end) return
      if (Date.now() > until)
        throw new Error(
          `${groupId} has committed ${committed} of ${end} after ${Math.round(limitMs / 1000)} s`,
        )
    }
  } finally {
    await admin.disconnect()
  }
}
