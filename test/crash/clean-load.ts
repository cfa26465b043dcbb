import { join } from 'node:path'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { MatterRow, PetitionRow } from '../../schemas/tables/rows.ts'
import { askByHttp, type FigureQuestionText } from '../proof/ask.ts'
import { type FigureSheet, figureSheet, sheetQuestions } from '../proof/figure-sheet.ts'
import { startServing } from '../support/cli-child.ts'
import { matterRows, petitionRows } from '../support/folded-rows.ts'
import type { HostileWaves } from './hostile-waves.ts'
import { createSender } from './sender.ts'

const SEND_LIMIT_MS = 60_000
const REQUEST_LINES = 5_000

/** Rows of a store nobody has open, as they lie there: nothing is mended by looking. */
export type FoldedRows = {
  readonly matters: readonly MatterRow[]
  readonly petitions: readonly PetitionRow[]
}

export const foldedRows = async (directory: string): Promise<FoldedRows> => {
  const store = await openEmbedded({ directory })
  try {
    return {
      matters: await matterRows(store, '(SELECT * FROM matters FINAL)'),
      petitions: await petitionRows(store, '(SELECT * FROM petitions FINAL)'),
    }
  } finally {
    await store.close()
  }
}

/** What every disturbed load must come to. */
export type CleanLoad = {
  readonly questions: readonly FigureQuestionText[]
  readonly sheet: FigureSheet
  readonly rows: FoldedRows
}

/** Where among the edges of the histories figures are cut. */
const CUTS = [0.4, 0.75]

/** Every metric: at the end by month, and by region as of some edges of the histories. */
const questionsAbout = (
  { instants }: HostileWaves,
  cutAt: readonly number[],
): FigureQuestionText[] => {
  const range = { from: '2021-06-01', to: '2026-01-01' }
  const cuts = cutAt.flatMap((share) => {
    const at = instants[Math.floor(instants.length * share)]
    return at === undefined ? [] : [new Date(at).toISOString()]
  })
  return [
    ...sheetQuestions({ ...range, asOf: '2190-01-01' }, ['month']),
    ...cuts.flatMap((asOf) => sheetQuestions({ ...range, asOf }, ['region'])),
  ]
}

/** The same events in one embedded store, sent once to `pulse up`, which nothing disturbs. */
export const cleanLoad = async (
  work: string,
  world: HostileWaves,
  cutAt: readonly number[] = CUTS,
): Promise<CleanLoad> => {
  const data = join(work, 'clean')
  const questions = questionsAbout(world, cutAt)
  const up = await startServing(['up', '--data', data], { PULSE_TIMEZONE: world.timezone })
  let sheet: FigureSheet
  try {
    const sender = createSender(up.url, REQUEST_LINES)
    await sender.send(
      world.events.map(({ canonical }) => canonical),
      SEND_LIMIT_MS,
    )
    await fetch(new URL('/api/v1/settled', up.url))
    sheet = await figureSheet(askByHttp(up.url), questions)
  } finally {
    await up.end('SIGTERM')
  }
  return { questions, sheet, rows: await foldedRows(data) }
}
