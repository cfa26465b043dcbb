import { NO_WATERMARK } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { ExchangedTable } from '../projector/beside.ts'
import type { Built, RebuildAsked, Rebuilt } from '../projector/rebuild.ts'
import { compareFigures } from './compare-figures.ts'
import { compareTables, type TableDifference } from './compare-tables.ts'
import { type LogFacts, type LogToReplay, readLogFacts } from './log-facts.ts'
import { type Differences, type RefoldReport, reported, same } from './report.ts'

export type RefoldAsked = {
  /** `kafka`: what the log holds and the store lacks is folded as well, and stored. */
  readonly from: RefoldReport['from']
  /** Says what would be otherwise, and leaves everything as it is. */
  readonly dryRun: boolean
}

export type RefoldPorts = {
  readonly store: Store
  /** Has everything folded beside the live tables. */
  readonly rebuild: (asked: RebuildAsked) => Promise<Rebuilt>
  /** Everything received up to then (epoch ms) is folded in the live tables; NO_WATERMARK: not known. */
  readonly watermark: () => Promise<number>
  /** The log of the settings. Rejects where there is none. */
  readonly log: () => Promise<LogToReplay>
  readonly now: () => number
}

export type RefoldHearing = {
  readonly progress: (done: number, whole: number) => void
  /** Hears what is otherwise, before anything is switched. */
  readonly report: (report: RefoldReport) => void
  /** Aborted when nobody hears any more: what has not begun to switch by then ends, with the reason. */
  readonly signal?: AbortSignal | undefined
}

/** What the new tables say otherwise than the live ones. */
const differencesOf = async (
  store: Store,
  { ranges, seenUpTo }: Built,
  signal: AbortSignal | undefined,
): Promise<Differences> => {
  const compared = (table: ExchangedTable): Promise<TableDifference> =>
    compareTables(store, table, {
      ranges,
      seenUpTo: (seenUpTo ?? NO_WATERMARK) > NO_WATERMARK ? seenUpTo : undefined,
      signal,
    })
  // one behind the other: where the first fails, nobody reads any more what is dropped then
  return { matters: await compared('matters'), petitions: await compared('petitions') }
}

/**
 * Folds every event again beside the live tables, tells what differs, and switches unless it is a dry
 * run. Rejects with STORE_BUSY while another is under way; nothing is switched then, by a failure, or
 * where `signal` was aborted before the switch.
 */
export const refold = async (
  { store, rebuild, watermark, log, now }: RefoldPorts,
  { from, dryRun }: RefoldAsked,
  { progress, report, signal }: RefoldHearing,
): Promise<RefoldReport> => {
  const whole = from === 'kafka' ? await log() : undefined
  let told: RefoldReport | undefined
  let facts: LogFacts | undefined
  const { switched } = await rebuild({
    onProgress: progress,
    signal,
    ...(whole === undefined
      ? {}
      : {
          factsBeside: async () => {
            facts = await readLogFacts({ store, log: whole, progress, now, signal })
            return facts
          },
        }),
    // where nobody stores meanwhile, nothing is on its way
    watermark: async () => (facts === undefined || facts.busy ? watermark() : NO_WATERMARK),
    beforeSwitch: async (built) => {
      const differences = await differencesOf(store, built, signal)
      const figures = same(differences) ? [] : await compareFigures(store, now())
      const { events, matters } = built
      told = {
        from,
        dryRun,
        events,
        matters,
        ...facts?.found(),
        ...reported(differences, figures),
      }
      report(told)
      return !dryRun
    },
  })
  if (switched) await facts?.promise()
  if (told === undefined) throw new Error('nothing was compared')
  return told
}
