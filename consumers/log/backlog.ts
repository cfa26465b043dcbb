import type { Folder } from '../projector/folder.ts'

/** Positions not read yet from which a consumer is far behind, and up to which it is near again. */
const FAR = 100_000
const NEAR = 10_000
/** Rows stored at most before they are folded, however far behind: so much is stored again after a crash. */
const MOST_HELD_ROWS = 20_000_000

/**
 * Holds folding back while the consumer is far behind: a matter is then folded once, at the end, and
 * not with every batch it has an event in.
 */
export type Backlog = {
  /** So many positions are not read yet. */
  readonly see: (unread: number) => void
  /** So many rows were stored. */
  readonly stored: (rows: number) => void
}

export const createBacklog = (
  folder: Pick<Folder, 'hold'>,
  mostHeldRows = MOST_HELD_ROWS,
): Backlog => {
  let behind = false
  let heldRows = 0
  return {
    see: (unread) => {
      const far = unread > (behind ? NEAR : FAR)
      if (far === behind) return
      behind = far
      heldRows = 0
      folder.hold(far)
    },
    stored: (rows) => {
      if (!behind) return
      heldRows += rows
      if (heldRows < mostHeldRows) return
      heldRows = 0
      // what waits begins to be folded; what comes meanwhile waits for the next time
      folder.hold(false)
      folder.hold(true)
    },
  }
}
