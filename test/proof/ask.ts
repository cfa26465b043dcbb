import type { FigureAnswer } from '../../dashboards/figures/answer.ts'
import type { FigureQuestionText } from '../../dashboards/figures/question.ts'
import { pulse } from '../support/cli-child.ts'

export type { FigureAnswer, FigureQuestionText }

/** Asks one figure; rejects where it is not answered. */
export type Ask = (question: FigureQuestionText) => Promise<FigureAnswer>

/** The options of `pulse figure` that ask this question. */
export const figureArguments = (question: FigureQuestionText): string[] => {
  const { metric, from = '', to = '', by, where = [], asOf, receivedBy, compare } = question
  const option = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`${name}=${value}`]
  return [
    ...['figure', metric, `--from=${from}`, `--to=${to}`],
    ...option('--by', by),
    ...where.flatMap((one) => option('--where', one)),
    ...option('--as-of', asOf),
    ...option('--received-by', receivedBy),
    ...option('--compare', compare),
  ]
}

/** Through the command line, a process a figure; `store` is `--data DIR` or `--server URL`. */
export const askByCommand =
  (store: readonly string[], env: Readonly<Record<string, string>> = {}): Ask =>
  async (question) => {
    const ran = await pulse([...figureArguments(question), '--format', 'json', ...store], { env })
    if (ran.code !== 0)
      throw new Error(`${figureArguments(question).join(' ')}: exit ${ran.code}: ${ran.notes}`)
    return JSON.parse(ran.out) as FigureAnswer
  }

/** Through a running `pulse up`. */
export const askByHttp =
  (url: string): Ask =>
  async ({ metric, where = [], ...rest }) => {
    const address = new URL(`/api/v1/figures/${metric}`, url)
    for (const [name, value] of Object.entries(rest))
      if (value !== undefined) address.searchParams.append(name, String(value))
    for (const one of where) address.searchParams.append('where', one)
    const response = await fetch(address)
    const body: unknown = await response.json()
    if (!response.ok)
      throw new Error(`${address.pathname}${address.search}: ${JSON.stringify(body)}`)
    return body as FigureAnswer
  }

/** `work` on every item, at most `width` at a time, results in order. */
export const inParallel = async <T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at]
      if (item !== undefined) results[at] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}
