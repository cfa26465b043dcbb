import { mergeComponents } from '../../schemas/fold/merge-lookup.ts'
import { onCluster, placementOf } from '../../schemas/store/cluster.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlInstant, sqlString, sqlStringSet } from '../../schemas/store/sql-text.ts'
import {
  copyStatements,
  dropTableStatements,
  exchangeStatement,
} from '../../schemas/tables/cluster-ddl.ts'
import { foldComponents, foldTouched, foldWhereTheyAre } from './fold-touched.ts'

export type RebuildOptions = {
  readonly timezone: string
  /** Events folded so far, of how many. */
  readonly onProgress?: (done: number, whole: number) => void
  /** Epoch ms; default the wall clock. */
  readonly now?: () => number
}

/** Events of one fold: what it holds in memory grows with it (about 1 KB an event). */
const EVENTS_A_FOLD = 1_000_000

/** Matters from one to before another, in the order of the table; an end that is absent is open. */
export type MatterRange = {
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** The same over `subject`. */
  readonly condition: string
  /** Events in it, about. */
  readonly rows: number
}

/** Ranges of matters of about so many events, from the marks of the table's own index. */
export const ranges = async (store: Store, events = EVENTS_A_FOLD): Promise<MatterRange[]> => {
  const { gather, localIndex } = placementOf(store)
  const marks = await store.query<{ subject: string; rows: number }>(
    `${gather(`SELECT subject, toUInt64(rows_in_granule) AS rows FROM ${localIndex('case_events')} WHERE rows_in_granule > 0`)} ORDER BY subject`,
  )
  const found: MatterRange[] = []
  let from: string | undefined
  let rows = 0
  const close = (to: string | undefined) => {
    const conditions = [
      ...(from === undefined ? [] : [`subject >= ${sqlString(from)}`]),
      ...(to === undefined ? [] : [`subject < ${sqlString(to)}`]),
    ]
    found.push({ from, to, condition: conditions.join(' AND ') || 'true', rows })
    from = to
    rows = 0
  }
  for (const mark of marks) {
    if (rows >= events && mark.subject !== from) close(mark.subject)
    rows += mark.rows
  }
  close(undefined)
  return found
}

const next = (table: string) => `${table}_next`

const dropNext = async (store: Store): Promise<void> => {
  for (const view of ['folded_to_matters', 'folded_to_petitions'])
    await store.command(`DROP VIEW IF EXISTS ${next(view)}${onCluster(store.cluster)} SYNC`)
  for (const table of ['folded', 'matters', 'petitions'])
    for (const statement of dropTableStatements(next(table), store.cluster))
      await store.command(statement)
}

/** The tables and views of the fold a second time, empty, beside the live ones. */
const createNext = async (store: Store): Promise<void> => {
  await dropNext(store)
  for (const table of ['matters', 'petitions', 'folded'])
    for (const statement of copyStatements(table, next(table), store.cluster))
      await store.command(statement)
  for (const [view, target] of [
    ['folded_to_matters', 'matters'],
    ['folded_to_petitions', 'petitions'],
  ] as const) {
    const [row] = await store.query<{ q: string }>(
      `SELECT as_select AS q FROM system.tables WHERE database = currentDatabase() AND name = ${sqlString(view)}`,
    )
    const select = (row?.q ?? '').replace(/FROM (\w+\.)?folded\b/, `FROM ${next('folded')}`)
    await store.command(
      `CREATE MATERIALIZED VIEW ${next(view)}${onCluster(store.cluster)} TO ${next(target)} AS ${select}`,
    )
  }
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
 * Folds everything stored into tables beside the live ones, in ranges of matters and bounded
 * memory, then switches atomically, table by table. Events may arrive meanwhile: what was stored
 * since the start is folded again before the switch and once more after it.
 */
export const rebuild = async (
  store: Store,
  { timezone, onProgress, now = Date.now }: RebuildOptions,
): Promise<{ events: number; matters: number }> => {
  const startedAt = now()
  await createNext(store)
  const target = { table: next('folded'), timezone }
  const groups = await mergeComponents(store)
  const merged = groups.flat()
  const plan = await ranges(store)
  const whole = plan.reduce((sum, { rows }) => sum + rows, 0)
  let done = 0
  for (const { condition, rows } of plan) {
    const subjects = `${condition} AND subject NOT IN ${sqlStringSet(merged)}`
    await foldWhereTheyAre(store, target, { subjects })
    done += rows
    onProgress?.(done, whole)
  }
  await foldComponents(store, target, groups)
  await foldTouched(store, target, await storedSince(store, startedAt - CLOCK_SLACK_MS))
  for (const table of ['matters', 'petitions'])
    await store.command(exchangeStatement(table, next(table), store.cluster))
  await refoldStoredSince(store, timezone, startedAt - CLOCK_SLACK_MS)
  await dropNext(store)
  const [counts] = await store.query<{ matters: number; events: number }>(
    'SELECT (SELECT count() FROM matters FINAL) AS matters, (SELECT count() FROM case_events FINAL) AS events',
  )
  return { events: counts?.events ?? 0, matters: counts?.matters ?? 0 }
}
