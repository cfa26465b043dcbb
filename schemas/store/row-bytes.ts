/** Rows in a format of the engine, whole or in pieces one behind another. */
export type RowBytes = Uint8Array | readonly Uint8Array[]

export const piecesOf = (rows: RowBytes): readonly Uint8Array[] =>
  rows instanceof Uint8Array ? [rows] : rows
