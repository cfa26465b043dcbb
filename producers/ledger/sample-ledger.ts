import { open } from 'node:fs/promises'
import { PulseError } from '../../schemas/errors.ts'
import { type Cell, cellText } from './cell.ts'
import { csvRows } from './csv-rows.ts'
import type { SheetRow, SheetRows } from './ledger-rows.ts'
import { headerText, sniffFormat } from './open-ledger.ts'
import { xlsxRows } from './xlsx-rows.ts'

/** What can be told of a ledger without a mapping: how it is written, its header, its first rows. */
export type LedgerSample = {
  readonly format: 'csv' | 'xlsx'
  readonly encoding: 'utf-8' | 'gb18030'
  readonly delimiter: string
  /** Which sheet of a workbook, counted from 1. */
  readonly sheet: number
  readonly header: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

const sampleRows = 500
const sampleBytes = 1 << 16

const readStart = async (path: string): Promise<Buffer> => {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(sampleBytes), 0, sampleBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const encodingOf = (start: Buffer): 'utf-8' | 'gb18030' => {
  try {
    // `stream`: a character cut in half by the end of the sample is no mistake.
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true })
    return 'utf-8'
  } catch {
    return 'gb18030'
  }
}

/** The candidate that occurs most, outside quotes, in the first line of some length. */
const delimiterOf = (start: Buffer, encoding: 'utf-8' | 'gb18030'): string => {
  const text = new TextDecoder(encoding).decode(start)
  const lines = text.split(/\r\n?|\n/).slice(0, 20)
  const counts = [',', '\t', ';', '|'].map((candidate) => ({
    candidate,
    count: Math.max(
      ...lines.map((line) => line.replace(/"[^"]*"/g, '').split(candidate).length - 1),
    ),
  }))
  return counts.toSorted((a, b) => b.count - a.count)[0]?.candidate ?? ','
}

const filled = (row: SheetRow): number => row.cells.filter((cell) => cellText(cell) !== '').length

/** The first row nearly as full as the fullest of the first twenty: titles have one cell or two. */
const headerAt = (rows: readonly SheetRow[]): number => {
  const first = rows.slice(0, 20).map(filled)
  const most = Math.max(0, ...first)
  return first.findIndex((count) => count > 0 && count >= most * 0.6)
}

const gather = async (rows: SheetRows): Promise<readonly SheetRow[]> => {
  const gathered: SheetRow[] = []
  for await (const batch of rows.batches) {
    for (const row of batch) if (row.broken === undefined) gathered.push(row)
    if (gathered.length >= sampleRows) break
  }
  return gathered.slice(0, sampleRows)
}

type Start = { readonly sheet: number; readonly rows: readonly SheetRow[] }

/** A ledger has at least this many columns; notes and covers have fewer. */
const fewestColumns = 3
const mostSheets = 20

/** The first sheet with rows wide enough for a ledger, else the first sheet. */
const workbookStart = async (path: string): Promise<Start> => {
  const first: Start = { sheet: 1, rows: await gather(await xlsxRows(path, 1)) }
  for (let start = first; start.sheet <= mostSheets; ) {
    if (start.rows.some((row) => filled(row) >= fewestColumns)) return start
    const sheet = start.sheet + 1
    const next = await xlsxRows(path, sheet).catch(() => undefined)
    if (next === undefined) break
    start = { sheet, rows: await gather(next) }
  }
  return first
}

/** Reads the beginning of a ledger. Throws INPUT_INVALID where there is nothing to read. */
export const sampleLedger = async (path: string): Promise<LedgerSample> => {
  const zip = (await sniffFormat(path)) === 'zip'
  const bytes = zip ? Buffer.alloc(0) : await readStart(path)
  const encoding = encodingOf(bytes)
  const delimiter = zip ? ',' : delimiterOf(bytes, encoding)
  const { sheet, rows } = zip
    ? await workbookStart(path)
    : { sheet: 1, rows: await gather(await csvRows(path, encoding, delimiter)) }
  const at = headerAt(rows)
  const header = rows[at]
  if (header === undefined)
    throw new PulseError('INPUT_INVALID', `${path} has no rows a mapping could be guessed from.`)
  return {
    format: zip ? 'xlsx' : 'csv',
    encoding,
    delimiter,
    sheet,
    header: Array.from(header.cells, headerText),
    rows: rows.slice(at + 1).map(({ cells }) => cells),
  }
}
