import type { Store } from '../../schemas/store/port.ts'

/** Rows folded since the tables were last merged whole, from which merging pays: a part of all rows, and at least so many. */
const SHARE = 0.25
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
 * Merges the folded tables to one part each once enough of them was replaced: FINAL then has nothing
 * to collapse, and a figure over two million matters takes a third of the time. Since it is done
 * again only when a quarter was replaced, a row is rewritten four times at most by it. A server
 * merges on its own plan and is left to it.
 */
export const createTidier = (
  store: Pick<Store, 'kind' | 'maintain' | 'query'>,
  onFailure: (error: unknown) => void = () => undefined,
): Tidier => {
  let since = 0
  let working: Promise<void> | undefined

  const work = async (): Promise<void> => {
    const [row] = await store.query<{ n: number }>('SELECT count() AS n FROM matters')
    if (since < Math.max(LEAST, (row?.n ?? 0) * SHARE)) return
    since = 0
    for (const table of ['matters', 'petitions'])
      await store.maintain(`OPTIMIZE TABLE ${table} FINAL`)
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
