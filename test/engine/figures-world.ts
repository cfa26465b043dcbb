import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FigureRow } from '../../dashboards/figures/answer.ts'
import { askFigure } from '../../dashboards/figures/ask.ts'
import type { KnownCut } from '../../dashboards/figures/evaluate.ts'
import type { FigureQuestion } from '../../dashboards/figures/question.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { MatterRow, PetitionRow } from '../../schemas/tables/rows.ts'
import { createFolded } from './figures-rows.ts'

export const DAY = 86_400_000

/** Local time in Asia/Shanghai; a date alone is its midnight. */
export const at = (text: string): number =>
  Date.parse(`${text.length === 10 ? `${text}T00:00:00` : text}+08:00`)

export const NOW = at('2025-06-01')

export type Rows = { matters?: MatterRow[]; petitions?: PetitionRow[] }

export type FiguresWorld = {
  readonly store: Store
  /** Rows given by hand, to ask figures of; `cuts` collects what was asked of the past. */
  readonly given: (rows: Rows) => Promise<{
    ask: (metric: string, question?: Partial<FigureQuestion>) => Promise<readonly FigureRow[]>
    cuts: readonly KnownCut[]
  }>
  readonly close: () => Promise<void>
}

/** A store of its own, for one test file. */
export const openFiguresWorld = async (): Promise<FiguresWorld> => {
  const directory = await mkdtemp(join(tmpdir(), 'figures-'))
  const store = await openEmbedded({ directory })
  let worlds = 0
  return {
    store,
    given: async (rows) => {
      const relations = await createFolded(store, `_${++worlds}`, {
        matters: rows.matters ?? [],
        petitions: rows.petitions ?? [],
      })
      const cuts: KnownCut[] = []
      const deps = {
        store,
        relationsAt: async (cut: KnownCut) => {
          cuts.push(cut)
          return relations
        },
        watermark: () => NOW,
        now: () => NOW,
        settings: { timezone: 'Asia/Shanghai', monthStart: 1, collectiveThreshold: 5 },
      }
      return {
        cuts,
        ask: async (metric, question = {}) => {
          const period = { from: '2024-01-01', to: '2025-01-01' }
          return (await askFigure(deps, { metric, ...period, ...question })).rows
        },
      }
    },
    close: async () => {
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
