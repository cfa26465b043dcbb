import { readFile } from 'node:fs/promises'

/** A rate of the truth: exact parts, ten digits, and the forms a page would print; null: nothing to divide by. */
export type TruthRate = {
  readonly n: number
  readonly d: number
  readonly rate: number
  readonly pct2: string
  readonly pct1: string
} | null

/** What the truth says of one group of requests. */
export type TruthGroup = {
  readonly opened: number
  readonly closed: number
  readonly open_now: number
  readonly closure_rate: TruthRate
  readonly days_to_close: {
    readonly median_days?: number | null
    readonly p90_days?: number | null
  }
  readonly within: Readonly<Record<string, TruthRate>>
  readonly with_due: number
  readonly overdue_open: number
  readonly open_not_yet_due: number
  readonly on_time_of_closed_with_due: TruthRate
}

/** The parts of the file that the metrics can express; its `rules` say how it was computed. */
export type Truth = {
  readonly as_of: string
  readonly overall: TruthGroup
  readonly by_month_event: readonly {
    readonly month: string
    readonly opened: number
    readonly closed_in_month: number
    readonly backlog_end: number
    readonly clearance_ratio: TruthRate
  }[]
  readonly by_month_cohort: Readonly<Record<string, TruthGroup>>
  readonly by_isoweek_opened: Readonly<Record<string, number>>
  readonly by_day_opened: Readonly<Record<string, number>>
  readonly by_year_opened: Readonly<Record<string, number>>
  readonly yoy_opened_pct: Readonly<Record<string, string | null>>
  readonly yoy_month_opened_pct: Readonly<Record<string, string | null>>
  readonly mom_opened_pct: Readonly<Record<string, string | null>>
  readonly by_dim: Readonly<Record<string, Readonly<Record<string, TruthGroup>>>>
}

export const readTruth = async (file: string): Promise<Truth> =>
  JSON.parse(await readFile(file, 'utf8')) as Truth
