import { foldSql } from '../../schemas/fold/fold-sql.ts'
import { mergeComponents, mergedRelation, resolveMerges } from '../../schemas/fold/merge-lookup.ts'
import type { MergeNode } from '../../schemas/fold/merges.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlStringSet } from '../../schemas/store/sql-text.ts'

/** Matters one INSERT … SELECT folds at most: its list travels in the text of the statement. */
const MATTERS_A_FOLD = 20_000

/** Matters never merged that may be folded in one statement with components: each is a row of its relation. */
const MATTERS_TOGETHER = 2_000

const unmerged = (matterId: string): MergeNode => ({
  matterId,
  mergedInto: '',
  away: [],
  members: [[matterId, 2]],
})

/** Where folded rows go: `folded` is live, a rebuild has its own. */
export type FoldTarget = { readonly table: string; readonly timezone: string }

/**
 * Puts a fold into its target. A fold has one row a matter, so there is nothing to collapse in what
 * is inserted, and looking for it costs as much as writing. The two views write beside each other,
 * and beside the fold: a rebuild takes two thirds of the time.
 */
export const insertFold = (store: Store, target: FoldTarget, fold: string): Promise<void> =>
  store.command(
    `INSERT INTO ${target.table} ${fold} SETTINGS optimize_on_insert = 0, parallel_view_processing = 1`,
  )

/** Folds matters none of which was ever merged. */
const foldAlone = async (
  store: Store,
  target: FoldTarget,
  matters: readonly string[],
): Promise<void> => {
  for (let from = 0; from < matters.length; from += MATTERS_A_FOLD) {
    const part = sqlStringSet(matters.slice(from, from + MATTERS_A_FOLD))
    const { timezone } = target
    await insertFold(
      store,
      target,
      foldSql({ subjects: `subject IN ${part}`, few: true, timezone }),
    )
  }
}

/** Folds whole merge components into the target, and with the first of them `alone`, never merged. */
export const foldComponents = async (
  store: Store,
  target: FoldTarget,
  groups: readonly (readonly string[])[],
  alone: readonly string[] = [],
): Promise<void> => {
  let batch: (readonly string[])[] = []
  let singles = alone
  let size = 0
  const flush = async () => {
    if (batch.length === 0) return
    const nodes = await resolveMerges(store, batch)
    await insertFold(
      store,
      target,
      foldSql({
        subjects: `subject IN ${sqlStringSet([...batch.flat(), ...singles])}`,
        few: true,
        timezone: target.timezone,
        merged: mergedRelation([...nodes, ...singles.map(unmerged)]),
      }),
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
 */
export const foldTouched = async (
  store: Store,
  target: FoldTarget,
  subjects: Iterable<string>,
): Promise<void> => {
  const touched = new Set(subjects)
  if (touched.size === 0) return
  const groups = await mergeComponents(store)
  const merged = new Set(groups.flat())
  const alone = [...touched].filter((subject) => !merged.has(subject))
  const regrouped = groups.filter((group) => group.some((matter) => touched.has(matter)))
  // one statement for both where they are few: its analysis is a good part of its price
  const together = regrouped.length > 0 && alone.length <= MATTERS_TOGETHER
  if (!together) await foldAlone(store, target, alone)
  await foldComponents(store, target, regrouped, together ? alone : [])
}
