import { type Cell, cellText } from './cell.ts'
import { type DatetimePattern, parseRfc3339 } from './datetime-pattern.ts'
import { type Conversion, columnsOf, type FieldMapping, type ValueSource } from './mapping.ts'
import type { Pseudonymizer } from './pseudonym.ts'
import type { WallClock } from './wall-clock.ts'

/** Why a row is refused: the column to look at ('' where none is to blame) and what is wrong there. */
export type Fault = { readonly column: string; readonly reason: string }

/** Instants (of `datetime`) are RFC 3339 text in UTC, with milliseconds. Undefined: absent. */
export type FieldValue = string | number | boolean | undefined

/** Pure: the value of a field in a row, or why there is none. */
export type FieldReader = (cells: readonly Cell[]) => FieldValue | Fault

export const isFault = (value: FieldValue | Fault): value is Fault => typeof value === 'object'

/** What reading fields needs besides the cells. `at` gives the place of a column in a row. */
export type ReadingContext = {
  readonly at: (column: string) => number
  readonly clock: WallClock
  /** A datetime's text as an instant in RFC 3339, UTC; undefined where it fits no pattern. */
  readonly stamp: (text: string) => string | undefined
  readonly datetimePatterns: readonly string[]
  readonly pseudonym: Pseudonymizer
}

/** Pure: the text of a source, '' where it is absent. */
export type TextReader = (cells: readonly Cell[]) => string

/** Absent parts of a concat leave no separator behind; an identity needs all its columns. */
export const textReader = (from: ValueSource, context: ReadingContext): TextReader => {
  switch (from.kind) {
    case 'const':
      return () => from.text
    case 'column': {
      const index = context.at(from.column)
      return (cells) => cellText(cells[index])
    }
    case 'concat': {
      const parts = from.parts.map((part) => textReader(part, context))
      return (cells) =>
        parts
          .map((part) => part(cells))
          .filter((text) => text !== '')
          .join(from.separator)
          .trim()
    }
    case 'hmac': {
      const indexes = from.columns.map(context.at)
      return (cells) => {
        const identity = indexes.map((index) => cellText(cells[index]))
        return identity.includes('') ? '' : context.pseudonym(identity)
      }
    }
  }
}

const truth: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'y', '是', '有', '√'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'n', '否', '无', '×'].map((text) => [text, false] as const),
])

const integerOf = (text: string): number | undefined => {
  const plain = text.normalize('NFKC')
  const digits = /^[+-]?\d{1,3}(,\d{3})+$/.test(plain) ? plain.replaceAll(',', '') : plain
  const value = /^[+-]?\d+(\.0*)?$/.test(digits) ? Number(digits) : Number.NaN
  return Number.isSafeInteger(value) ? value : undefined
}

type Converter = (text: string) => FieldValue

const utcText = (instant: number): string => new Date(instant).toISOString()

const mostRemembered = 50_000

/** A ledger repeats its stamps (several events a row, many rows a day), so results are remembered. */
export const stampReader = (
  datetime: readonly DatetimePattern[],
  clock: WallClock,
): ReadingContext['stamp'] => {
  const patterns = [parseRfc3339, ...datetime]
  const remembered = new Map<string, string>()
  return (text) => {
    const known = remembered.get(text)
    if (known !== undefined) return known
    for (const pattern of patterns) {
      const reading = pattern(text)
      if (reading === undefined) continue
      const { wallMs, offsetMs } = reading
      const stamp = utcText(offsetMs === undefined ? clock.toInstant(wallMs) : wallMs - offsetMs)
      if (remembered.size >= mostRemembered) remembered.clear()
      remembered.set(text, stamp)
      return stamp
    }
    return undefined
  }
}

const converterOf = (as: Conversion, context: ReadingContext): [Converter, string] => {
  switch (as) {
    case 'string':
      return [(text) => text, '']
    case 'integer':
      return [integerOf, 'is not a whole number']
    case 'boolean':
      return [
        (text) => truth.get(text.toLowerCase()),
        'is neither yes nor no (true, 1, 是; false, 0, 否)',
      ]
    case 'datetime':
      return [
        context.stamp,
        `fits none of the patterns ${context.datetimePatterns.join(' | ')} and is no stamp with an offset`,
      ]
  }
}

/** Reads one field. Messages name the column and never repeat the text of a cell. */
export const fieldReader = (
  field: FieldMapping,
  required: boolean,
  context: ReadingContext,
): FieldReader => {
  const column = columnsOf(field)[0] ?? ''
  const read = textReader(field.from, context)
  const [convert, complaint] = converterOf(field.as, context)
  const fallback = field.default === undefined ? undefined : convert(field.default)
  const absent = (reason: string): FieldValue | Fault =>
    fallback === undefined && required ? { column, reason } : fallback
  const converted = (text: string): FieldValue | Fault =>
    convert(text) ?? { column, reason: complaint }
  const { map } = field
  const index = field.from.kind === 'column' ? context.at(field.from.column) : -1
  return (cells) => {
    const cell = cells[index]
    if (cell instanceof Date && field.as === 'datetime' && map === undefined)
      return utcText(context.clock.toInstant(cell.getTime()))
    const text = read(cells)
    if (text === '') return absent('is empty, and the event needs it: fill it in or map a default')
    if (text.includes('\uFFFD'))
      return { column, reason: 'has characters the file’s encoding cannot hold: check `encoding`' }
    if (map === undefined) return converted(text)
    const mapped = map.get(text)
    return mapped === undefined
      ? absent('holds a text that `map` does not list: list it or map a default')
      : converted(mapped)
  }
}
