import { type FoldInput, foldSql } from '../../schemas/fold/fold-sql.ts'
import {
  type FactTables,
  mergeComponents,
  mergedRelation,
  resolveMerges,
  storedFacts,
} from '../../schemas/fold/merge-lookup.ts'
import type { MergeNode } from '../../schemas/fold/merges.ts'
import { placementOf } from '../../schemas/store/cluster.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlStringSet } from '../../schemas/store/sql-text.ts'

/** Matters one INSERT … SELECT folds at most: its list travels in the text of the statement. */
const MATTERS_A_FOLD = 20_000

/** Matters never merged that may be folded in one statement with components: each is a row of its relation. */
const MATTERS_TOGETHER = 5_000

const unmerged = (matterId: string): MergeNode => ({
  matterId,
  mergedInto: '',
  away: [],
  members: [[matterId, 2]],
})

/**
 * A fold of so few matters leaves the other cores to those who ask for figures meanwhile; and on a
 * cluster it has their events read to where it runs, sooner than be analysed on every shard.
 */
const FEW = 5_000

/** Where folded rows go: `folded` is live, a rebuild has its own. `facts`: what is folded; default what is stored. */
export type FoldTarget = {
  readonly table: string
  readonly timezone: string
  readonly facts?: FactTables
}

const factsOf = ({ facts = storedFacts }: FoldTarget): FactTables => facts

/**
 * Settings of a fold with so many threads. Where none is said it may have the machine: then the two
 * views write beside each other, and beside the fold, in two thirds of the time. What is grouped in
 * two levels is grouped so for threads to share: one alone needs a third less without, and less memory.
 */
const settingsFor = (threads: number | undefined): string => {
  if (threads === undefined) return 'parallel_view_processing = 1'
  if (threads > 1) return `max_threads = ${threads}`
  return 'max_threads = 1, max_block_size = 8192, group_by_two_level_threshold = 0, group_by_two_level_threshold_bytes = 0'
}

/** Puts a fold into its target. */
export const insertFold = (
  store: Store,
  target: FoldTarget,
  fold: string,
  threads?: number,
): Promise<void> =>
  store.command(`INSERT INTO ${target.table} ${fold} SETTINGS ${settingsFor(threads)}`)

/** Threads for so many matters. */
const threadsFor = (matters: number): number | undefined => (matters > FEW ? undefined : 1)

/** Folds matters none of which was ever merged, each where its events are. */
export const foldWhereTheyAre = (
  store: Store,
  target: FoldTarget,
  picked: Pick<FoldInput, 'subjects' | 'few' | 'upTo'>,
  threads?: number,
): Promise<void> => {
  const { local, gather } = placementOf(store)
  const { timezone } = target
  return insertFold(
    store,
    target,
    gather(foldSql({ ...picked, events: local(factsOf(target).events), timezone })),
    threads,
  )
}

/** Folds matters none of which was ever merged, by what was received by `upTo`. */
const foldAlone = async (
  store: Store,
  target: FoldTarget,
  matters: readonly string[],
  upTo: number | undefined,
): Promise<void> => {
  for (let from = 0; from < matters.length; from += MATTERS_A_FOLD) {
    const part = matters.slice(from, from + MATTERS_A_FOLD)
    const picked = {
      subjects: `subject IN ${sqlStringSet(part)}`,
      few: true,
      ...(upTo === undefined ? {} : { upTo }),
    }
    const { timezone } = target
    const { events } = factsOf(target)
    if (part.length > FEW) await foldWhereTheyAre(store, target, picked)
    else await insertFold(store, target, foldSql({ ...picked, events, timezone }), 1)
  }
}

/** Matters never merged that are folded with components, by what was received by `upTo`. */
type Alone = { readonly matters: readonly string[]; readonly upTo?: number | undefined }

/**
 * Folds whole merge components into the target, and with the first of them `alone`. The matters of a
 * component may be on several shards: their events are read together, where the statement runs.
 */
export const foldComponents = async (
  store: Store,
  target: FoldTarget,
  groups: readonly (readonly string[])[],
  alone: Alone = { matters: [] },
): Promise<void> => {
  let batch: (readonly string[])[] = []
  let singles = alone.matters
  let size = 0
  const flush = async () => {
    if (batch.length === 0) return
    const { events } = factsOf(target)
    const nodes = await resolveMerges(store, batch, undefined, { events })
    await insertFold(
      store,
      target,
      foldSql({
        subjects: `subject IN ${sqlStringSet([...batch.flat(), ...singles])}`,
        few: true,
        events,
        timezone: target.timezone,
        merged: mergedRelation([...nodes, ...singles.map(unmerged)]),
        ...(singles.length === 0 || alone.upTo === undefined
          ? {}
          : { upTo: alone.upTo, unbounded: batch.flat() }),
      }),
      threadsFor(size + singles.length),
    )
    batch = []
    singles = []
    size = 0
  }
  for (const group of groups) {
    batch.push(group)
    // the relation holds every pair of a component
    size += group.length ** 2
    if (size >= MATTERS_A_FOLD) await flush()
  }
  await flush()
}

/**
 * Folds the matters named, and every matter that ever was merged with one of them, from what is
 * stored now. Doing it again, or by several processes at once, ends in the same rows: the version
 * of a row grows with what its fold saw.
 *
 * `upTo` (epoch ms): of matters never merged, events received later are left to the next fold. Those
 * of a merge component are not: several processes may fold one, each knowing its own bound only, and
 * an event must not be left out by both.
 */
export const foldTouched = async (
  store: Store,
  target: FoldTarget,
  subjects: Iterable<string>,
  upTo = Number.POSITIVE_INFINITY,
): Promise<void> => {
  const bound = Number.isFinite(upTo) ? upTo : undefined
  const touched = new Set(subjects)
  if (touched.size === 0) return
  const groups = await mergeComponents(store, factsOf(target))
  const merged = new Set(groups.flat())
  const alone = [...touched].filter((subject) => !merged.has(subject))
  const regrouped = groups.filter((group) => group.some((matter) => touched.has(matter)))
  // one statement for both where they are few: its analysis is a good part of its price
  const together = regrouped.length > 0 && alone.length <= MATTERS_TOGETHER
  if (!together) await foldAlone(store, target, alone, bound)
  await foldComponents(
    store,
    target,
    regrouped,
    together ? { matters: alone, upTo: bound } : { matters: [] },
  )
}
