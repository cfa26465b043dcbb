import { openPulse } from '../../consumers/open.ts'
import { readScopedQuestion, type ScopedQuestionText } from '../../dashboards/api/figure-request.ts'
import type { FigureAnswer } from '../../dashboards/figures/answer.ts'
import { askFigure } from '../../dashboards/figures/ask.ts'
import type { Edge } from '../../producers/append/take-lines.ts'
import { receivedClock } from '../../schemas/log/received-clock.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { Access, Migrated } from './access.ts'
import { deadLettersOf } from './dead-letters.ts'

/** A store open in this process, with what the commands and the routes do with it. */
export type Runtime = Pick<
  Access,
  'name' | 'priorLedgerEvents' | 'ledgerState' | 'noteLedger' | 'rebuild' | 'deadLetters' | 'close'
> & {
  readonly edge: Edge
  readonly figure: (question: ScopedQuestionText) => Promise<FigureAnswer>
  readonly schema: () => Promise<Migrated>
  /** Whether the store answers a real query. */
  readonly storeAnswers: () => Promise<boolean>
  readonly isEmpty: () => Promise<boolean>
}

const openStore = async (settings: Settings): Promise<Store> => {
  if (settings.clickhouse !== undefined) {
    const { openServer } = await import('../../schemas/store/server.ts')
    return openServer({ ...settings.clickhouse, maxMemoryBytes: settings.maxMemoryBytes })
  }
  const { openEmbedded } = await import('../../schemas/store/embedded.ts')
  return openEmbedded({ directory: settings.data, maxMemoryBytes: settings.maxMemoryBytes })
}

export type RuntimeOptions = {
  /** Hears of work that takes long before the store can be used. */
  readonly note: (text: string) => void
  /** Called once the store is closed again: gives back the turn at its directory. */
  readonly giveBack?: () => Promise<void>
}

/** Opens the store these settings mean and brings its tables up to date. */
export const openRuntime = async (
  settings: Settings,
  { note, giveBack }: RuntimeOptions,
): Promise<Runtime> => {
  const store = await openStore(settings)
  const { timezone } = settings
  const pulse = await openPulse({ store, timezone, onNotice: note }).catch(
    async (error: unknown) => {
      await store.close().catch(() => undefined)
      throw error
    },
  )
  const edge: Edge = { log: pulse.log, receivedClock: receivedClock() }
  const figureDeps = {
    store,
    relationsAt: pulse.relationsAt,
    watermark: pulse.watermark,
    now: Date.now,
    settings,
  }
  return {
    name: settings.clickhouse === undefined ? settings.data : settings.clickhouse.url,
    edge,
    figure: async (question) => askFigure(figureDeps, readScopedQuestion(question, timezone)),
    priorLedgerEvents: pulse.priorLedgerEvents,
    ledgerState: pulse.ledgerState,
    noteLedger: pulse.noteLedger,
    rebuild: (progress) => pulse.rebuild({ onProgress: progress }),
    schema: async () => pulse.schema,
    deadLetters: deadLettersOf(store, edge),
    storeAnswers: async () => {
      try {
        await store.query('SELECT count() AS n FROM (SELECT 1 FROM matters LIMIT 1)')
        return true
      } catch {
        return false
      }
    },
    isEmpty: async () => {
      const rows = await store.query<{ n: number }>(
        'SELECT count() AS n FROM (SELECT 1 FROM case_events LIMIT 1)',
      )
      return (rows[0]?.n ?? 0) === 0
    },
    close: async () => {
      await pulse.close()
      await giveBack?.()
    },
  }
}
