import { foldSql } from '../../schemas/fold/fold-sql.ts'
import { mergeComponents, mergedRelation, resolveMerges } from '../../schemas/fold/merge-lookup.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlStringSet } from '../../schemas/store/sql-text.ts'

/** Matters one INSERT … SELECT folds at most: its list travels in the text of the statement. */
const MATTERS_A_FOLD = 20_000

/** Where folded rows go: `folded` is live, a rebuild has its own. */
export type FoldTarget = { readonly table: string; readonly timezone: string }

/**
 * Puts a fold into its target. A fold has one row a matter, so there is nothing to collapse in what
 * is inserted, and looking for it costs as much as writing.
 */
export const insertFold = (store: Store, target: FoldTarget, fold: string): Promise<void> =>
  store.command(`INSERT INTO ${target.table} ${fold} SETTINGS optimize_on_insert = 0`)

/** Folds matters none of which was ever merged. */
const foldAlone = async (
  store: Store,
  target: FoldTarget,
  matters: readonly string[],
): Promise<void> => {
  for (let from = 0; from < matters.length; from += MATTERS_A_FOLD) {
    const part = sqlStringSet(matters.slice(from, from + MATTERS_A_FOLD))
    const { timezone } = target
    await insertFold(store, target, foldSql({ subjects: `subject IN ${part}`, timezone }))
  }
}

/** Folds whole merge components into the target. */
export const foldComponents = async (
  store: Store,
  target: FoldTarget,
  groups: readonly (readonly string[])[],
): Promise<void> => {
  let batch: (readonly string[])[] = []
  let size = 0
  const flush = async () => {
    if (batch.length === 0) return
    const nodes = await resolveMerges(store, batch)
    await insertFold(
      store,
      target,
      foldSql({
        subjects: `subject IN ${sqlStringSet(batch.flat())}`,
        timezone: target.timezone,
        merged: mergedRelation(nodes),
      }),
    )
    batch = []
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
  await foldAlone(
    store,
    target,
    [...touched].filter((subject) => !merged.has(subject)),
  )
  await foldComponents(
    store,
    target,
    groups.filter((group) => group.some((matter) => touched.has(matter))),
  )
}
