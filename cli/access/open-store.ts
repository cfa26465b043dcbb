import type { Settings } from '../../schemas/settings/settings.ts'
import type { Store } from '../../schemas/store/port.ts'

/** The store these settings mean: a ClickHouse server, else the directory. */
export const openStore = async (settings: Settings): Promise<Store> => {
  const { clickhouse, data, maxMemoryBytes } = settings
  if (clickhouse !== undefined) {
    const { openServer } = await import('../../schemas/store/server.ts')
    return openServer({ ...clickhouse, maxMemoryBytes })
  }
  const { openEmbedded } = await import('../../schemas/store/embedded.ts')
  return openEmbedded({ directory: data, maxMemoryBytes })
}

/** For messages: the directory, or the address. */
export const nameOfStore = ({ clickhouse, data }: Settings): string => clickhouse?.url ?? data

/** Whether the store answers a real query. */
export const answersQuery = async (store: Store): Promise<boolean> => {
  try {
    await store.query('SELECT count() AS n FROM (SELECT 1 FROM matters LIMIT 1)')
    return true
  } catch {
    return false
  }
}

/** Closes the store again where what is done with it fails. */
export const withOpenStore = async <T>(
  settings: Settings,
  work: (store: Store) => Promise<T>,
): Promise<T> => {
  const store = await openStore(settings)
  try {
    return await work(store)
  } catch (error) {
    await store.close().catch(() => undefined)
    throw error
  }
}
