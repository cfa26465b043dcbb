import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import iconv from 'iconv-lite'
import { PulseError } from '../../schemas/errors.ts'
import { type Cell, cellText } from './cell.ts'
import type { Mapping } from './mapping.ts'
import { type RejectedRow, reasonColumn } from './reject.ts'

/** Takes refused rows as they come; `close` puts the file in its place, `abandon` leaves none behind. */
export type RejectsFile = {
  readonly write: (rows: readonly RejectedRow[]) => Promise<void>
  readonly close: () => Promise<void>
  readonly abandon: () => Promise<void>
}

const csvLine = (cells: readonly string[], delimiter: string): string => {
  const quoted = cells.map((cell) =>
    cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  )
  return `${quoted.join(delimiter)}\r\n`
}

/** What is written of a cell: text as it was, so that the mended row is the same row again. */
const written = (cell: Cell): string => (typeof cell === 'string' ? cell : cellText(cell))

/**
 * A CSV of refused rows that the same mapping reads again once they are mended: the ledger's own
 * header, delimiter and encoding, and a column of reasons (`原因 reason`), which an import passes
 * over. It holds what the ledger holds, identities too, so only its owner may read it (mode 600).
 *
 * Throws INPUT_INVALID where it cannot be written or would overwrite the ledger.
 */
export const createRejectsFile = async (
  path: string,
  ledgerPath: string,
  mapping: Mapping,
  header: readonly string[],
): Promise<RejectsFile> => {
  if (resolve(path) === resolve(ledgerPath))
    throw new PulseError(
      'INPUT_INVALID',
      `--rejects ${path} is the ledger itself; name another file.`,
    )
  const { delimiter, encoding } = mapping
  const encode = (text: string): Buffer => iconv.encode(text, encoding)
  const kept = header
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => name !== reasonColumn)
  const unfinished = `${path}.part`
  const file: FileHandle = await open(unfinished, 'w', 0o600).catch((cause: unknown) => {
    throw new PulseError(
      'INPUT_INVALID',
      `--rejects ${path} cannot be written; check the folder.`,
      {
        cause,
      },
    )
  })
  const names = kept.map(({ name }) => name)
  // A spreadsheet takes UTF-8 for something else without the mark.
  const mark = encoding === 'utf-8' ? '\uFEFF' : ''
  await file.write(encode(mark + csvLine([...names, reasonColumn], delimiter)))
  return {
    write: async (rows) => {
      const lines = rows.map(({ column, reason, cells }) => {
        const texts = kept.map(({ index }) => written(cells[index]))
        // Cells beyond the header come after the reason: nothing of the row is lost.
        const beyond = cells.slice(header.length).map(written)
        const why = column === '' ? reason : `${column}: ${reason}`
        return csvLine([...texts, why, ...beyond], delimiter)
      })
      if (lines.length > 0) await file.write(encode(lines.join('')))
    },
    close: async () => {
      await file.close()
      await rename(unfinished, path)
    },
    abandon: async () => {
      await file.close()
      await rm(unfinished, { force: true })
    },
  }
}
