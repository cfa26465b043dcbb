import { PulseError } from '../schemas/errors.ts'
import type { Store } from '../schemas/store/port.ts'
import { readMarks } from '../schemas/tables/marks.ts'
import { requireTables } from '../schemas/tables/require-tables.ts'

/**
 * For a process that shares a store with others and changes no tables: rejects where they are not of
 * this version, or were folded in another time zone, saying how to mend it.
 */
export const verifyStore = async (store: Store, timezone: string): Promise<void> => {
  await requireTables(store)
  const mark = await readMarks(store)
  const foldedIn = mark('timezone')
  if (foldedIn === timezone) return
  throw new PulseError(
    'CONFIG_INVALID',
    foldedIn === ''
      ? 'The store was never prepared. Run `pulse migrate` with the same settings first.'
      : `The store is folded in the time zone ${foldedIn}, and PULSE_TIMEZONE is ${timezone}. Set PULSE_TIMEZONE=${foldedIn}, or stop every process of the store and run \`pulse migrate\` with the new one: it folds everything again.`,
  )
}
