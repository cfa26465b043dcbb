import { PulseError } from '../errors.ts'
import type { Store } from '../store/port.ts'
import { type Applied, pendingMigrations, readMigrations } from './migrate.ts'

/**
 * For a process that uses tables another one looks after: rejects with STORE_UNAVAILABLE (retriable)
 * where they are missing or of an earlier version, MIGRATION_MISMATCH where they are of a later one.
 */
export const requireTables = async (store: Store): Promise<void> => {
  const [journal] = await store.query<{ result: number }>('EXISTS TABLE schema_migrations')
  const applied =
    journal?.result === 1
      ? await store.query<Applied>('SELECT version, name, checksum FROM schema_migrations FINAL')
      : []
  if (pendingMigrations(readMigrations(), applied).length > 0)
    throw new PulseError(
      'STORE_UNAVAILABLE',
      'The tables of the store are missing or of an earlier version. Run `pulse migrate`.',
      { retriable: true, details: { tellClient: true } },
    )
}
