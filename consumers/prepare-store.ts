import type { Store } from '../schemas/store/port.ts'
import { readMarks, setMark } from '../schemas/tables/marks.ts'
import { migrate } from '../schemas/tables/migrate.ts'
import { rebuild, refoldStoredSince } from './projector/rebuild.ts'

export type PrepareOptions = {
  /** IANA zone of the deployment: legal limits end at the end of its days. */
  readonly timezone: string
  readonly now?: () => number
  /** Told of work that takes long before the store can be used. */
  readonly onNotice?: (message: string) => void
}

/**
 * Brings the tables up to date, folds again if the time zone changed, and mends what a stop that was
 * not clean left unfolded.
 */
export const prepareStore = async (
  store: Store,
  { timezone, now = Date.now, onNotice }: PrepareOptions,
): Promise<{ version: number; applied: number[] }> => {
  const schema = await migrate(store)
  const mark = await readMarks(store)
  const unfolded = (['folding_since', 'switching_since'] as const).filter(
    (name) => mark(name) !== '',
  )
  const foldedIn = mark('timezone')
  if (foldedIn !== timezone) {
    if (foldedIn !== '') {
      onNotice?.(`The time zone changed from ${foldedIn} to ${timezone}: folding everything again.`)
      await rebuild(store, { timezone, now })
    }
    await setMark(store, 'timezone', timezone)
  }
  if (unfolded.length > 0) {
    const since = Math.min(...unfolded.map((name) => Number(mark(name))))
    await refoldStoredSince(store, timezone, since)
    for (const name of unfolded) await setMark(store, name, '')
  }
  return schema
}
