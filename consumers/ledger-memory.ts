import type { LedgerState } from '../schemas/log/ledger-state.ts'
import type { Store } from '../schemas/store/port.ts'
import { sqlString } from '../schemas/store/sql-text.ts'
import { ledgerKeyMark, ledgerMark, readMarks, setMark } from '../schemas/tables/marks.ts'

/** What a store knows of the ledgers that were imported into it. */
export type LedgerMemory = {
  /** What was imported of one ledger before: the matter and the id of every event whose id begins so. */
  readonly priorLedgerEvents: (
    source: string,
    idPrefix: string,
  ) => Promise<{ subject: string; id: string }[]>
  readonly ledgerState: (source: string, idPrefix: string) => Promise<LedgerState>
  /** Keeps what is given, leaves the rest as it is. */
  readonly noteLedger: (source: string, idPrefix: string, state: LedgerState) => Promise<void>
}

export const ledgerMemory = (store: Store, now: () => number = Date.now): LedgerMemory => ({
  priorLedgerEvents: (source, idPrefix) =>
    store.query<{ subject: string; id: string }>(
      `SELECT DISTINCT subject, id FROM case_events WHERE source = ${sqlString(source)} AND startsWith(id, ${sqlString(idPrefix)}) ORDER BY id, subject`,
    ),
  ledgerState: async (source, idPrefix) => {
    const read = await readMarks(store)
    const keyPrint = read(ledgerKeyMark(source, idPrefix))
    return {
      finished: read(ledgerMark(source, idPrefix)) !== '',
      ...(keyPrint === '' ? {} : { keyPrint }),
    }
  },
  noteLedger: async (source, idPrefix, { finished, keyPrint }) => {
    if (keyPrint !== undefined) await setMark(store, ledgerKeyMark(source, idPrefix), keyPrint)
    if (finished === true) await setMark(store, ledgerMark(source, idPrefix), String(now()))
  },
})
