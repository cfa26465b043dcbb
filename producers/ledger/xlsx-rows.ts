import { PulseError } from '../../schemas/errors.ts'
import type { Cell } from './cell.ts'
import { formattedNumber } from './cell-format.ts'
import type { SheetRow, SheetRows } from './ledger-rows.ts'
import { readWorkbook, unescapeText, type Workbook } from './workbook.ts'
import { openWorkbookArchive, unreadable } from './workbook-archive.ts'
import { type ElementHandler, readElements } from './xml-elements.ts'

/** A sheet is read piece by piece, so this bounds time, not memory. */
const sheetPart = 4 * 1024 * 1024 * 1024
const mostColumns = 16_384
const longestCell = 1 << 20

/** Column 0 for A3, 27 for AB1; -1 where the cell does not say. */
const columnOf = (reference: string | undefined): number => {
  let column = 0
  for (const letter of reference ?? '') {
    const code = letter.charCodeAt(0) - 64
    if (code < 1 || code > 26) break
    column = column * 26 + code
  }
  return column - 1
}

type OpenCell = { column: number; type: string; style: number; text: string }

/** A date as ISO text (`t="d"`), which has no time zone in a workbook. */
const isoDate = (text: string): Cell => {
  const date = new Date(/[T ]/.test(text) ? `${text.replace(' ', 'T')}Z` : text)
  return Number.isNaN(date.getTime()) ? text : date
}

/**
 * The value of a cell, a formula's as it was last computed. `undefined`: empty.
 * An error such as #N/A is no value: it is given as `{ error }`.
 */
const cellValue = (cell: OpenCell, workbook: Workbook): Cell | { readonly error: string } => {
  const { text, type } = cell
  if (text === '') return undefined
  switch (type) {
    case 's':
      return workbook.sharedStrings[Number(text)]
    case 'str':
    case 'inlineStr':
      return unescapeText(text)
    case 'b':
      return text.trim() === '1' || text.trim() === 'true'
    case 'e':
      return { error: text }
    case 'd':
      return isoDate(text)
    default: {
      const value = Number(text)
      if (Number.isNaN(value)) return text
      const format = workbook.formats[cell.style] ?? { kind: 'number' }
      return formattedNumber(value, format, workbook.date1904)
    }
  }
}

/** Gathers rows from the elements of a sheet; `take` empties what has come together. */
const rowGatherer = (workbook: Workbook) => {
  let rows: SheetRow[] = []
  let row = 0
  let cells: Cell[] = []
  let errors: Map<number, string> | undefined
  let cell: OpenCell | undefined
  let inValue = false
  let phonetic = false
  const closeCell = (): void => {
    if (cell === undefined) return
    const value = cellValue(cell, workbook)
    if (typeof value === 'object' && !(value instanceof Date)) {
      errors ??= new Map()
      errors.set(cell.column, value.error)
    } else cells[cell.column] = value
    cell = undefined
  }
  const handler: ElementHandler = {
    open: (element, attribute) => {
      if (element === 'c') {
        const column = columnOf(attribute('r'))
        cell = {
          column: column < 0 ? cells.length : column,
          type: attribute('t') ?? 'n',
          style: Number(attribute('s') ?? '0'),
          text: '',
        }
        if (cell.column >= mostColumns) throw new Error('a row has more columns than a sheet can')
      } else if (element === 'v' || element === 't') inValue = true
      else if (element === 'rPh') phonetic = true
      else if (element === 'row') {
        const number = Number(attribute('r'))
        row = Number.isInteger(number) && number > 0 ? number : row + 1
        cells = []
        errors = undefined
      }
    },
    text: (piece) => {
      if (!inValue || phonetic || cell === undefined) return
      cell.text += piece
      if (cell.text.length > longestCell) throw new Error('a cell is longer than a sheet can hold')
    },
    close: (element) => {
      if (element === 'v' || element === 't') inValue = false
      else if (element === 'rPh') phonetic = false
      else if (element === 'c') closeCell()
      else if (element === 'row')
        rows.push(errors === undefined ? { row, cells } : { row, cells, errors })
    },
  }
  const take = (): readonly SheetRow[] => {
    const taken = rows
    rows = []
    return taken
  }
  return { handler, take }
}

/** The rows of one sheet of a workbook, read piece by piece. `row` is the sheet's own row number. */
export const xlsxRows = async (
  path: string,
  sheet: string | number | undefined,
): Promise<SheetRows> => {
  const archive = await openWorkbookArchive(path)
  const asUnreadable = (cause: unknown): PulseError =>
    cause instanceof PulseError ? cause : unreadable(path, 'one of its parts is damaged', cause)
  const workbook = await readWorkbook(path, archive, sheet).catch((cause: unknown) => {
    archive.close()
    throw asUnreadable(cause)
  })
  let unpacked = 0
  async function* read(): AsyncGenerator<readonly SheetRow[]> {
    try {
      const stream = await archive.stream(workbook.sheetPart, sheetPart)
      const { handler, take } = rowGatherer(workbook)
      for await (const size of readElements(stream, handler)) {
        unpacked += size
        yield take()
      }
      yield take()
    } catch (cause) {
      throw asUnreadable(cause)
    } finally {
      archive.close()
    }
  }
  return {
    ragged: false,
    batches: read(),
    bytes: archive.size(workbook.sheetPart),
    bytesRead: () => unpacked,
  }
}
