import type { Store } from '../../schemas/store/port.ts'

/**
 * Keeps every fold from seeing less than an earlier one saw, so that of two rows of a matter the one
 * written later is never the poorer: figures are read by that (`schemas/fold/live-rows.ts`). A clock
 * set back, or a stamp of receipt ahead of it, would otherwise bound a fold below an earlier one.
 */
export type FoldBound = {
  /** The bound (epoch ms) to fold by instead of `upTo`: not below any before. */
  readonly atLeast: (upTo: number) => Promise<number>
  /** To be awaited after folds without a bound. */
  readonly refresh: () => Promise<void>
}

/** Asks the store at the first fold: whoever only reads figures does not wait for it. */
export const createFoldBound = (store: Pick<Store, 'query'>): FoldBound => {
  let taken: number | undefined
  const refresh = async (): Promise<void> => {
    const [row] = await store.query<{ last: number }>(
      'SELECT toUnixTimestamp64Milli(max(received_until)) AS last FROM matters',
    )
    taken = Math.max(taken ?? Number.NEGATIVE_INFINITY, row?.last ?? Number.NEGATIVE_INFINITY)
  }
  return {
    atLeast: async (upTo) => {
      if (taken === undefined) await refresh()
      taken = Math.max(taken ?? Number.NEGATIVE_INFINITY, upTo)
      return taken
    },
    refresh,
  }
}
