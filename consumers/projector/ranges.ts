import { storedFacts } from '../../schemas/fold/merge-lookup.ts'
import { placementOf } from '../../schemas/store/cluster.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'

/** Matters from one to before another, in the order of the table; an end that is absent is open. */
export type MatterRange = {
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** The same over `subject`. */
  readonly condition: string
  /** Events in it, about. */
  readonly rows: number
}

/** Events of a range that is read once, in one statement. */
const EVENTS_A_RANGE = 1_000_000

/** Ranges of matters of about so many events, from the marks of the tables' own indexes. */
export const ranges = async (
  store: Store,
  events = EVENTS_A_RANGE,
  tables: readonly string[] = [storedFacts.events],
): Promise<MatterRange[]> => {
  const { gather, localIndex } = placementOf(store)
  const marks = await store.query<{ subject: string; rows: number }>(
    `SELECT subject, rows FROM (${tables.map((table) => gather(`SELECT subject, toUInt64(rows_in_granule) AS rows FROM ${localIndex(table)} WHERE rows_in_granule > 0`)).join(' UNION ALL ')}) ORDER BY subject`,
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
