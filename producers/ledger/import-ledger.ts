import type { CaseEvent } from '../../schemas/events/event.ts'
import { ledgerPrefix } from './event-identity.ts'
import { compileRowMapper, pseudonymizerOf, type RowMapper } from './map-row.ts'
import { identityColumns, type Mapping } from './mapping.ts'
import { type Ledger, type LedgerRow, openLedger } from './open-ledger.ts'
import {
  type ImportPlan,
  type PlanCounts,
  type PriorLedgerEvent,
  planImport,
} from './plan-import.ts'
import { keyPrint, pseudonymizer } from './pseudonym.ts'
import { type RejectedRow, rejectOf } from './reject.ts'

export type LedgerImportOptions = {
  readonly path: string
  readonly mapping: Mapping
  /** The secret of PULSE_PSEUDONYM_KEY; needed only by mappings with `hmac`. */
  readonly pseudonymKey?: string | undefined
  /** What is stored under (`mapping.source`, `importPrefix(mapping)`), retractions included. */
  readonly prior: readonly PriorLedgerEvent[]
  /** Epoch ms. */
  readonly importTime: number
  readonly removeMissing?: boolean
  /** See PlanOptions. */
  readonly finishedBefore?: boolean
}

/**
 * Events to publish, in order, and the rows refused since the batch before. The events of a row are
 * never spread over two batches: publish a batch as one where a crash must not leave half a row.
 */
export type ImportBatch = {
  readonly events: readonly CaseEvent[]
  readonly rejected: readonly RejectedRow[]
  /** Rows so far, and bytes of the file, for a progress bar. */
  readonly rows: number
  readonly bytesRead: number
}

export type LedgerImport = {
  readonly header: readonly string[]
  readonly bytes: number
  readonly batches: AsyncIterable<ImportBatch>
  /** Complete when `batches` has ended. `rows` counts those with anything in them. */
  readonly counts: () => PlanCounts & { readonly rows: number; readonly rejected: number }
}

/** What the ids of all events imported from this ledger begin with. */
export const importPrefix = (mapping: Mapping): string =>
  ledgerPrefix(mapping.source, mapping.ledger)

/**
 * Print of the secret that the pseudonyms of this mapping are made with; nothing where it makes none.
 * Throws CONFIG_INVALID for a secret that is missing or wrong.
 */
export const keyPrintOf = (mapping: Mapping, secret: string | undefined): string | undefined =>
  identityColumns(mapping).size === 0 ? undefined : keyPrint(pseudonymizer(secret))

type Taken = { readonly events: readonly CaseEvent[]; readonly rejected?: RejectedRow }

const takeRow = ({ row, cells, broken }: LedgerRow, map: RowMapper, plan: ImportPlan): Taken => {
  // A row that is broken as such says nothing for certain, not even which row it is.
  const mapped =
    broken === undefined ? map(cells) : ({ ok: false, keys: [], faults: [broken] } as const)
  const events = plan.take(mapped)
  return mapped.ok ? { events } : { events, rejected: { ...rejectOf(row, mapped.faults), cells } }
}

/** A batch is closed at the first row after so many events; retractions come last, cut to as many. */
const eventsPerBatch = 2000

async function* importBatches(
  ledger: Ledger,
  map: RowMapper,
  plan: ImportPlan,
  total: { rows: number; rejected: number },
): AsyncGenerator<ImportBatch> {
  let events: CaseEvent[] = []
  let rejected: RejectedRow[] = []
  const batch = (): ImportBatch => {
    const made = { events, rejected, rows: total.rows, bytesRead: ledger.bytesRead() }
    events = []
    rejected = []
    return made
  }
  for await (const rows of ledger.batches) {
    for (const row of rows) {
      const taken = takeRow(row, map, plan)
      total.rows += 1
      for (const event of taken.events) events.push(event)
      if (taken.rejected !== undefined) {
        total.rejected += 1
        rejected.push(taken.rejected)
      }
      if (events.length >= eventsPerBatch) yield batch()
    }
    yield batch()
  }
  const retractions = plan.finish()
  for (let from = 0; from < retractions.length; from += eventsPerBatch)
    yield {
      events: retractions.slice(from, from + eventsPerBatch),
      rejected: [],
      rows: total.rows,
      bytesRead: ledger.bytes,
    }
}

/**
 * Opens a ledger and plans its import. Nothing is published here: the caller publishes the batches
 * in order (or, for a dry run, only reads them) and then asks for the counts.
 *
 * Throws INPUT_INVALID for a file or header that cannot be used, CONFIG_INVALID for a secret that is
 * missing or wrong; bad rows come out as `rejected`.
 */
export const importLedger = async (options: LedgerImportOptions): Promise<LedgerImport> => {
  const { path, mapping, importTime, removeMissing, finishedBefore } = options
  const pseudonym = pseudonymizerOf(mapping, options.pseudonymKey)
  const ledger = await openLedger(path, mapping)
  const map = compileRowMapper(mapping, ledger.header, pseudonym)
  const plan = planImport(options.prior, {
    source: mapping.source,
    importTime,
    sharedIndexes: new Set(
      mapping.events.flatMap(({ id, index }) => (id === undefined ? [] : [index])),
    ),
    ...(removeMissing === undefined ? {} : { removeMissing }),
    ...(finishedBefore === undefined ? {} : { finishedBefore }),
  })
  const total = { rows: 0, rejected: 0 }
  return {
    header: ledger.header,
    bytes: ledger.bytes,
    batches: importBatches(ledger, map, plan, total),
    counts: () => ({ ...plan.counts(), ...total }),
  }
}
