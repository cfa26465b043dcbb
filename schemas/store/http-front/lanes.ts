import { busy } from './exceptions.ts'
import { type Lane, type Need, openLane } from './lane.ts'
import type { FrontLimits } from './limits.ts'

/** The connections of a front to the engine, and the queue before them. */
export type Lanes = {
  /**
   * Runs `work` on a lane made to fit, alone on it. `mentions`: whether the statement may speak of a
   * value of this name. Rejects as busy when none comes free in time. A lane that `work` spends is
   * not used again.
   */
  readonly use: <T>(
    need: Need,
    mentions: (name: string) => boolean,
    work: (lane: Lane, spend: () => void) => Promise<T>,
  ) => Promise<T>
  /** Waits for what runs, then lets go of the engine. */
  readonly close: () => Promise<void>
}

/**
 * The engine frees a connection only once the statements that ran when it was closed have ended. So
 * many may be waiting for that; then a lane is waited for, as if all were at work.
 */
const MOST_RETIRING = 200

type Waiting = {
  readonly need: Need
  readonly start: () => void
  readonly giveUp: (why: string) => void
}

export const openLanes = (
  path: string,
  limits: Pick<FrontLimits, 'lanes' | 'lanesForWrites' | 'waitMs'>,
): Lanes => {
  const idle: Lane[] = []
  const queue: Waiting[] = []
  const running = new Set<Promise<unknown>>()
  let open = 0
  let reading = 0
  let retiring = 0
  let closed = false

  const retire = (lane: Lane): void => {
    open--
    lane.close()
    retiring++
    void Promise.allSettled([...running]).then(() => {
      retiring--
      serveQueue()
    })
  }
  const mayStart = (need: Need): boolean =>
    running.size < limits.lanes &&
    retiring < MOST_RETIRING &&
    (!need.readOnly || reading < limits.lanes - limits.lanesForWrites)
  const serveQueue = (): void => {
    for (let at = 0; at < queue.length; ) {
      const waiting = queue[at]
      if (waiting === undefined || !mayStart(waiting.need)) at++
      else {
        queue.splice(at, 1)
        waiting.start()
      }
    }
  }

  /** The idle lane that fits best; else a new one, for which the one idle longest makes room. */
  const take = (need: Need, mentions: (name: string) => boolean): Lane => {
    let best: { readonly at: number; readonly distance: number } | undefined
    for (const [at, lane] of idle.entries()) {
      const distance = lane.distance(need, mentions)
      if (distance !== undefined && (best === undefined || distance < best.distance))
        best = { at, distance }
    }
    const [lane] = best === undefined ? [] : idle.splice(best.at, 1)
    if (lane !== undefined) return lane
    if (open >= limits.lanes) {
      const oldest = idle.shift()
      if (oldest !== undefined) retire(oldest)
    }
    const opened = openLane(path, need.readOnly)
    open++
    return opened
  }

  const runOn = async <T>(
    need: Need,
    mentions: (name: string) => boolean,
    work: (lane: Lane, spend: () => void) => Promise<T>,
  ): Promise<T> => {
    const lane = take(need, mentions)
    let spent = true
    try {
      await lane.prepare(need)
      spent = false
      return await work(lane, () => {
        spent = true
      })
    } finally {
      if (spent || closed) retire(lane)
      else idle.push(lane)
    }
  }

  const start = <T>(
    need: Need,
    mentions: (name: string) => boolean,
    work: (lane: Lane, spend: () => void) => Promise<T>,
  ): Promise<T> => {
    if (need.readOnly) reading++
    const task = runOn(need, mentions, work)
    running.add(task)
    const ended = (): void => {
      running.delete(task)
      if (need.readOnly) reading--
      serveQueue()
    }
    task.then(ended, ended)
    return task
  }

  return {
    use: (need, mentions, work) => {
      if (closed) return Promise.reject(busy('The store front is stopping.'))
      if (mayStart(need)) return start(need, mentions, work)
      return new Promise((resolve, reject) => {
        const waiting: Waiting = {
          need,
          start: () => {
            clearTimeout(timer)
            start(need, mentions, work).then(resolve, reject)
          },
          giveUp: (why) => {
            clearTimeout(timer)
            reject(busy(why))
          },
        }
        const timer = setTimeout(() => {
          queue.splice(queue.indexOf(waiting), 1)
          waiting.giveUp(`No connection to the engine came free in ${limits.waitMs / 1000} s.`)
        }, limits.waitMs)
        queue.push(waiting)
      })
    },
    close: async () => {
      closed = true
      for (const waiting of queue.splice(0)) waiting.giveUp('The store front is stopping.')
      while (running.size > 0) await Promise.allSettled([...running])
      for (const lane of idle.splice(0)) lane.close()
    },
  }
}
