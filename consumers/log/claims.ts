import { NO_WATERMARK, type OriginProgress, readProgress } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { storeProgress } from './progress-rows.ts'

/**
 * Which consumer's word on a partition counts. The group says who is to read it, but who lost it may
 * not have heard of that, and has batches and promises in hand. So whoever gets a partition claims it
 * in the store (`log_progress.claim`):
 *
 * - what is written under a lesser claim is no watermark any more, whenever it arrives;
 * - having claimed it, its holder reads what was promised before, and where the log ends; until it
 *   has read that far it promises no more, so that each event gets the stamp a holder before it gave;
 * - a batch is stored only if the claims on its partitions stood after its messages were fetched. So
 *   what a former holder still stores lies before the end the next one saw, and changes nothing there.
 */

/** Two that claim at once take different numbers, but for one time in so many. */
const SPREAD = 2 ** 20

/** How each of the partitions stands, by origin, once they are claimed. */
export type Claimed = ReadonlyMap<string, OriginProgress>

const byOrigin = async (store: Pick<Store, 'query'>): Promise<Claimed> => {
  const { origins } = await readProgress(store)
  return new Map(origins.map((one) => [one.origin, one]))
}

/** Claims partitions. Gives those whose claim stands; another may have claimed one at the same time. */
export const claimOrigins = async (
  store: Pick<Store, 'query' | 'insert'>,
  origins: readonly string[],
  now: number,
  random: () => number = Math.random,
): Promise<Claimed> => {
  const before = await byOrigin(store)
  const rows = origins.map((origin) => {
    const { claim = 0, folded = 0, told = NO_WATERMARK } = before.get(origin) ?? {}
    return { origin, claim: claim + 1 + Math.floor(random() * SPREAD), folded, watermark: told }
  })
  await storeProgress(store, rows, now)
  const after = await byOrigin(store)
  return new Map(
    rows.flatMap(({ origin, claim }) => {
      const standing = after.get(origin)
      return standing?.claim === claim ? [[origin, standing] as const] : []
    }),
  )
}

/** Of claims held, those that stand no more. */
export const lostClaims = async <Held extends { readonly origin: string; readonly claim?: number }>(
  store: Pick<Store, 'query'>,
  held: readonly Held[],
): Promise<Held[]> => {
  const standing = await byOrigin(store)
  return held.filter(({ origin, claim }) => standing.get(origin)?.claim !== claim)
}
