import { partitionOf } from '../../schemas/log/positions.ts'
import type { LogMark } from '../../schemas/log/progress.ts'
import type { LogOffsets } from './check-positions.ts'
import type { PartitionReport } from './report.ts'

const otherTopic = (
  fedBy: LogMark | undefined,
  later: readonly LogOffsets[],
): readonly string[] => {
  const [first] = later
  const asked = first === undefined ? undefined : partitionOf(first.origin).topic
  return fedBy === undefined || asked === undefined || asked === fedBy.topic
    ? []
    : [
        `The store is fed from ${fedBy.topic}, and ${asked} was asked, as KAFKA_TOPIC_PREFIX says: what the group passed over unread of ${fedBy.topic} is not seen.`,
      ]
}

/** A group that is not the one of the consumers, or that was deleted. */
const nothingCommitted = (
  partitions: readonly PartitionReport[],
  later: readonly LogOffsets[],
): readonly string[] => {
  const origins = new Set(later.map(({ origin }) => origin))
  return later.some(({ committed }) => committed !== undefined) ||
    !partitions.some(({ origin, folded }) => origins.has(origin) && folded > 0)
    ? []
    : [
        'The group has committed nothing, and yet the store has read of the topic: see that KAFKA_GROUP_ID is that of the consumers. A group that was deleted reads the log from its beginning, which changes nothing.',
      ]
}

/** Partitions the group was set back in: positions that are stored are committed a moment later, or were. */
const setBack = (
  partitions: readonly PartitionReport[],
  later: readonly LogOffsets[],
): readonly string[] => {
  const now = new Map(later.map((one) => [one.origin, one.committed]))
  return partitions.flatMap(({ origin, folded, committed }) => {
    const goesOn = now.get(origin) ?? committed
    if (committed === undefined || goesOn === undefined || goesOn >= folded) return []
    return [
      `${origin}: the group goes on at ${goesOn}, and everything before ${folded} is stored and folded. What is delivered again changes nothing.`,
    ]
  })
}

/**
 * What is worth knowing of a reconciliation and no gap. `later`: the log, asked after the store was
 * read; undefined where it could not be asked.
 */
export const notesOf = (
  fedBy: LogMark | undefined,
  partitions: readonly PartitionReport[],
  later: readonly LogOffsets[] | undefined,
): readonly string[] => {
  if (later !== undefined)
    return [
      ...otherTopic(fedBy, later),
      ...nothingCommitted(partitions, later),
      ...setBack(partitions, later),
    ]
  return fedBy === undefined
    ? []
    : [
        `The log (topic ${fedBy.topic}) was not asked, since KAFKA_BROKERS is not set: what the group passed over unread is not seen.`,
      ]
}
