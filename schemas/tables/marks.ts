import type { Store } from '../store/port.ts'
import { sqlString } from '../store/sql-text.ts'

/**
 * Single values the store remembers about itself (table `marks`).
 * - timezone: the zone the folded rows' due dates were computed in.
 * - folding_since: epoch ms; events stored from then on may not be folded yet. '' after a clean stop.
 * - switching_since: epoch ms; the same while rebuilt tables take the place of the live ones. '' else.
 * - rebuilding: who rebuilds, and until when it holds without a further word (JSON). '' where nobody does.
 * - log: the log that feeds the store, JSON of `LogMark`. '' where none does.
 */
export type Mark =
  | 'timezone'
  | 'folding_since'
  | 'switching_since'
  | 'rebuilding'
  | 'log'
  | LedgerMark

type LedgerMark = `ledger ${string}` | `ledger-key ${string}`

/** Epoch ms at which an import of one ledger last came to its end. */
export const ledgerMark = (source: string, idPrefix: string): LedgerMark =>
  `ledger ${source} ${idPrefix}`

/** By which secret the identities of one ledger became keys: its print, never the secret. */
export const ledgerKeyMark = (source: string, idPrefix: string): LedgerMark =>
  `ledger-key ${source} ${idPrefix}`

/** The value of a mark, '' where it was never set. */
export const readMarks = async (store: Store): Promise<(mark: Mark) => string> => {
  const rows = await store.query<{ key: string; value: string }>(
    'SELECT key, value FROM marks FINAL',
  )
  return (mark) => rows.find(({ key }) => key === mark)?.value ?? ''
}

export const setMark = (store: Pick<Store, 'command'>, mark: Mark, value: string): Promise<void> =>
  store.command(`INSERT INTO marks (key, value) SELECT ${sqlString(mark)}, ${sqlString(value)}`)
