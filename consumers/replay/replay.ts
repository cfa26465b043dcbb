import { NO_WATERMARK } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { next } from '../projector/beside.ts'
import type { Built, RebuildAsked, Rebuilt } from '../projector/rebuild.ts'
import { compareFigures } from './compare-figures.ts'
import { compareTables, foldedTables } from './compare-tables.ts'
import { type Differences, type ReplayReport, reported, same } from './report.ts'

export type ReplayAsked = {
  readonly from: ReplayReport['from']
  /** Says what would be otherwise, and leaves everything as it is. */
  readonly dryRun: boolean
}

export type ReplayPorts = {
  readonly store: Store
  /** Has everything folded beside the live tables. */
  readonly rebuild: (asked: RebuildAsked) => Promise<Rebuilt>
  /** Everything received up to then (epoch ms) is folded in the live tables; NO_WATERMARK: not known. */
  readonly watermark: () => Promise<number>
  readonly now: () => number
}

export type Hearing = {
  readonly progress: (done: number, whole: number) => void
  /** Hears what is otherwise, before anything is switched. */
  readonly report: (report: ReplayReport) => void
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

/** Folds every stored event again beside the live tables, tells what differs, and switches. */
export const replayStored = async (
  { store, rebuild, watermark, now }: ReplayPorts,
  { from, dryRun }: ReplayAsked,
  { progress, report }: Hearing,
): Promise<void> => {
  await rebuild({
    onProgress: progress,
    watermark,
    beforeSwitch: async (built) => {
      const differences = await differencesOf(store, built)
      const figures = same(differences) ? [] : await compareFigures(store, live, beside, now())
      const { events, matters } = built
      report({ from, dryRun, events, matters, ...reported(differences, figures) })
      return !dryRun
    },
  })
}
