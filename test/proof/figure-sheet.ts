import { metrics } from '../../schemas/metrics/registry.ts'
import { type Ask, type FigureQuestionText, figureArguments, inParallel } from './ask.ts'

/** Answers by their question: what two stores, or one store at two times, are compared by. */
export type FigureSheet = ReadonlyMap<string, string>

/**
 * One metric for each way of counting: table, date and kind. Whether each metric counts rightly is
 * proved elsewhere; here two stores are compared, and their rows are besides.
 */
export const sheetMetrics = [
  ...new Map(
    metrics.map((metric) => [`${metric.view} ${metric.at} ${metric.measure.kind}`, metric]),
  ).values(),
]

/** They over a range, by each of the keys given ('' for in all), as known at `asOf`. */
export const sheetQuestions = (
  range: { readonly from: string; readonly to: string; readonly asOf: string },
  groupings: readonly string[],
): FigureQuestionText[] =>
  sheetMetrics.flatMap(({ id }) =>
    groupings.map((by) => ({ metric: id, ...range, ...(by === '' ? {} : { by }) })),
  )

export const figureSheet = async (
  ask: Ask,
  questions: readonly FigureQuestionText[],
): Promise<FigureSheet> => {
  const answers = await inParallel(questions, 4, async (question) => {
    const { rows } = await ask(question)
    return [figureArguments(question).join(' '), JSON.stringify(rows)] as const
  })
  return new Map(answers)
}

/** The questions two sheets answer otherwise, each with what both say, shortened. */
export const sheetDifferences = (actual: FigureSheet, expected: FigureSheet): string[] =>
  [...new Set([...actual.keys(), ...expected.keys()])]
    .filter((question) => actual.get(question) !== expected.get(question))
    .map((question) => {
      const [a, b] = [actual.get(question) ?? 'none', expected.get(question) ?? 'none']
      let at = 0
      while (a[at] === b[at]) at += 1
      const from = Math.max(0, at - 80)
      return `${question}: …${a.slice(from, at + 80)} instead of …${b.slice(from, at + 80)}`
    })
