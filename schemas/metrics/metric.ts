/** A text in Chinese and in English. */
export type Words = { readonly zh: string; readonly en: string }

/** What is counted. Units are never mixed; `days` are of 86,400 s, `分` is 0.01 yuan. */
export const units = ['件次', '件', '批次', '人次', '分', 'days'] as const
export type Unit = (typeof units)[number]

/**
 * E dated in the period; R cohort accepted (or listed, or registered) in it; D due in it and at or
 * before asOf; S stock at its end; – state as of asOf, whatever the period.
 */
export const bases = ['E', 'R', 'D', 'S', '–'] as const
export type Basis = (typeof bases)[number]

/** Is a rise good news? */
export type Direction = 'good' | 'bad' | 'neutral'

/**
 * A SQL expression over the columns of the metric's table. `placeholders` stand for what the question
 * and the settings say; nothing else is replaced, and no outside text ever enters.
 */
export type Expression = string

/**
 * `{asOf}` epoch ms; `{collective}` heads from which a visit is collective; `{timezone}` the
 * deployment's, an IANA name; `{regionLevel}` the level of the region in `region`, 0 where unknown.
 */
export const placeholders = ['{asOf}', '{collective}', '{timezone}', '{regionLevel}'] as const

/**
 * Rows of the population that count, and what each adds (1 unless `weight` says otherwise); with
 * `distinct`, rows of one such value count once in a cell. `at` only where the part is dated by
 * another column than its metric (closures / accepted).
 */
export type Part<U extends Unit> = {
  readonly unit: U
  readonly where?: Expression
  readonly weight?: Expression
  readonly distinct?: Expression
  readonly at?: Expression
  readonly words: Words
}

type CountMeasure = { [U in Unit]: { readonly kind: 'count'; readonly value: Part<U> } }[Unit]

/** Both parts count one unit: another one does not compile. */
type RateMeasure = {
  [U in Unit]: {
    readonly kind: 'rate'
    readonly numerator: Part<U>
    readonly denominator: Part<U>
  }
}[Unit]

/**
 * The exact quantile `rank.numerator / rank.denominator` of a duration in whole milliseconds: over
 * n sorted values position h = (n-1) × rank, linear between the two neighbours. Rows where `valid`
 * does not hold are left out and counted.
 */
type DaysMeasure = {
  readonly kind: 'days'
  readonly rank: { readonly numerator: number; readonly denominator: number }
  readonly durationMs: Expression
  readonly valid: Expression
  readonly words: Words
}

/**
 * Spells covering the end T of the period: opened < T ≤ ended. With `overdueMs`, only where
 * min(T, asOf) - due lies above `above` and at or below `upTo`: overdue is { above: 0 }.
 */
type StockMeasure = {
  readonly kind: 'stock'
  readonly unit: Unit
  readonly spells: Expression
  readonly overdueMs?: { readonly above: number; readonly upTo?: number }
  readonly words: Words
}

export type Measure = CountMeasure | RateMeasure | DaysMeasure | StockMeasure

/**
 * Where the rows of a metric come from: petitions, matters, or what an array column of the matters
 * holds. `candidates` are matters with a reason to be listed in a campaign.
 */
export type View = 'petitions' | 'matters' | 'listings' | 'candidates' | 'decisions' | 'relief'
export const views: Readonly<
  Record<View, { readonly relation: 'petitions' | 'matters'; readonly join?: Expression }>
> = {
  petitions: { relation: 'petitions' },
  matters: { relation: 'matters' },
  candidates: { relation: 'matters' },
  listings: { relation: 'matters', join: 'ARRAY JOIN campaigns AS listing' },
  decisions: {
    relation: 'matters',
    join: "ARRAY JOIN [('review', review_decided_at, toString(review_result)), ('recheck', recheck_decided_at, toString(recheck_result))] AS decision",
  },
  relief: { relation: 'matters', join: 'ARRAY JOIN relief AS payment' },
}

/**
 * A metric is data: the SQL, the command line, the API, the pages and the data dictionary are
 * derived from it. Definitions: contract §4.
 */
export type Metric = {
  readonly id: string
  readonly names: Words
  readonly meaning: Words
  /** Where the definition comes from: an article of law, a practice, a convention. */
  readonly source: Words
  readonly basis: Basis
  readonly view: View
  /** Rows the metric looks at, before any period. */
  readonly population: Expression
  readonly populationWords: Words
  /** The instant (DateTime64) that must lie in the period; a stock and a state have none. */
  readonly at?: Expression
  readonly atWords: Words
  readonly measure: Measure
  readonly direction: Direction
  /** What is left out of numerator and denominator alike, where anything is. */
  readonly exclusions?: Words
  /** A case worked out, with its numbers. */
  readonly example: Words
}

export const unitOf = ({ measure }: Metric): Unit => {
  switch (measure.kind) {
    case 'count':
      return measure.value.unit
    case 'rate':
      return measure.denominator.unit
    case 'days':
      return 'days'
    case 'stock':
      return measure.unit
    default:
      return measure satisfies never
  }
}

/** How a value is read: a count (a stock is one), a rate with its parts, or days. */
export const kindOf = ({ measure }: Metric): 'count' | 'rate' | 'days' =>
  measure.kind === 'stock' ? 'count' : measure.kind
