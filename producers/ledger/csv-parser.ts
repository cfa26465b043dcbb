import { PulseError } from '../../schemas/errors.ts'

/**
 * One record. `row` counts as a spreadsheet does: the first line is 1, blank lines count, a record
 * with line breaks in quotes counts once. `broken` says why its cells could not be told apart.
 */
export type CsvRecord = {
  readonly row: number
  readonly cells: readonly string[]
  readonly broken?: string
}

/** Fed with text piece by piece; keeps no more than one unfinished record. */
export type CsvParser = {
  readonly push: (text: string) => readonly CsvRecord[]
  readonly end: () => readonly CsvRecord[]
}

/** A record that has not ended after so many characters has a quotation mark too many. */
const longestRecord = 1 << 20
const mostBroken = 1000

const quote = 0x22
const lf = 0x0a
const cr = 0x0d
const space = 0x20

type Scan = { readonly cells: string[]; readonly next: number } | 'more' | 'broken'

/** Place after the line break at `at`, or -1 where there is none; CR, LF and CRLF are line breaks. */
const afterLineBreak = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  if (code === lf) return at + 1
  if (code !== cr) return -1
  return text.charCodeAt(at + 1) === lf ? at + 2 : at + 1
}

const scanRecord = (text: string, start: number, delimiter: number, atEnd: boolean): Scan => {
  const cells: string[] = []
  const { length } = text
  let at = start
  for (;;) {
    let cell: string
    if (text.charCodeAt(at) === quote) {
      let from = at + 1
      let close = text.indexOf('"', from)
      while (close !== -1 && text.charCodeAt(close + 1) === quote) {
        from = close + 2
        close = text.indexOf('"', from)
      }
      if (close === -1) return atEnd ? 'broken' : 'more'
      cell = text.slice(at + 1, close)
      if (cell.includes('"')) cell = cell.replaceAll('""', '"')
      at = close + 1
      while (at < length && text.charCodeAt(at) === space && delimiter !== space) at += 1
    } else {
      const from = at
      for (; at < length; at += 1) {
        const code = text.charCodeAt(at)
        if (code === delimiter || code === lf || code === cr) break
      }
      cell = text.slice(from, at)
    }
    // A CR at the very end may be half of a CRLF.
    if (!atEnd && at >= length - 1 && text.charCodeAt(at) !== lf) {
      if (at >= length || text.charCodeAt(at) === cr) return 'more'
    }
    cells.push(cell)
    if (at >= length) return { cells, next: at }
    const next = afterLineBreak(text, at)
    if (next !== -1) return { cells, next }
    if (text.charCodeAt(at) !== delimiter) return 'broken'
    at += 1
  }
}

const lineEnd = (text: string, start: number): number => {
  for (let at = start; at < text.length; at += 1) {
    const next = afterLineBreak(text, at)
    if (next !== -1) return next
  }
  return text.length
}

/**
 * RFC 4180, with the lenience of spreadsheets: a quotation mark inside an unquoted cell is text. A
 * quotation mark that is never closed, or not followed by a delimiter, breaks its own line only:
 * reading goes on at the next line, so that one stray mark does not swallow the rows after it (the
 * reason why this is not left to a library, which stops there or goes on to the end of the file).
 *
 * `push` and `end` throw INPUT_INVALID where the text is no CSV at all.
 */
export const csvParser = (delimiter: string): CsvParser => {
  const separator = delimiter.charCodeAt(0)
  let rest = ''
  let row = 0
  let broken = 0
  const refuse = (message: string): never => {
    throw new PulseError('INPUT_INVALID', `Row ${row + 1}: ${message}`)
  }
  const scan = (text: string, atEnd: boolean): readonly CsvRecord[] => {
    const records: CsvRecord[] = []
    let start = 0
    while (start < text.length) {
      let found = scanRecord(text, start, separator, atEnd)
      if (found === 'more') {
        if (text.length - start <= longestRecord) break
        found = 'broken'
      }
      if (found !== 'broken') {
        row += 1
        records.push({ row, cells: found.cells })
        start = found.next
        continue
      }
      const next = lineEnd(text, start)
      if (next === text.length && !atEnd)
        refuse('the line does not end; this is not a CSV file, or `delimiter` is wrong.')
      broken += 1
      if (broken > mostBroken)
        refuse('too many quotation marks are never closed; this is not a CSV file as written.')
      row += 1
      const line = text.slice(start, next).trimEnd()
      records.push({
        row,
        cells: line.split(delimiter),
        broken: 'a quotation mark is opened and not closed, or text follows the closing one',
      })
      start = next
    }
    rest = text.slice(start)
    return records
  }
  return { push: (text) => scan(rest + text, false), end: () => scan(rest, true) }
}
