import { originOf } from '../../schemas/log/positions.ts'
import { createPartitionProgress, type PartitionProgress } from './partition-progress.ts'

/** A partition that is ours for now. */
export type AssignedPartition = {
  readonly partition: number
  readonly origin: string
  readonly progress: PartitionProgress
  /** What this consumer writes of it counts while nobody has a greater one; undefined before it claimed it. */
  claim?: number
  /** Whether it is known where it begins and what was promised of it. */
  recalled: boolean
}

/** The partitions of a topic that the group has given to this consumer. */
export type Assignment = {
  /**
   * Takes over a new assignment. Of a member that never left, partitions it keeps go on where they
   * are; all others begin anew. Gives where to go on reading.
   */
  readonly assign: (partitions: readonly number[], kept: boolean) => ReadonlyMap<number, number>
  /** Another claimed it: nothing of it is ours until it is assigned again. */
  readonly lose: (partition: AssignedPartition) => void
  /** Whether any was lost since the last assignment. */
  readonly anyLost: () => boolean
  readonly of: (partition: number) => AssignedPartition | undefined
  readonly all: () => readonly AssignedPartition[]
  /** Everything received up to then, from any of them, is stored; -Infinity where it is not known. */
  readonly storedUpTo: () => number
}

export const createAssignment = (topic: string): Assignment => {
  let assigned = new Map<number, AssignedPartition>()
  let lost = false

  const begun = (partition: number): AssignedPartition => ({
    partition,
    origin: originOf(topic, partition),
    progress: createPartitionProgress(),
    recalled: false,
  })

  return {
    assign: (partitions, kept) => {
      lost = false
      const before = kept ? assigned : new Map<number, AssignedPartition>()
      assigned = new Map(
        partitions.map((partition) => [partition, before.get(partition) ?? begun(partition)]),
      )
      const goOn = new Map<number, number>()
      for (const [partition, { progress }] of assigned) {
        const next = progress.next()
        if (next !== undefined) goOn.set(partition, next)
      }
      return goOn
    },
    lose: (ours) => {
      if (assigned.get(ours.partition) !== ours) return
      assigned.delete(ours.partition)
      lost = true
    },
    anyLost: () => lost,
    of: (partition) => assigned.get(partition),
    all: () => [...assigned.values()],
    storedUpTo: () =>
      [...assigned.values()].reduce(
        (least, { progress }) => Math.min(least, progress.storedUpTo()),
        Number.POSITIVE_INFINITY,
      ),
  }
}
