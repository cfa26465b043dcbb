import { openPulse } from '../../consumers/open.ts'
import { askFigure } from '../../dashboards/figures/ask.ts'
import { metrics } from '../../schemas/metrics/registry.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import { HISTORY } from './city-events.ts'

/** Zone of everything measured here. */
export const TIMEZONE = 'Asia/Shanghai'

/** Answers (rows as JSON) by their question. */
export type Sheet = Readonly<Record<string, string>>

export type SheetQuestion = { readonly metric: string; readonly by: readonly string[] }

/** After all that is stamped, so that everything in the log is known. */
export const SHEET_AS_OF = Date.UTC(2190, 0, 1)

/** Every metric over the whole history, and by month. */
export const sheetQuestions: readonly SheetQuestion[] = metrics.flatMap(({ id }) => [
  { metric: id, by: [] },
  { metric: id, by: ['month'] },
])

/** Asked again and again to see whether the last event counts: every registration is in it. */
export const probe: SheetQuestion = { metric: 'petitions', by: ['month'] }

export const nameOf = ({ metric, by }: SheetQuestion): string => [metric, ...by].join(' by ')

export type AskRows = (question: SheetQuestion) => Promise<readonly object[]>

export const sheetOf = async (ask: AskRows): Promise<Sheet> => {
  const sheet: Record<string, string> = {}
  for (const question of sheetQuestions)
    sheet[nameOf(question)] = JSON.stringify(await ask(question))
  return sheet
}

/** Questions that two sheets answer otherwise. */
export const differing = (actual: Sheet, expected: Sheet): readonly string[] =>
  [...new Set([...Object.keys(actual), ...Object.keys(expected)])].filter(
    (name) => actual[name] !== expected[name],
  )

/** Folds everything in a directory anew, then asks. */
export const rebuiltSheet = async (directory: string): Promise<Sheet> => {
  const store = await openEmbedded({ directory })
  const pulse = await openPulse({ store, timezone: TIMEZONE })
  try {
    await pulse.rebuild()
    const settings = { timezone: TIMEZONE, monthStart: 1, collectiveThreshold: 5 }
    const { relationsAt, watermark } = pulse
    return await sheetOf(async ({ metric, by }) => {
      const asked = { metric, by, ...HISTORY, asOf: SHEET_AS_OF }
      const deps = { store, relationsAt, watermark, now: Date.now, settings }
      return (await askFigure(deps, asked)).rows
    })
  } finally {
    await pulse.close()
  }
}
