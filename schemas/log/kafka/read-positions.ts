import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import { forgetGroup } from './forget-group.ts'
import { kafkaError } from './kafka-error.ts'

/** A position of one topic, and its value. */
export type ReadPosition = {
  readonly partition: number
  readonly position: number
  readonly value: Uint8Array
}

/** Letting go waits for the fetch under way. */
const FETCH_WAIT_MS = 100

type Wanted = Pick<ReadPosition, 'partition' | 'position'>

const keyOf = ({ partition, position }: Wanted): string => `${partition}/${position}`

/**
 * The messages at some positions of a topic, where it still has them: for a look, as a group of its
 * own that commits nothing and is deleted again. What has not come within `limitMs` is left out.
 */
export const readPositions = async (
  kafka: Kafka,
  topic: string,
  wanted: readonly Wanted[],
  limitMs: number,
): Promise<readonly ReadPosition[]> => {
  if (wanted.length === 0) return []
  const groupId = `petition-pulse-look-${randomUUID()}`
  const open = new Set(wanted.map(keyOf))
  const found: ReadPosition[] = []
  /** The next position wanted of a partition, behind one that was seen. */
  const next = (partition: number, after: number): number | undefined =>
    wanted
      .filter((one) => one.partition === partition && one.position > after && open.has(keyOf(one)))
      .map(({ position }) => position)
      .sort((a, b) => a - b)[0]
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    retry: { retries: 2 },
  })
  const until = Date.now() + limitMs
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    const seek = (partition: number, after: number): void => {
      const position = next(partition, after)
      if (position === undefined) consumer.pause([{ topic, partitions: [partition] }])
      else consumer.seek({ topic, partition, offset: String(position) })
    }
    consumer.on('consumer.group_join', ({ payload }) => {
      for (const partition of payload.memberAssignment[topic] ?? []) seek(partition, -1)
    })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { partition, messages } }) => {
        for (const { offset, value } of messages) {
          const one = { partition, position: Number(offset) }
          if (open.delete(keyOf(one))) found.push({ ...one, value: value ?? Buffer.alloc(0) })
        }
        // what was passed over is not there any more
        const last = Number(messages.at(-1)?.offset ?? -1)
        for (const one of wanted)
          if (one.partition === partition && one.position <= last) open.delete(keyOf(one))
        seek(partition, last)
      },
    })
    while (open.size > 0 && Date.now() < until) await sleep(50)
  } catch (error) {
    throw kafkaError(error, `Looking into ${topic}`)
  } finally {
    await consumer.disconnect().catch(() => undefined)
    await forgetGroup(kafka, groupId)
  }
  return found
}
