import { type LedgerMemory, ledgerMemory } from '../../consumers/ledger-memory.ts'
import { readScopedQuestion, type ScopedQuestionText } from '../../dashboards/api/figure-request.ts'
import type { FigureAnswer } from '../../dashboards/figures/answer.ts'
import { askFigure } from '../../dashboards/figures/ask.ts'
import type { RelationsAt } from '../../dashboards/figures/evaluate.ts'
import type { Inquiry, InquiryQuery } from '../../dashboards/inquiries/inquiry.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Store } from '../../schemas/store/port.ts'
import { answersQuery, nameOfStore } from './open-store.ts'

/** What is asked of a store, whoever fills it. */
export type Figures = LedgerMemory & {
  /** The store, for messages. */
  readonly name: string
  readonly figure: (question: ScopedQuestionText) => Promise<FigureAnswer>
  /** A question made of figures. */
  readonly inquire: <A extends object>(inquiry: Inquiry<A>, query: InquiryQuery) => Promise<A>
  /** Whether the store answers a real query. */
  readonly storeAnswers: () => Promise<boolean>
  readonly isEmpty: () => Promise<boolean>
}

export type FiguresDeps = {
  readonly store: Store
  readonly settings: Settings
  readonly relationsAt: RelationsAt
  readonly watermark: () => Promise<number>
}

export const figuresOf = ({ store, settings, relationsAt, watermark }: FiguresDeps): Figures => {
  const deps = { store, relationsAt, watermark, now: Date.now, settings }
  return {
    ...ledgerMemory(store),
    name: nameOfStore(settings),
    figure: async (question) => askFigure(deps, readScopedQuestion(question, settings.timezone)),
    inquire: (inquiry, query) => inquiry.ask(deps, query),
    storeAnswers: () => answersQuery(store),
    isEmpty: async () => {
      const rows = await store.query<{ n: number }>(
        'SELECT count() AS n FROM (SELECT 1 FROM case_events LIMIT 1)',
      )
      return (rows[0]?.n ?? 0) === 0
    },
  }
}
