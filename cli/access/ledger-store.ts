import { type LedgerMemory, ledgerMemory } from '../../consumers/ledger-memory.ts'
import type { EventLog } from '../../schemas/log/port.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Store } from '../../schemas/store/port.ts'
import { requireTables } from '../../schemas/tables/require-tables.ts'
import { withOpenStore } from './open-store.ts'

export type LedgerStore = LedgerMemory & { readonly close: () => Promise<void> }

/**
 * What a ClickHouse server knows of ledgers, for a process that puts events into Kafka and leaves the
 * tables to others. Opened at the first question, so that a store that is away stops no events; where
 * that fails, again at the next. `log` is waited for before events are compared with those stored:
 * what it still holds would seem never to have been imported.
 */
export const ledgerStore = (
  settings: Settings & Required<Pick<Settings, 'clickhouse'>>,
  log: Pick<EventLog, 'settled'>,
): LedgerStore => {
  let opened: Promise<Store> | undefined
  const open = (): Promise<Store> =>
    withOpenStore(settings, async (store) => {
      await requireTables(store)
      return store
    })
  const memory = async (): Promise<LedgerMemory> => {
    opened ??= open()
    const mine = opened
    try {
      return ledgerMemory(await mine)
    } catch (error) {
      if (opened === mine) opened = undefined
      throw error
    }
  }
  return {
    priorLedgerEvents: async (...ledger) => {
      await log.settled()
      return (await memory()).priorLedgerEvents(...ledger)
    },
    ledgerState: async (...ledger) => (await memory()).ledgerState(...ledger),
    noteLedger: async (...noted) => (await memory()).noteLedger(...noted),
    close: async () => {
      const store = await opened?.catch(() => undefined)
      await store?.close()
    },
  }
}
