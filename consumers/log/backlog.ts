import type { Folder } from '../projector/folder.ts'

/** Positions not stored yet from which a consumer is far behind, and up to which it is near again. */
const FAR = 100_000
const NEAR = 10_000
/** Where as many arrive as are stored it never gets near: nearer than far for so long is near. */
const NEARER_MS = 5_000
/** Rows stored at most before they are folded, however far behind: so much is stored again after a crash. */
const MOST_HELD_ROWS = 20_000_000

/**
 * Holds folding back while the consumer is far behind: a matter is then folded once, at the end, and
 * not with every batch it has an event in.
 */
export type Backlog = {
  /** So many positions are not stored yet, of those the log holds. */
  readonly see: (unstored: number) => void
  /** So many rows were stored. */
  readonly stored: (rows: number) => void
}

export type BacklogOptions = { readonly now: () => number; readonly mostHeldRows?: number }

export const createBacklog = (
  folder: Pick<Folder, 'hold'>,
  { now, mostHeldRows = MOST_HELD_ROWS }: BacklogOptions,
): Backlog => {
  let behind = false
  let heldRows = 0
  let farLast = Number.NEGATIVE_INFINITY

  const isFar = (unstored: number): boolean => {
    if (unstored > FAR) farLast = now()
    return behind ? unstored > NEAR && now() < farLast + NEARER_MS : unstored > FAR
  }

  return {
    see: (unstored) => {
      const far = isFar(unstored)
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
