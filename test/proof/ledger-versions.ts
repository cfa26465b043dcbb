import { parse } from 'csv-parse/sync'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A ledger as text cells; the first line is the header. */
export type Ledger = { readonly header: readonly string[]; readonly rows: readonly string[][] }

export const readLedger = (text: string): Ledger => {
  const [header = [], ...rows] = parse(text, { bom: true }) as string[][]
  return { header, rows }
}

const cellText = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

export const ledgerText = ({ header, rows }: Ledger): string =>
  [header, ...rows].map((cells) => `${cells.map(cellText).join(',')}\r\n`).join('')

export type Edited = { readonly ledger: Ledger; readonly cells: number; readonly removed: number }

/**
 * A later version: `cells` cells of the named columns get what stands in that column of another row
 * (so it is valid, and may be empty), and `removed` other rows are gone.
 */
export const editedLedger = (
  { header, rows }: Ledger,
  options: { columns: readonly string[]; cells: number; removed: number; seed: number },
): Edited => {
  const generator = xoroshiro128plus(options.seed)
  const below = (count: number) => uniformInt(generator, 0, count - 1)
  const places = options.columns.map((name) => header.indexOf(name))
  if (places.includes(-1))
    throw new Error(`The ledger has no column ${options.columns.join(' or ')}.`)
  const later = rows.map((cells) => [...cells])
  const gone = new Set<number>()
  while (gone.size < options.removed) gone.add(below(rows.length))
  const touched = new Set<string>()
  while (touched.size < options.cells) {
    const [at, other] = [below(rows.length), below(rows.length)]
    const column = places[below(places.length)] ?? 0
    const cells = later[at]
    const value = rows[other]?.[column] ?? ''
    const name = `${at}.${column}`
    if (cells === undefined || gone.has(at) || touched.has(name) || cells[column] === value)
      continue
    cells[column] = value
    touched.add(name)
  }
  return {
    ledger: { header, rows: later.filter((_, index) => !gone.has(index)) },
    cells: touched.size,
    removed: gone.size,
  }
}
