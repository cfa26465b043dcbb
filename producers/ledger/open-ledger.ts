import { open } from 'node:fs/promises'
import { PulseError } from '../../schemas/errors.ts'
import { type Cell, cellText } from './cell.ts'
import { csvRows } from './csv-rows.ts'
import type { Fault } from './field-reader.ts'
import type { SheetRow, SheetRows } from './ledger-rows.ts'
import { type Mapping, mappedColumns } from './mapping.ts'
import { xlsxRows } from './xlsx-rows.ts'
import { suggestion } from './yaml-reader.ts'

/** `row` counts as a spreadsheet does: the header of a plain ledger is row 1, its first data row 2. */
export type LedgerRow = {
  readonly row: number
  /** In the order of the header; may be shorter. */
  readonly cells: readonly Cell[]
  /** Why the row is refused before its cells are looked at. */
  readonly broken?: Fault
}

export type Ledger = {
  readonly header: readonly string[]
  readonly headerRow: number
  /** Rows after the header in batches; rows with nothing in them are left out. */
  readonly batches: AsyncIterable<readonly LedgerRow[]>
  readonly bytes: number
  readonly bytesRead: () => number
}

/** Titles and notes may stand above the header. */
const mostRowsAboveHeader = 20

export const headerText = (cell: Cell): string => cellText(cell).replace(/\s+/g, ' ')

const startsWith = (bytes: Buffer, ...signature: number[]): boolean =>
  signature.every((byte, index) => bytes[index] === byte)

/** What the first bytes of a file say it is. Throws INPUT_INVALID where it cannot be read at all. */
export const sniffFormat = async (path: string): Promise<'zip' | 'text'> => {
  const refuse = (what: string, cause?: unknown): never => {
    throw new PulseError('INPUT_INVALID', `The ledger ${path} ${what}`, { cause })
  }
  const file = await open(path).catch((cause: unknown) =>
    refuse('cannot be opened; check the path and that it may be read.', cause),
  )
  try {
    const { bytesRead, buffer } = await file
      .read(Buffer.alloc(8), 0, 8, 0)
      .catch((cause: unknown) => refuse('cannot be read; it is not a file.', cause))
    if (bytesRead === 0) return refuse('is empty.')
    if (startsWith(buffer, 0xd0, 0xcf, 0x11, 0xe0))
      return refuse('is an old .xls or has a password; save it as .xlsx without one.')
    if (startsWith(buffer, 0xff, 0xfe) || startsWith(buffer, 0xfe, 0xff))
      return refuse('is UTF-16 text; save it as CSV UTF-8.')
    return startsWith(buffer, 0x50, 0x4b, 0x03, 0x04) ? 'zip' : 'text'
  } finally {
    await file.close()
  }
}

const openRows = async (path: string, mapping: Mapping): Promise<SheetRows> => {
  const found = await sniffFormat(path)
  if (found === 'zip' && mapping.format === 'csv')
    throw new PulseError(
      'INPUT_INVALID',
      `${path} is a workbook, and the mapping ${mapping.fileName} is for CSV: write \`format: xlsx\`.`,
    )
  // A CSV beside a workbook's mapping is what --rejects has written of it.
  return found === 'zip'
    ? xlsxRows(path, mapping.sheet)
    : csvRows(path, mapping.encoding, mapping.delimiter)
}

/** A header over two rows has its upper names where the lower row is empty (cells merged downwards). */
const headerOf = (row: SheetRow, above: SheetRow | undefined): readonly string[] => {
  const names = Array.from(row.cells, headerText)
  if (above?.row !== row.row - 1) return names
  const width = Math.max(names.length, above.cells.length)
  return Array.from({ length: width }, (_, index) => names[index] || headerText(above.cells[index]))
}

/** Header names for a message; what may be data (a file without a header) is not repeated. */
const shown = (names: readonly string[]): string =>
  names
    .filter((name) => name !== '' && name.length <= 40 && !/\d{5}/.test(name))
    .slice(0, 30)
    .join(', ')

