import { eventRowColumns } from '../../consumers/sink/event-rows.ts'
import type { Store } from '../../schemas/store/port.ts'

/** Columns that say when a row came, and so differ from load to load. */
const ofTheLoad = new Set(['recorded_at', 'received_at', 'stored_at'])

/** One number for the rows of `case_events`, copies counted once, whatever their order. */
export const rowsPrint = async (store: Pick<Store, 'query'>): Promise<string> => {
  const names = eventRowColumns.map(({ name }) => name).filter((name) => !ofTheLoad.has(name))
  const [row] = await store.query<{ print: string }>(
    `SELECT concat(toString(count()), ':', toString(groupBitXor(cityHash64(tuple(${names.join(', ')}))))) AS print FROM case_events FINAL`,
  )
  if (row === undefined) throw new Error('the store did not answer')
  return row.print
}
