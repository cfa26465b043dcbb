import type { FigureQuestionText } from '../../../dashboards/figures/question.ts'
import type { WireEvent } from '../../../schemas/events/wire.ts'
import { type World, worldOf } from './world-builder.ts'

/** Printed forms with 2, 1 and 0 decimals: of a rate in %, or of a change in %. */
export type Printed = readonly [string, string, string?]

export type GoldenQuestion = {
  /** In the zone Asia/Shanghai. */
  readonly question: FigureQuestionText
  readonly monthStart?: number
  /** Rows in order, with the fields that matter. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** Of the first row's rate. */
  readonly printedRate?: Printed
  /** Of the first row's change on the year. */
  readonly printedChange?: Printed
}

/** One set rebuilt. All worlds can live in one store: each has a region of its own, and asks for it. */
export type GoldenWorld = {
  readonly id: string
  readonly events: readonly WireEvent[]
  readonly questions: readonly GoldenQuestion[]
}

export const THIS = '2024-03-05T09:00:00+08:00'
export const LAST = '2023-03-05T09:00:00+08:00'
export const SOON = '2024-03-20T09:00:00+08:00'
export const SOON_LAST = '2023-03-20T09:00:00+08:00'

type Ask = Omit<FigureQuestionText, 'metric' | 'where'> & { readonly where?: string }
type Rest = Omit<GoldenQuestion, 'question' | 'rows'>

export const world = (
  id: string,
  build: (world: World) => void,
  asks: readonly (readonly [string, Ask, GoldenQuestion['rows'], Rest?])[],
): GoldenWorld => {
  const built = worldOf(id)
  build(built)
  return {
    id,
    events: built.events,
    questions: asks.map(([metric, { where, ...ask }, rows, rest]) => ({
      question: {
        metric,
        from: '2024-01-01',
        to: '2025-01-01',
        asOf: '2025-12-31',
        where: [`region=${id}`, ...(where === undefined ? [] : [where])],
        ...ask,
      },
      rows,
      ...rest,
    })),
  }
}

export const count = (value: number, keys: Readonly<Record<string, string>> = {}) => ({
  ...keys,
  value,
})
export const rate = (numerator: number, denominator: number) => ({
  numerator,
  denominator,
  value: numerator / denominator,
})
export const yoy = { compare: 'yoy' }
