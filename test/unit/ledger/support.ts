import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Cell } from '../../../producers/ledger/cell.ts'
import { importLedger, type LedgerImportOptions } from '../../../producers/ledger/import-ledger.ts'
import { loadMapping } from '../../../producers/ledger/load-mapping.ts'
import {
  compileRowMapper,
  type MappedRow,
  pseudonymizerOf,
} from '../../../producers/ledger/map-row.ts'
import type { RejectedRow } from '../../../producers/ledger/reject.ts'
import type { CaseEvent } from '../../../schemas/events/event.ts'

export const pseudonymKey = 'ab'.repeat(32)

/** A file in a folder of its own that goes when the test ends. */
export const temporaryFile = async (
  name: string,
  content: string | Uint8Array,
): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

/** Maps single rows, cells by column name, by one mapping. */
export const rowMapper = (yaml: string, header: readonly string[]) => {
  const mapping = loadMapping(yaml, 'test.yaml')
  const map = compileRowMapper(mapping, header, pseudonymizerOf(mapping, pseudonymKey))
  return (cells: Readonly<Record<string, Cell>>): MappedRow =>
    map(header.map((name) => cells[name]))
}

/** The events of a row that has to be good, without the envelope that is the same for all. */
export const eventsOf = (row: MappedRow) => {
  if (!row.ok) throw new Error(`refused: ${JSON.stringify(row.faults)}`)
  return row.events.map(({ wire }) => wire)
}

export const faultsOf = (row: MappedRow) => {
  if (row.ok) throw new Error('the row was taken')
  return row.faults
}

/** Reads a whole ledger file. */
export const importFile = async (
  path: string,
  yaml: string,
  options: Partial<LedgerImportOptions> = {},
) => {
  const run = await importLedger({
    path,
    mapping: loadMapping(yaml, 'test.yaml'),
    prior: [],
    importTime: Date.UTC(2025, 0, 1),
    pseudonymKey,
    ...options,
  })
  const events: CaseEvent[] = []
  const rejected: RejectedRow[] = []
  for await (const batch of run.batches) {
    events.push(...batch.events)
    rejected.push(...batch.rejected)
  }
  return { events, rejected, counts: run.counts(), header: run.header }
}
