import { type FactTables, mergeComponents, storedFacts } from '../../schemas/fold/merge-lookup.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlInstant, sqlStringSet } from '../../schemas/store/sql-text.ts'
import { setMark } from '../../schemas/tables/marks.ts'
import { createNextFold, dropBeside, exchangeFold, next } from './beside.ts'
import { foldPlan, foldRanges } from './fold-ranges.ts'
import { type FoldTarget, foldComponents, foldTouched } from './fold-touched.ts'
import { type MatterRange, ranges } from './ranges.ts'
import { inTurn, requireTurn } from './rebuild-turn.ts'

/** Facts that stand beside those that are stored, to be folded with them. */
export type FactsBeside = {
  readonly tables: FactTables
  /**
   * Puts together what is stored and what is beside only; that gets the mark `storedAt` (epoch ms), by
   * which it is told from what is stored meanwhile.
   */
  readonly gather: (storedAt: number) => Promise<void>
  /** Takes over what was stored since (epoch ms). */
  readonly follow: (since: number) => Promise<void>
  /** Stores what is beside only. */
  readonly bring: () => Promise<void>
}

/** Everything folded beside the live tables. */
export type Built = {
  readonly events: number
  readonly matters: number
  /** Of matters, for reading all of them bit by bit. */
  readonly ranges: readonly MatterRange[]
  /** Epoch ms: what was received by then is folded in both. Undefined where it is not known. */
  readonly seenUpTo: number | undefined
}

export type RebuildOptions = {
  readonly timezone: string
  /** Events folded so far, of how many. */
  readonly onProgress?: (done: number, whole: number) => void
  /** Epoch ms; default the wall clock. */
  readonly now?: () => number
  /** Asked for first: may take its time, and tables beside the live ones. Default: what is stored. */
  readonly factsBeside?: () => Promise<FactsBeside>
  /** Epoch ms: everything received by then is folded in the live tables. Default: not known. */
  readonly watermark?: () => Promise<number>
  /** Asked before the switch; where it says false, the new tables are dropped instead. */
  readonly beforeSwitch?: (built: Built) => Promise<boolean>
  /** Once aborted, the rebuild ends at its next step, with the reason: until the switch begins, which runs to its end. */
  readonly signal?: AbortSignal | undefined
}

/** Options of whoever has the store folded: the others are its own. */
export type RebuildAsked = Omit<RebuildOptions, 'timezone' | 'now'>

export type Rebuilt = {
  readonly events: number
  readonly matters: number
  readonly switched: boolean
}

const storedSince = async (store: Store, sinceMs: number): Promise<string[]> =>
  (
    await store.query<{ subject: string }>(
      `SELECT DISTINCT subject FROM case_events WHERE stored_at >= ${sqlInstant(sinceMs)}`,
    )
  ).map(({ subject }) => subject)

/** Folds again the matters of events stored since: after a stop that was not clean. */
export const refoldStoredSince = async (
  store: Store,
  timezone: string,
  sinceMs: number,
): Promise<void> =>
  foldTouched(store, { table: 'folded', timezone }, await storedSince(store, sinceMs))

/** Stamps of different processes may differ by so much. */
const CLOCK_SLACK_MS = 60_000

/**
 * Folds everything stored, and facts beside it, into tables beside the live ones, in ranges of matters
 * and bounded memory, then switches atomically, table by table. Events may arrive meanwhile: what was
 * stored since the start is folded again before the switch and once more after it. Rejects with
 * STORE_BUSY while another is under way; after a failure nothing is switched, or what the mark
 * `switching_since` says is folded again by whoever opens the store next.
 */
export const rebuild = (
  store: Store,
  {
    timezone,
    onProgress,
    now = Date.now,
    factsBeside,
    watermark,
    beforeSwitch,
    signal,
  }: RebuildOptions,
): Promise<Rebuilt> =>
  inTurn(store, async (turn) => {
    const goOn = (): void => signal?.throwIfAborted()
    try {
      goOn()
      await dropBeside(store)
      const facts = await factsBeside?.()
      goOn()
      const since = now() - CLOCK_SLACK_MS
      const broughtAt = since - 1
      await facts?.gather(broughtAt)
      goOn()
      const tables = facts?.tables ?? storedFacts
      const target: FoldTarget = { table: next('folded'), timezone, facts: tables }
      await createNextFold(store)
      const groups = await mergeComponents(store, tables)
      const plan = await foldPlan(store, tables.events)
      const whole = plan.reduce((sum, { rows }) => sum + rows, 0)
      let done = 0
      const alone = `subject NOT IN ${sqlStringSet(groups.flat())}`
      await foldRanges(store, target, plan, ({ condition }) => `${condition} AND ${alone}`, {
        onFolded: (rows) => {
          done += rows
          onProgress?.(done, whole)
          goOn()
        },
      })
      await foldComponents(store, target, groups)
      goOn()
      const seenUpTo = await watermark?.()
      await facts?.follow(since)
      await foldTouched(store, target, await storedSince(store, since))
      goOn()
      const [counts] = await store.query<{ matters: number; events: number }>(
        `SELECT (SELECT count() FROM ${next('matters')} FINAL) AS matters, (SELECT count() FROM ${tables.events} FINAL) AS events`,
      )
      const built = { events: counts?.events ?? 0, matters: counts?.matters ?? 0 }
      // comparing holds less of an event than folding, and costs a statement a range
      const compared = await ranges(store, undefined, [tables.events])
      const switched = (await beforeSwitch?.({ ...built, ranges: compared, seenUpTo })) ?? true
      if (switched) {
        await requireTurn(turn)
        goOn()
        await setMark(store, 'switching_since', String(broughtAt))
        await facts?.bring()
        await exchangeFold(store)
        await refoldStoredSince(store, timezone, since)
        await setMark(store, 'switching_since', '')
      }
      return { ...built, switched }
    } finally {
      if (await turn.holds()) await dropBeside(store)
    }
  })
