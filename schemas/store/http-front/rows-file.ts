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

/**
 * Opens a new file at `path` for at most `most` bytes, which take part of `room`: those expected at
 * once, so that of many that come together some find room for all of theirs; others as they come.
 */
export const openRowsFile = async (
  path: string,
  {
    expected,
    most,
    room,
  }: { readonly expected: number; readonly most: number; readonly room: Room },
): Promise<RowsFile> => {
  let bytes = 0
  let taken = 0
  const take = (upTo: number): void => {
    if (upTo <= taken) return
    if (upTo > most)
      throw refusal(
        'TOO_MANY_BYTES',
        `The rows are more than ${mib(most)}; send them in several inserts.`,
        413,
      )
    if (!room.take(upTo - taken)) throw busy('There is no room for more rows now.')
    taken = upTo
  }
  take(expected)
  const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
    room.give(taken)
    throw error
  })
  return {
    path,
    write: async (piece) => {
      take(bytes + piece.length)
      bytes += piece.length
      await handle.writeFile(piece)
    },
    end: () => handle.close(),
    remove: async () => {
      await handle.close().catch(() => undefined)
      await rm(path, { force: true })
      room.give(taken)
    },
  }
}
