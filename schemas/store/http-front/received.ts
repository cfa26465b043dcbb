import type { Staging } from '../staging.ts'
import { busy, refusal } from './exceptions.ts'
import { type InsertHead, insertHeadOf } from './insert-head.ts'
import { type FrontLimits, mib, type Room } from './limits.ts'
import { openRowsFile, type RowsFile } from './rows-file.ts'

/** A statement as it came. `release` gives back its room and removes its file; call it once. */
export type Received = {
  /** Its bytes; of an INSERT with rows, those before the rows. */
  readonly sql: Buffer
  /** The rows of an INSERT, in a file. */
  readonly rows?: { readonly head: InsertHead; readonly path: string }
  readonly release: () => Promise<void>
}

/** What receiving takes part of. */
export type Receiving = {
  readonly limits: Pick<FrontLimits, 'queryBytes' | 'bodyBytes'>
  readonly queryRoom: Room
  readonly bodyRoom: Room
  readonly staging: Staging
}

/** What comes, and how much of it there is, where that is known before. */
export type Coming = { readonly pieces: AsyncIterable<Buffer>; readonly bytes?: number }

/** An INSERT says within this many bytes where its rows begin; else it is taken as one without. */
const HEAD_BYTES = 1024 ** 2

/**
 * Takes in a statement: its beginning first, which came in the address, then the body. Rows of an INSERT go to a file
 * as they come, so that memory stays bounded whatever their number.
 */
export const receive = async (
  beginning: string,
  body: Coming,
  { limits, queryRoom, bodyRoom, staging }: Receiving,
): Promise<Received> => {
  const pieces: Buffer[] = []
  let held = 0
  const hold = (piece: Buffer): void => {
    if (held + piece.length > limits.queryBytes)
      throw refusal('QUERY_IS_TOO_LARGE', `The statement is longer than ${mib(limits.queryBytes)}.`)
    if (!queryRoom.take(piece.length)) throw busy('There is no room for more statements now.')
    held += piece.length
    pieces.push(piece)
  }
  const into: { head: ReturnType<typeof insertHeadOf>; file?: RowsFile } = { head: 'unfinished' }
  const decide = async (whole: boolean): Promise<void> => {
    const text = Buffer.concat(pieces)
    pieces.splice(0, pieces.length, text)
    into.head = insertHeadOf(text.toString('latin1', 0, HEAD_BYTES), whole)
    if (into.head === 'unfinished' && text.length > HEAD_BYTES) into.head = 'none'
    if (typeof into.head === 'string') return
    const expected = Math.max(
      0,
      Buffer.byteLength(beginning) + (body.bytes ?? 0) - into.head.dataStart,
    )
    const most = limits.bodyBytes
    into.file = await openRowsFile(staging.path(), { expected, most, room: bodyRoom })
    pieces.splice(0, pieces.length, text.subarray(0, into.head.dataStart))
    await into.file.write(text.subarray(into.head.dataStart))
  }
  const release = async (): Promise<void> => {
    queryRoom.give(held)
    await into.file?.remove()
  }
  try {
    if (beginning !== '') hold(Buffer.from(beginning))
    for await (const piece of body.pieces) {
      if (into.file !== undefined) await into.file.write(piece)
      else {
        hold(piece)
        if (into.head === 'unfinished') await decide(false)
      }
    }
    if (into.head === 'unfinished') await decide(true)
    await into.file?.end()
  } catch (error) {
    await release()
    throw error
  }
  const { head, file } = into
  return {
    sql: Buffer.concat(pieces),
    ...(typeof head === 'string' || file === undefined ? {} : { rows: { head, path: file.path } }),
    release,
  }
}
