import { mergeComponents, storedFacts } from '../../schemas/fold/merge-lookup.ts'
import { placementOf } from '../../schemas/store/cluster.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlInstant, sqlStringSet } from '../../schemas/store/sql-text.ts'
import { foldPlan, foldRanges } from './fold-ranges.ts'
import { type FoldTarget, foldComponents } from './fold-touched.ts'

/** Where more of all events than this are new, looking for the others costs more than folding them. */
const MOST_LEFT_OUT = 0.7

/**
 * Folds every matter of which an event was stored since (epoch ms), in ranges of matters and bounded
 * memory: for more of them than a list should hold. `stopped` is asked between ranges; what is left
 * is then unfolded, and the call rejects.
 */
export const foldStoredSince = async (
  store: Store,
  target: FoldTarget,
  since: number,
  stopped?: () => boolean,
): Promise<void> => {
  const recent = `stored_at >= ${sqlInstant(since)}`
  const groups = await mergeComponents(store)
  const alone = `subject NOT IN ${sqlStringSet(groups.flat())}`
  const [counted] = await store.query<{ share: number }>(
    `SELECT countIf(${recent}) / greatest(count(), 1) AS share FROM case_events`,
  )
  const most = (counted?.share ?? 1) >= 1 - MOST_LEFT_OUT
  const stored = placementOf(store).local(storedFacts.events)
  const touched = (condition: string) =>
    most ? 'true' : `subject IN (SELECT subject FROM ${stored} WHERE ${condition} AND ${recent})`
  await foldRanges(
    store,
    target,
    await foldPlan(store, storedFacts.events),
    ({ condition }) => `${condition} AND ${alone} AND ${touched(condition)}`,
    { stopped },
  )
  await foldComponents(store, target, groups)
}
