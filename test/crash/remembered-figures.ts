import { isDeepStrictEqual } from 'node:util'
import { askByHttp, type FigureQuestionText, figureArguments } from '../proof/ask.ts'

/** Figures told while processes are killed, which must be told the same ever after. */
export type RememberedFigures = {
  /** Asks some, as known and received by now; those that nobody answers are left. */
  readonly remember: (url: string) => Promise<void>
  /** Asks all of them again. Those that are told otherwise now, each with what is told. */
  readonly contradicted: (url: string) => Promise<readonly string[]>
  readonly count: () => number
}

const range = { from: '2021-06-01', to: '2026-01-01' }
const questions: readonly FigureQuestionText[] = [
  { metric: 'petitions', by: 'month', ...range },
  { metric: 'open_matters', by: 'region', ...range },
  { metric: 'closure_rate', ...range },
]

type Told = { readonly question: FigureQuestionText; readonly rows: readonly object[] }

/** Rows that only one of both has. */
const apart = (then: readonly object[], now: readonly object[]): string => {
  const [a, b] = [then, now].map((rows) => rows.map((row) => JSON.stringify(row)))
  const only = (rows: readonly string[] = [], others: readonly string[] = []) =>
    rows.filter((row) => !others.includes(row)).join(' ')
  return `${only(a, b)} then, ${only(b, a)} now`
}

export const rememberedFigures = (): RememberedFigures => {
  const told: Told[] = []
  return {
    remember: async (url) => {
      for (const question of questions) {
        const answer = await askByHttp(url)(question).catch(() => undefined)
        if (answer === undefined) return
        const { asOf, receivedBy, rows } = answer
        told.push({ question: { ...question, asOf, receivedBy }, rows })
      }
    },
    contradicted: async (url) => {
      const found: string[] = []
      for (const { question, rows } of told) {
        const again = (await askByHttp(url)(question)).rows
        if (!isDeepStrictEqual(again, rows))
          found.push(`${figureArguments(question).join(' ')}: ${apart(rows, again)}`)
      }
      return found
    },
    count: () => told.length,
  }
}
