import { NO_WATERMARK } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { next } from '../projector/beside.ts'
import type { Built, RebuildAsked, Rebuilt } from '../projector/rebuild.ts'
import { compareFigures } from './compare-figures.ts'
import { compareTables, foldedTables } from './compare-tables.ts'
import { type Differences, type RefoldReport, reported, same } from './report.ts'

export type RefoldAsked = {
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
  readonly now: () => number
}

export type RefoldHearing = {
  readonly progress: (done: number, whole: number) => void
  /** Hears what is otherwise, before anything is switched. */
  readonly report: (report: RefoldReport) => void
}

const live = { matters: 'matters', petitions: 'petitions' }
const beside = { matters: next('matters'), petitions: next('petitions') }

/** What the new tables say otherwise than the live ones. */
const differencesOf = async (
  store: Store,
  { ranges, seenUpTo }: Built,
): Promise<Differences> => {
  const [matters, petitions] = await Promise.all(
    foldedTables.map((table) =>
      compareTables(store, table, {
        live: live[table.name],
        next: beside[table.name],
        ranges,
        seenUpTo: (seenUpTo ?? NO_WATERMARK) > NO_WATERMARK ? seenUpTo : undefined,
      }),
    ),
  )
  if (matters === undefined || petitions === undefined) throw new Error('a table was not compared')
  return { matters, petitions }
}

/**
 * Folds every event again beside the live tables, tells what differs, and switches unless it is a dry
 * run. Rejects with STORE_BUSY while another is under way; nothing is switched then or by a failure.
 */
export const refold = async (
  { store, rebuild, watermark, now }: RefoldPorts,
  { from, dryRun }: RefoldAsked,
  { progress, report }: RefoldHearing,
): Promise<RefoldReport> => {
  let told: RefoldReport | undefined
  await rebuild({
    onProgress: progress,
    watermark,
    beforeSwitch: async (built) => {
      const differences = await differencesOf(store, built)
      const figures = same(differences) ? [] : await compareFigures(store, live, beside, now())
      const { events, matters } = built
      told = { from, dryRun, events, matters, ...reported(differences, figures) }
      report(told)
      return !dryRun
    },
  })
  if (told === undefined) throw new Error('nothing was compared')
  return told
}
