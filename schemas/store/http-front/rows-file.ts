import { open, rm } from 'node:fs/promises'
import { busy, refusal } from './exceptions.ts'
import { mib, type Room } from './limits.ts'

/** Rows of an INSERT on their way into a file. */
export type RowsFile = {
  readonly path: string
  readonly write: (piece: Buffer) => Promise<void>
  /** No more will come. */
  readonly end: () => Promise<void>
  /** Removes the file and gives its room back. */
  readonly remove: () => Promise<void>
}

/** Opens a new file at `path` for at most `most` bytes, which take part of `room`. */
export const openRowsFile = async (path: string, most: number, room: Room): Promise<RowsFile> => {
  const handle = await open(path, 'wx', 0o600)
  let bytes = 0
  return {
    path,
    write: async (piece) => {
      if (bytes + piece.length > most)
        throw refusal(
          'TOO_MANY_BYTES',
          `The rows are more than ${mib(most)}; send them in several inserts.`,
          413,
        )
      if (!room.take(piece.length)) throw busy('There is no room for more rows now.')
      bytes += piece.length
      await handle.writeFile(piece)
    },
    end: () => handle.close(),
    remove: async () => {
      await handle.close().catch(() => undefined)
      await rm(path, { force: true })
      room.give(bytes)
    },
  }
}
