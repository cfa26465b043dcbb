import type { Store } from '../../schemas/store/port.ts'
import { exchangedTables } from './beside.ts'

/** Rows beside the large part from which merging pays: a part of its rows, and at least so many. */
const SHARE = 0.08
const LEAST = 20_000

export type Tidier = {
  /** So many matters were folded anew. */
  readonly folded: (matters: number) => void
  /** Merges if it pays, beside everything else; one at a time. Failing costs speed, nothing else. */
  readonly start: () => void
  /** Resolves when no merge is under way. */
  readonly idle: () => Promise<void>
}

/**
 * Merges the folded tables to one part each once enough rows lie beside the large one: what a figure
 * costs grows with them (over two million matters, 200,000 of them double it). A row is rewritten a
 * dozen times at most by it. What lies there is asked of the engine, so that what a process before
 * this one folded counts as well. A server merges on its own plan and is left to it.
 */
export const createTidier = (
  store: Pick<Store, 'kind' | 'maintain' | 'query'>,
  onFailure: (error: unknown) => void = () => undefined,
): Tidier => {
  /** Since it was asked last; at first nobody knows what is there. */
  let since = LEAST
  let working: Promise<void> | undefined

  const work = async (): Promise<void> => {
    since = 0
    const [row] = await store.query<{ beside: number; large: number }>(
      `SELECT sum(rows) - max(rows) AS beside, max(rows) AS large FROM system.parts
       WHERE active AND database = currentDatabase() AND table = 'matters'`,
    )
    if (row === undefined || row.beside < Math.max(LEAST, row.large * SHARE)) return
    for (const table of exchangedTables) await store.maintain(`OPTIMIZE TABLE ${table} FINAL`)
  }

  return {
    folded: (matters) => {
      since += matters
    },
    start: () => {
      if (store.kind !== 'embedded' || since < LEAST || working !== undefined) return
      working = work()
        .catch(onFailure)
        .finally(() => {
          working = undefined
        })
    },
    idle: async () => {
      await working
    },
  }
}
