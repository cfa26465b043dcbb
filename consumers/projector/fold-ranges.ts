import { availableParallelism } from 'node:os'
import type { Store } from '../../schemas/store/port.ts'
import { type FoldTarget, foldWhereTheyAre } from './fold-touched.ts'
import { type MatterRange, ranges } from './ranges.ts'

/**
 * Events of one fold, which holds about 1 KB of each and takes 0.2 s to analyse. Here two are at work,
 * beside whatever else this process does.
 */
const EVENTS_A_FOLD = { embedded: 200_000, server: 250_000 } as const

/** The ranges to fold of the matters in a table of events. */
export const foldPlan = (store: Store, events: string): Promise<MatterRange[]> =>
  ranges(store, EVENTS_A_FOLD[store.kind], [events])

export type FoldRangesOptions = {
  /** Asked before each fold; where it says true the call rejects, and what is left is unfolded. */
  readonly stopped?: (() => boolean) | undefined
  /** Told the events of each range folded. */
  readonly onFolded?: ((rows: number) => void) | undefined
}

/**
 * Folds ranges of matters none of which was ever merged. `subjects` is the condition that picks the
 * matters of a range. In the embedded engine two folds run beside each other, each on half of the
 * cores: that took 0.7 of the time of one after another on all of them, for the half of a fold that
 * is one thread's work. A server has others to serve.
 */
export const foldRanges = async (
  store: Store,
  target: FoldTarget,
  plan: readonly MatterRange[],
  subjects: (range: MatterRange) => string,
  { stopped = () => false, onFolded }: FoldRangesOptions = {},
): Promise<void> => {
  const { commandBeside } = store
  const lanes =
    commandBeside === undefined
      ? [{ on: store }]
      : [store, { ...store, command: commandBeside }].map((on) => ({
          on,
          threads: Math.max(1, Math.floor(availableParallelism() / 2)),
        }))
  const left = [...plan]
  const run = async ({ on, threads }: { on: Store; threads?: number }) => {
    for (let range = left.shift(); range !== undefined; range = left.shift()) {
      if (stopped()) throw new Error('folding was stopped')
      await foldWhereTheyAre(on, target, { subjects: subjects(range) }, threads)
      onFolded?.(range.rows)
    }
  }
  // who is told of a failure may count on no fold being at work any more
  const ends = await Promise.allSettled(
    lanes.map((lane) =>
      run(lane).catch((error: unknown) => {
        left.length = 0
        throw error
      }),
    ),
  )
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
