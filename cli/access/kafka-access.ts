import { type Counting, publishBatch, takeLines } from '../../producers/append/take-lines.ts'
import { receivedClock } from '../../schemas/log/received-clock.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Sending } from './access.ts'
import { ledgerStore } from './ledger-store.ts'
import { openLog } from './open-log.ts'

/** Puts events into Kafka from this process, and reads of ledgers in the ClickHouse server beside it. */
export const kafkaAccess = async (
  settings: Settings & Required<Pick<Settings, 'kafka' | 'clickhouse'>>,
  note: (text: string) => void,
): Promise<Sending> => {
  const log = await openLog(settings.kafka, { clientId: 'pulse-command', note })
  const edge = { log, receivedClock: receivedClock() }
  const ledgers = ledgerStore(settings, log)
  return {
    ...ledgers,
    name: 'Kafka',
    append: (chunks, progress) => takeLines(chunks, edge, { progress }),
    publish: async (events) => {
      const counting: Counting = { published: 0, duplicates: 0, conflicts: 0 }
      await publishBatch(events, edge, counting, 'stored')
      return counting
    },
    settled: log.settled,
    close: async () => {
      await log.close()
      await ledgers.close()
    },
  }
}
