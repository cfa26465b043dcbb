import type { Cell } from './cell.ts'

/** A row as its file has it. `broken`: why it cannot be used, whatever its cells say. */
export type SheetRow = {
  readonly row: number
  readonly cells: readonly Cell[]
  readonly broken?: string
  /** Cells, by place, that hold an error of a formula (#N/A) instead of a value. */
  readonly errors?: ReadonlyMap<number, string>
}

/** Rows of a file in order, in batches of no fixed size, with how far the file has been read. */
export type SheetRows = {
  /** Cells have no place but their order, so one too few or too many shifts the rest. */
  readonly ragged: boolean
  readonly batches: AsyncGenerator<readonly SheetRow[]>
  /** Size of what is read (of a workbook the unpacked sheet), and how much of it has been. */
  readonly bytes: number
  readonly bytesRead: () => number
}