const missingHeader = (
  path: string,
  mapping: Mapping,
  best: readonly string[],
  missing: readonly string[],
): PulseError => {
  const names = missing.map((name) => `"${name}"${suggestion(name, best)}`).join(', ')
  const garbled = best.some((name) => name.includes('\uFFFD'))
  const other = mapping.encoding === 'gb18030' ? 'utf-8' : 'gb18030'
  const hint = garbled
    ? ` The names are garbled: the file is not ${mapping.encoding}; set \`encoding\` in the mapping (${other}?).`
    : ''
  return new PulseError(
    'INPUT_INVALID',
    `${path} has no column ${names}, which the mapping ${mapping.fileName} names. Its header has: ${shown(best)}.${hint}`,
    { details: { columns: missing } },
  )
}

const isBlank = (cells: readonly Cell[]): boolean => cells.every((cell) => cellText(cell) === '')

const checkTwice = (path: string, header: readonly string[], wanted: ReadonlySet<string>): void => {
  for (const name of wanted)
    if (header.indexOf(name) !== header.lastIndexOf(name))
      throw new PulseError(
        'INPUT_INVALID',
        `${path} has two columns "${name}", which the mapping names: rename one of them.`,
      )
}

type Found = { header: readonly string[]; row: number; rest: readonly SheetRow[] }

const findHeader = async (path: string, mapping: Mapping, rows: SheetRows): Promise<Found> => {
  const wanted = mappedColumns(mapping)
  let best: { header: readonly string[]; missing: readonly string[] } | undefined
  let above: SheetRow | undefined
  let looked = 0
  for (;;) {
    const { value, done } = await rows.batches.next()
    if (done === true) break
    for (const [index, row] of value.entries()) {
      if (isBlank(row.cells)) continue
      looked += 1
      const header = headerOf(row, above)
      const missing = [...wanted].filter((name) => !header.includes(name))
      if (missing.length === 0) return { header, row: row.row, rest: value.slice(index + 1) }
      if (best === undefined || missing.length < best.missing.length) best = { header, missing }
      if (looked > mostRowsAboveHeader)
        throw missingHeader(path, mapping, best.header, best.missing)
      above = row
    }
  }
  throw missingHeader(path, mapping, best?.header ?? [], best?.missing ?? [...wanted])
}

const checkRow = (
  { row, cells, broken, errors }: SheetRow,
  header: readonly string[],
  used: readonly number[],
  ragged: boolean,
): LedgerRow => {
  const fault = (column: string, reason: string): LedgerRow => ({
    row,
    cells,
    broken: { column, reason },
  })
  if (broken !== undefined) return fault('', broken)
  for (const index of used) {
    const error = errors?.get(index)
    if (error !== undefined)
      return fault(header[index] ?? '', `holds the error ${error}; mend its formula`)
  }
  // Cells shift when a delimiter is missing or one too many; a workbook's cells have their columns.
  if (ragged && (cells.length < header.length || !isBlank(cells.slice(header.length))))
    return fault('', `has ${cells.length} cells where the header has ${header.length}`)
  return { row, cells }
}

const withoutEmptyEnd = (header: readonly string[]): readonly string[] =>
  header.slice(0, header.findLastIndex((name) => name !== '') + 1)

/**
 * Opens a ledger for reading by a mapping: finds the header (the first row, of the first twenty or
 * so, that has every column the mapping names; a header may stand over two rows) and gives the rows
 * after it. Memory does not grow with the file, save for a workbook's table of shared texts.
 *
 * Throws INPUT_INVALID where the file or its header cannot be used; a bad row is not an error but
 * carries `broken`.
 */
export const openLedger = async (path: string, mapping: Mapping): Promise<Ledger> => {
  const rows = await openRows(path, mapping)
  const found = await findHeader(path, mapping, rows).catch(async (cause: unknown) => {
    await rows.batches.return(undefined)
    throw cause
  })
  const header = withoutEmptyEnd(found.header)
  const wanted = mappedColumns(mapping)
  checkTwice(path, header, wanted)
  const used = [...wanted].map((name) => header.indexOf(name))
  const check = (batch: readonly SheetRow[]): readonly LedgerRow[] =>
    batch.flatMap((row) =>
      row.broken === undefined && isBlank(row.cells)
        ? []
        : [checkRow(row, header, used, rows.ragged)],
    )
  async function* batches(): AsyncGenerator<readonly LedgerRow[]> {
    yield check(found.rest)
    for await (const batch of rows.batches) yield check(batch)
  }
  return {
    header,
    headerRow: found.row,
    batches: batches(),
    bytes: rows.bytes,
    bytesRead: rows.bytesRead,
  }
}
