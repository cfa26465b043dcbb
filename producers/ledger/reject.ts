import type { Cell } from './cell.ts'
import type { Fault } from './field-reader.ts'

/** The column that `--rejects` adds; a ledger that has it is read as if it had not. */
export const reasonColumn = '原因 reason'

/** A refused row as the command line reports it. `row` counts as a spreadsheet does. */
export type Reject = { readonly row: number; readonly column: string; readonly reason: string }

/** The same with the cells, for writing them back out. */
export type RejectedRow = Reject & { readonly cells: readonly Cell[] }

/** One report a row: the first fault's column, and every further fault in the reason. */
export const rejectOf = (row: number, faults: readonly Fault[]): Reject => {
  const [first = { column: '', reason: 'cannot be used' }, ...others] = faults
  const told = new Set([`${first.column} ${first.reason}`])
  const more = others.flatMap(({ column, reason }) => {
    const text = `${column} ${reason}`
    if (told.has(text)) return []
    told.add(text)
    return [text.trim()]
  })
  return { row, column: first.column, reason: [first.reason, ...more].join('; ') }
}
