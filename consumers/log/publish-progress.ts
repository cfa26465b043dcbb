import { PulseError } from '../../schemas/errors.ts'
import { NO_WATERMARK, readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { AssignedPartition, Assignment } from './assignment.ts'
import type { Feed } from './kafka-feed.ts'
import type { CommitWhen, PartitionProgress, Promised } from './partition-progress.ts'
import { storeProgress } from './progress-rows.ts'
import type { ConsumerSeries } from './series.ts'
import type { OnStep } from './steps.ts'

export type PublisherOptions = {
  readonly store: Pick<Store, 'query' | 'insert'>
  readonly assignment: Assignment
  readonly feed: Pick<Feed, 'commit'>
  /** The earliest stamp that may be stored and not folded; Infinity where all is. */
  readonly unfoldedFrom: () => number
  /** Whether anything arrives: else the watermark may take its time. */
  readonly active: () => boolean
  readonly series: ConsumerSeries
  readonly onStep: OnStep
  readonly onFailure: (error: unknown) => void
  readonly onSuccess: () => void
  readonly now: () => number
}

/** Tells the store and the group how far folding has come. */
export type Publisher = {
  /** Does so now; who asks meanwhile shares the next round. Never rejects. */
  readonly publish: () => Promise<void>
  /** Resolves when everything received up to then (epoch ms) is visible in every figure. */
  readonly visibleUpTo: (moment: number) => Promise<void>
}

/** With nothing arriving the watermark is written so often: nobody's figures wait for it. */
const IDLE_MS = 5_000
/** A member that was thrown out may have committed less, after us: what holds is said again. */
const COMMIT_AGAIN_MS = 30_000
/** A position is committed once figures show it; but not for ever where another's partition holds them up. */
const COMMIT_ANYWAY_MS = 60_000
/** Who waits for longer is told to ask again. */
const LONGEST_WAIT_MS = 600_000

type Waiter = {
  readonly moment: number
  readonly until: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export const createPublisher = (options: PublisherOptions): Publisher => {
  const { store, assignment, feed, now, onStep, series } = options
  const written = new WeakMap<PartitionProgress, Promised>()
  const begunAt = now()
  let lastWritten = 0
  let committedAllAt = begunAt
  let waiters: Waiter[] = []
  let running: Promise<void> | undefined
  let again = false

  const news = ({ origin, claim, progress }: AssignedPartition) => {
    const promised = progress.promised()
    const before = written.get(progress)
    return claim === undefined ||
      promised === undefined ||
      (before?.watermark === promised.watermark && before.folded === promised.folded)
      ? []
      : [{ origin, claim, progress, promised }]
  }

  const write = async (parts: readonly AssignedPartition[], folded: boolean): Promise<void> => {
    const urgent = folded || waiters.length > 0 || options.active()
    if (!urgent && now() < lastWritten + IDLE_MS) return
    const rows = parts.flatMap(news)
    await storeProgress(
      store,
      rows.map(({ origin, claim, promised }) => ({ origin, claim, ...promised })),
      now(),
    )
    for (const { progress, promised } of rows) written.set(progress, promised)
    lastWritten = now()
  }

  const commit = async (parts: readonly AssignedPartition[], when: CommitWhen): Promise<void> => {
    const due = parts.flatMap(({ partition, progress }) => {
      const position = progress.toCommit(when)
      return position === undefined ? [] : [{ partition, progress, position }]
    })
    if (due.length === 0) return
    await onStep('committing')
    try {
      await feed.commit(due.map(({ partition, position }) => [partition, position]))
    } catch (error) {
      series.commitRefused()
      throw error
    }
    for (const { progress, position } of due) progress.committed(position)
    if (when.again) committedAllAt = now()
    await onStep('committed')
  }

  const tellWaiters = (watermark: number): void => {
    const still: Waiter[] = []
    for (const waiter of waiters) {
      if (watermark >= waiter.moment) waiter.resolve()
      else if (now() < waiter.until) still.push(waiter)
      else
        waiter.reject(
          new PulseError(
            'LOG_UNAVAILABLE',
            'The events are durable, but it takes long until figures count them. Nothing needs to be sent again.',
            { retriable: true },
          ),
        )
    }
    waiters = still
  }

  const round = async (): Promise<void> => {
    const parts = assignment.all().filter(({ recalled }) => recalled)
    const unfoldedFrom = options.unfoldedFrom()
    const folded = parts.flatMap(({ progress }) => progress.foldedBefore(unfoldedFrom, now()))
    await write(parts, folded.length > 0)
    for (const { received } of folded)
      if (Number.isFinite(received.from)) series.visible(now() - received.from)
    const again = now() >= committedAllAt + COMMIT_AGAIN_MS
    const all = { visibleUpTo: Number.POSITIVE_INFINITY, anyway: 0, again }
    const anyoneWaits = parts.some(({ progress }) => progress.toCommit(all) !== undefined)
    if (waiters.length === 0 && !anyoneWaits) return
    const watermark = watermarkOf(await readProgress(store)) ?? NO_WATERMARK
    tellWaiters(watermark)
    await commit(parts, { visibleUpTo: watermark, anyway: now() - COMMIT_ANYWAY_MS, again })
  }

  const rounds = async (): Promise<void> => {
    do {
      again = false
      await round().then(options.onSuccess, (error: unknown) => {
        tellWaiters(NO_WATERMARK)
        options.onFailure(error)
      })
    } while (again)
    running = undefined
  }

  return {
    publish: () => {
      if (running === undefined) running = rounds()
      else again = true
      return running
    },
    visibleUpTo: (moment) =>
      new Promise((resolve, reject) => {
        waiters.push({ moment, until: now() + LONGEST_WAIT_MS, resolve, reject })
      }),
  }
}
