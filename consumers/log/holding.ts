import { PulseError } from '../../schemas/errors.ts'
import { kafkaError } from '../../schemas/log/kafka/kafka-error.ts'
import { NO_WATERMARK, type OriginProgress } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { AssignedPartition, Assignment } from './assignment.ts'
import { claimOrigins, lostClaims } from './claims.ts'
import type { Feed, LogEnds } from './kafka-feed.ts'
import type { Promised } from './partition-progress.ts'

export type HoldingOptions = {
  readonly store: Pick<Store, 'kind' | 'query' | 'insert'>
  readonly topic: string
  readonly assignment: Assignment
  readonly committed: Feed['committed']
  /** Where the partitions end; may give an answer that was under way. */
  readonly look: () => Promise<readonly LogEnds[]>
  readonly sessionTimeoutMs: number
  /** Positions the log no longer has, from one to before another, that nobody read. */
  readonly onGone: (partition: number, from: number, to: number) => void
  readonly log: (line: string) => void
  readonly now: () => number
}

/** Takes hold of the partitions the group assigns, and tells when they are another's. */
export type Holding = {
  /** Claims those that are new, and has them know where they begin: then all are. */
  readonly recall: () => Promise<void>
  /** Of what was fetched, that of partitions nobody else has claimed since. */
  readonly owned: <Fetched extends Pick<AssignedPartition, 'partition' | 'progress'>>(
    fetched: readonly Fetched[],
  ) => Promise<Fetched[]>
  /** Whether a partition was claimed by another, and the group does not take it from us. */
  readonly takenForGood: () => boolean
}

/** Beyond two sessions, for the group to take a partition from a consumer that lost it. */
const LOST_MS = 10_000

const promisedBefore = ({ folded, told }: OriginProgress): Promised | undefined =>
  told > NO_WATERMARK ? { folded, watermark: told } : undefined

export const createHolding = ({
  store,
  topic,
  assignment,
  committed,
  look,
  sessionTimeoutMs,
  onGone,
  log,
  now,
}: HoldingOptions): Holding => {
  let recalling: Promise<void> | undefined
  let lostSince: number | undefined

  const recallFresh = async (): Promise<void> => {
    const fresh = assignment.all().filter(({ recalled }) => !recalled)
    const origins = fresh.map(({ origin }) => origin)
    const claimed = await claimOrigins(store, origins, now())
    // an answer under way may have been asked for before the claim
    await look()
    const [positions, ends] = await Promise.all([committed(), look()]).catch((cause: unknown) => {
      throw kafkaError(cause, `Asking what the group has of ${topic}`)
    })
    for (const ours of fresh) {
      const before = claimed.get(ours.origin)
      if (before === undefined) continue
      const { low = 0, end = 0 } = ends.find(({ partition }) => partition === ours.partition) ?? {}
      const start = positions.get(ours.partition) ?? low
      if (start < low) onGone(ours.partition, start, low)
      ours.claim = before.claim
      ours.progress.recall(Math.max(start, low), promisedBefore(before), end)
      ours.recalled = true
    }
    if (claimed.size < fresh.length)
      throw new PulseError(
        'LOG_UNAVAILABLE',
        `Another consumer claimed partitions of ${topic} at the same moment. They are claimed again.`,
        { retriable: true },
      )
  }

  return {
    // one at a time: of two claims of this consumer the lesser would not stand
    recall: async () => {
      for (;;) {
        while (recalling !== undefined) await recalling.catch(() => undefined)
        if (assignment.all().every(({ recalled }) => recalled)) return
        recalling = recallFresh().finally(() => {
          recalling = undefined
        })
        await recalling
      }
    },
    owned: async (fetched) => {
      const isOurs = ({
        partition,
        progress,
      }: Pick<AssignedPartition, 'partition' | 'progress'>): boolean =>
        assignment.of(partition)?.progress === progress
      // a store inside this process has no other consumer
      if (store.kind === 'embedded') return fetched.filter(isOurs)
      const holders = new Set(
        fetched.filter(isOurs).flatMap(({ partition }) => assignment.of(partition) ?? []),
      )
      for (const holder of await lostClaims(store, [...holders])) {
        assignment.lose(holder)
        log(
          `${topic}/${holder.partition}: another consumer has it now, and reads again what was fetched of it here.`,
        )
      }
      return fetched.filter(isOurs)
    },
    takenForGood: () => {
      lostSince = assignment.anyLost() ? (lostSince ?? now()) : undefined
      return lostSince !== undefined && now() > lostSince + 2 * sessionTimeoutMs + LOST_MS
    },
  }
}
