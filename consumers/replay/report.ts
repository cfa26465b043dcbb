import { type DifferenceKind, kinds, type TableDifference } from './compare-tables.ts'
import type { FigureDifference } from './compare-figures.ts'

export type RefoldSource = 'store' | 'kafka'

/** What was read of the log, and what of it the store lacked. */
export type LogRead = {
  /** Messages read. */
  readonly read: number
  /** Events the raw table lacked; `read` less these and the dead letters it has already. */
  readonly stored: number
  /** Messages that could not be used and were not parked yet. */
  readonly parked: number
  /** Positions left to the consumers of the group, which are at work. */
  readonly left: number
}

/**
 * What a replay folded, and what the new tables say otherwise than the live ones. Flat, so that it can
 * be shown as a record; a matter is never named with more than its id.
 */
export type RefoldReport = {
  readonly from: RefoldSource
  /** The new tables do not take the place of the live ones. */
  readonly dryRun: boolean
  /** Events folded, and matters the new tables have. */
  readonly events: number
  readonly matters: number
} & Partial<LogRead> & {
    readonly mattersOnlyLive: number
    readonly mattersOnlyNew: number
    readonly mattersDiffer: number
    readonly petitionsOnlyLive: number
    readonly petitionsOnlyNew: number
    readonly petitionsDiffer: number
    /** Not compared: matters and petitions something was received of while this went on. */
    readonly inFlight: number
    /** Of those that differ, how many in which column. */
    readonly columns: readonly {
      readonly table: string
      readonly column: string
      readonly differ: number
    }[]
    readonly figures: readonly FigureDifference[]
    /** Some of the matters concerned. */
    readonly samples: readonly {
      readonly table: string
      readonly difference: DifferenceKind
      readonly matter: string
    }[]
  }

/** The differences of one table under its name. */
export type Differences = Readonly<Record<'matters' | 'petitions', TableDifference>>

const tables = ['matters', 'petitions'] as const

/** Whether two sets of tables say the same. */
export const same = (differences: Differences): boolean =>
  tables.every((table) => {
    const { onlyLive, onlyNew, differ } = differences[table]
    return onlyLive + onlyNew + differ === 0
  })

/** The differences as the report has them. */
export const reported = (
  differences: Differences,
  figures: readonly FigureDifference[],
): Omit<RefoldReport, 'from' | 'dryRun' | 'events' | 'matters'> => {
  const { matters, petitions } = differences
  return {
    mattersOnlyLive: matters.onlyLive,
    mattersOnlyNew: matters.onlyNew,
    mattersDiffer: matters.differ,
    petitionsOnlyLive: petitions.onlyLive,
    petitionsOnlyNew: petitions.onlyNew,
    petitionsDiffer: petitions.differ,
    inFlight: matters.inFlight + petitions.inFlight,
    columns: tables.flatMap((table) =>
      [...differences[table].columns].map(([column, differ]) => ({ table, column, differ })),
    ),
    figures,
    samples: tables.flatMap((table) =>
      kinds.flatMap((difference) =>
        differences[table].samples[difference].map((matter) => ({ table, difference, matter })),
      ),
    ),
  }
}
