import type { Assignment } from './assignment.ts'
import type { Feed, LogEnds } from './kafka-feed.ts'

/** Keeps in view where the partitions of the topic end. */
export type EndsWatch = {
  /** Asks now; who asks while an answer is under way shares it. */
  readonly look: () => Promise<readonly LogEnds[]>
  /** Positions that were there at the last look and are not stored yet. */
  readonly unstored: () => number
  /** Whether anything arrived of late, in any partition of the topic. */
  readonly active: () => boolean
}

/** So long after the last arrival a topic counts as active. */
const ACTIVE_MS = 2_000

export const createEndsWatch = (
  feed: Pick<Feed, 'ends'>,
  assignment: Assignment,
  now: () => number,
): EndsWatch => {
  let ends: readonly LogEnds[] = []
  let lastArrival = 0
  let underWay: Promise<readonly LogEnds[]> | undefined

  const sum = (all: readonly LogEnds[]): number => all.reduce((total, { end }) => total + end, 0)

  const ask = async (): Promise<readonly LogEnds[]> => {
    const askedAt = now()
    const found = await feed.ends()
    if (sum(found) !== sum(ends)) lastArrival = askedAt
    ends = found
    for (const { partition, end } of found) assignment.of(partition)?.progress.endSeen(end, askedAt)
    return found
  }

  return {
    look: () => {
      underWay ??= ask().finally(() => {
        underWay = undefined
      })
      return underWay
    },
    unstored: () =>
      ends.reduce((total, { partition, end }) => {
        const progress = assignment.of(partition)?.progress
        const next = progress?.next()
        if (progress === undefined || next === undefined) return total
        return total + Math.max(0, end - next) + progress.unstored()
      }, 0),
    active: () => now() < lastArrival + ACTIVE_MS,
  }
}
