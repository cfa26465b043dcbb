import { type Cell, cellText } from './cell.ts'
import { rowKey } from './event-identity.ts'
import { type FieldReader, fieldReader, isFault, type ReadingContext } from './field-reader.ts'
import { identityColumns, type Mapping } from './mapping.ts'
import { reasonColumn } from './reject.ts'

/** The key of a row, or the fault where its identity cannot be read. */
export type RowIdentity = (cells: readonly Cell[]) => string | { column: string; reason: string }

/**
 * By content: the texts of all cells under their column names, in the order of the names, so that
 * moved or added empty columns make no other row. Identities enter as their keys only. Equal rows
 * are told apart by counting, which is why an identity belongs to one pass over one file.
 */
const byContent = (
  mapping: Mapping,
  header: readonly string[],
  context: ReadingContext,
): RowIdentity => {
  const secret = identityColumns(mapping)
  const columns = header
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => name !== reasonColumn)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.index - b.index))
  const seen = new Map<string, number>()
  return (cells) => {
    const content: string[] = []
    for (const { name, index } of columns) {
      const text = cellText(cells[index])
      if (text !== '') content.push(name, secret.has(name) ? context.pseudonym([text]) : text)
    }
    const key = rowKey('content', content)
    const ordinal = seen.get(key) ?? 0
    seen.set(key, ordinal + 1)
    return ordinal === 0 ? key : rowKey('content', [key, ordinal])
  }
}

const byColumn = (read: FieldReader): RowIdentity => {
  return (cells) => {
    const value = read(cells)
    return isFault(value) ? value : rowKey('row', [String(value)])
  }
}

/** How the rows of a file are identified: by the mapping's `row`, else by their content. */
export const rowIdentity = (
  mapping: Mapping,
  header: readonly string[],
  context: ReadingContext,
): RowIdentity =>
  mapping.row === undefined
    ? byContent(mapping, header, context)
    : byColumn(fieldReader(mapping.row, true, context))
