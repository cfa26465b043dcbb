import type { Grain, Period } from '../../schemas/periods/grains.ts'
import { periodsIn, unitAt } from '../../schemas/periods/grains.ts'
import { addMonths, dayText, FIRST_DAY, type LocalDay } from '../../schemas/periods/local-day.ts'
import { zoneOf } from '../../schemas/periods/zone.ts'
import type { FigureAnswer } from '../figures/answer.ts'
import type { FigureQuestionText, FigureSettings } from '../figures/question.ts'

export type AskRows = (question: FigureQuestionText) => Promise<Pick<FigureAnswer, 'rows'>>

const MONTHS_BACK = 24

/**
 * The last month in which a petition was registered: of the whole months behind us if there is one,
 * else this month. Looks two years back first, then as far as there are figures; undefined where
 * there is nothing at all. `now` is epoch ms.
 */
export const latestMonth = async (
  ask: AskRows,
  { timezone, monthStart }: Pick<FigureSettings, 'timezone' | 'monthStart'>,
  now: number,
): Promise<Period | undefined> => {
  const lastIn = async (
    grain: Grain,
    from: LocalDay,
    to: LocalDay,
  ): Promise<Period | undefined> => {
    const range = { from: dayText(from), to: dayText(to) }
    const { rows } = await ask({ metric: 'petitions', by: grain, ...range })
    const filled = new Set(
      rows
        .filter(({ value }) => typeof value === 'number' && value > 0)
        .map((row) => String(row[grain])),
    )
    return periodsIn({ from, to }, grain, monthStart).findLast(({ label }) => filled.has(label))
  }
  const current = unitAt(zoneOf(timezone).wallAt(now).day, 'month', monthStart)
  const recent = await lastIn('month', addMonths(current.from, -MONTHS_BACK), current.from)
  if (recent !== undefined) return recent
  const year = await lastIn('year', FIRST_DAY, current.to)
  return year === undefined ? undefined : lastIn('month', year.from, year.to)
}
