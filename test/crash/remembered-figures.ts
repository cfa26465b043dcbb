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

type Told = { readonly question: FigureQuestionText; readonly rows: string }

export const rememberedFigures = (): RememberedFigures => {
  const told: Told[] = []
  return {
    remember: async (url) => {
      for (const question of questions) {
        const answer = await askByHttp(url)(question).catch(() => undefined)
        if (answer === undefined) return
        const { asOf, receivedBy, rows } = answer
        told.push({ question: { ...question, asOf, receivedBy }, rows: JSON.stringify(rows) })
      }
    },
    contradicted: async (url) => {
      const found: string[] = []
      for (const { question, rows } of told) {
        const again = JSON.stringify((await askByHttp(url)(question)).rows)
        if (again !== rows)
          found.push(`${figureArguments(question).join(' ')}: ${rows} then, ${again} now`)
      }
      return found
    },
    count: () => told.length,
  }
}
