import { readProgress } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlInstant } from '../../schemas/store/sql-text.ts'
import { readMarks } from '../../schemas/tables/marks.ts'
import { closeHours } from '../conservation/close-hours.ts'
import { outcomesUpTo } from '../conservation/outcomes.ts'
import { checkEnds } from './check-ends.ts'
import { checkFolded } from './check-folded.ts'
import { checkHours } from './check-hours.ts'
import { checkPositions, type LogOffsets } from './check-positions.ts'
import { checkEvents, checkLetters } from './check-stored.ts'
import { notesOf } from './notes.ts'
import { remember } from './remember.ts'
import type { NamedPosition, Reconciliation } from './report.ts'

/** The log, where it can be asked. */
export type LogPorts = {
  /** Every partition of the topic: what it has, read before and after what the group has committed. */
  readonly offsets: () => Promise<readonly LogOffsets[]>
  /** The same positions, with the event that stands there where the log still has it. */
  readonly name: (positions: readonly NamedPosition[]) => Promise<readonly NamedPosition[]>
}

export type ReconcilePorts = {
  readonly store: Store
  /** Epoch ms: everything received up to then is stored and folded. */
  readonly watermark: () => Promise<number>
  readonly log?: LogPorts
  readonly now: () => number
}

/**
 * Events that must have been folded, as a condition over `case_events`. Where others store past this
 * process, what their mark says they may not have folded need not be.
 */
const dueCondition = async (store: Store, watermark: number, fed: boolean): Promise<string> => {
  const received = `received_at <= ${sqlInstant(watermark)}`
  if (fed || store.kind === 'embedded') return received
  const since = (await readMarks(store))('folding_since')
  return since === '' ? received : `(${received} AND stored_at < ${sqlInstant(Number(since))})`
}

/**
 * Compares the log, the group, the raw rows and the folded rows, and names everything that is missing.
 * Exact while consumers run: what is read first bounds what is demanded of what is read later. What is
 * only not done yet is lag. Keeps its result in the store.
 */
export const reconcile = async (
  { store, watermark, log, now }: ReconcilePorts,
  progress: (done: number, whole: number) => void = () => undefined,
): Promise<Reconciliation> => {
  const at = new Date(now()).toISOString()
  const offsets = (await log?.offsets()) ?? []
  const read = await readProgress(store)
  const upTo = await watermark()
  const folded = new Map(read.origins.map((one) => [one.origin, one.folded]))
  const due = await dueCondition(store, upTo, read.log !== undefined)

  const positions = await checkPositions(store, offsets, folded)
  if (positions.gaps.length === 0) await closeHours(store, now())
  const hours = await checkHours(store, now())
  const events = await checkEvents(store, async (places) => log?.name(places) ?? places)
  const letters = await checkLetters(store)
  const rows = await checkFolded(store, due, progress)
  const later = await log?.offsets()
  const ends = checkEnds(positions.partitions, later ?? [])
  const [counts] = await store.query<{ events: number }>(
    'SELECT count() AS events FROM case_events',
  )
  const gaps = [...positions.gaps, ...ends, ...hours, ...events, ...letters, ...rows.gaps]
  const report: Reconciliation = {
    at,
    clean: gaps.length === 0,
    watermark: new Date(upTo).toISOString(),
    gaps,
    notes: notesOf(read.log, positions.partitions, later),
    ...(read.log === undefined ? {} : { outcomes: await outcomesUpTo(store, upTo) }),
    partitions: positions.partitions,
    events: counts?.events ?? 0,
    matters: rows.matters,
    petitions: rows.petitions,
  }
  await remember(store, report)
  return report
}
