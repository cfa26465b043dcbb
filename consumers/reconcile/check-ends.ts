import type { LogOffsets } from './check-positions.ts'
import type { Gap, PartitionReport } from './report.ts'

const gapOf = (origin: string, end: number, reached: number, message: string): Gap => ({
  kind: 'offsets',
  found: reached - end,
  origin,
  from: end,
  to: reached - 1,
  message: `${origin}: ${message}`,
})

/**
 * Partitions whose log ends before what was read or committed of it. `later`: the log, asked after the
 * store was read, so that it is the longer one while it grows.
 */
export const checkEnds = (
  partitions: readonly PartitionReport[],
  later: readonly LogOffsets[],
): readonly Gap[] => {
  const ends = new Map(later.map(({ origin, end }) => [origin, end]))
  return partitions.flatMap(({ origin, folded, stored, committed = 0 }) => {
    const end = ends.get(origin)
    const read = Math.max(folded, stored)
    if (end === undefined || Math.max(read, committed) <= end) return []
    const ahead = `the group has committed ${committed}: set it back to ${end} while it is stopped, or what comes next may be passed over.`
    if (read <= end) return [gapOf(origin, end, committed, `the log ends at ${end} and ${ahead}`)]
    return [
      gapOf(
        origin,
        end,
        read,
        `the log ends at ${end} and was read up to ${read}: it was cut off, or the topic was made anew. What was stored is still there. A topic that is made anew needs another name (KAFKA_TOPIC_PREFIX): its messages would take the places of those accounted for.${committed > end ? ` Where it was cut off, ${ahead}` : ''}`,
      ),
    ]
  })
}
