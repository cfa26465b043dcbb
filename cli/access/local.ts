import { type Counting, publishBatch, takeLines } from '../../producers/append/take-lines.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Access } from './access.ts'
import { openRuntime, type RuntimeOptions } from './runtime.ts'

/** With the store open in this process. */
export const localAccess = async (settings: Settings, options: RuntimeOptions): Promise<Access> => {
  const runtime = await openRuntime(settings, options)
  return {
    name: runtime.name,
    figure: async (question) => ({
      answer: await runtime.figure(question),
      countedBy: {},
    }),
    inquire: runtime.inquire,
    append: (chunks, progress) => takeLines(chunks, runtime.edge, { progress }),
    publish: async (events) => {
      const counting: Counting = { published: 0, duplicates: 0, conflicts: 0 }
      await publishBatch(events, runtime.edge, counting, 'stored')
      return counting
    },
    settled: runtime.edge.log.settled,
    priorLedgerEvents: runtime.priorLedgerEvents,
    ledgerState: runtime.ledgerState,
    noteLedger: runtime.noteLedger,
    replay: runtime.replay,
    migrate: runtime.schema,
    deadLetters: runtime.deadLetters,
    reconcile: runtime.reconcile,
    close: runtime.close,
  }
}
