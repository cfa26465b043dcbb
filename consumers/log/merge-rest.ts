import type { Store } from '../../schemas/store/port.ts'

/** Tables that every batch adds a part to. */
const TABLES = ['case_events', 'log_positions'] as const

/** Batches stored meanwhile at most: from a thousand parts on the engine slows inserts down. */
const MOST_BATCHES = 400

/**
 * Puts merging of what a consumer stores off while it is far behind: the engine would write each row
 * several times more, with the same processors, when the figures wait for them. Of no importance to
 * what is read, since copies are told apart by whoever reads; but while merging is put off no mutation
 * of these tables ends either. Only of an engine of this process, which alone uses it, and which merges
 * again when it is next opened, however this process ends.
 */
export type MergeRest = {
  readonly begin: () => void
  /** A batch was stored, of whatever. */
  readonly stored: () => void
  /** Resolves when the engine has been told. */
  readonly end: () => Promise<void>
}

export const createMergeRest = (
  store: Pick<Store, 'kind' | 'maintain'>,
  mostBatches = MOST_BATCHES,
): MergeRest => {
  let resting = false
  let batches = 0

  // failing costs speed, nothing else
  const say = async (what: 'STOP' | 'START'): Promise<void> => {
    for (const table of TABLES)
      await store.maintain(`SYSTEM ${what} MERGES ${table}`).catch(() => undefined)
  }

  const end = async (): Promise<void> => {
    if (!resting) return
    resting = false
    await say('START')
  }

  return {
    begin: () => {
      if (store.kind !== 'embedded' || resting) return
      resting = true
      batches = 0
      void say('STOP')
    },
    stored: () => {
      batches += 1
      if (batches >= mostBatches) void end()
    },
    end,
  }
}
