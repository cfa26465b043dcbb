import { type ExchangedTable, exchangedTables } from '../projector/beside.ts'
import type { FigureDifference } from './compare-figures.ts'
import { type DifferenceKind, kinds, type TableDifference } from './compare-tables.ts'

/** An event by its name. */
export type EventName = { readonly subject: string; readonly source: string; readonly id: string }

/** What a replay read of the log, and what the store lacks of it. */
export type LogRead = {
  /** Messages read. */
  readonly read: number
  /** Events the log holds and the store lacks. */
  readonly lackingEvents: number
  /** Dead letters the store lacks. */
  readonly lackingLetters: number
  /** Events the store holds and the log no longer does: they are folded from the store. */
  readonly onlyStored: number
  /** Messages left to the consumers at work. */
  readonly left: number
  /** Messages the consumers at work went past without a trace of them in the store. */
  readonly passedOver: number
  /** Some of the events that are lacking. */
  readonly lacking: readonly EventName[]
}

/**
 * What a replay folded, and what the new tables say otherwise than the live ones. Flat, so that it can
 * be shown as a record; a matter is never named with more than its id.
 */
export type RefoldReport = {
  readonly from: 'store' | 'kafka'
  /** The new tables do not take the place of the live ones. */
  readonly dryRun: boolean
  /** Events folded, and matters the new tables have. */
  readonly events: number
  readonly matters: number
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
} & Partial<LogRead>

/** The differences of one table under its name. */
export type Differences = Readonly<Record<ExchangedTable, TableDifference>>

/** Whether two sets of tables say the same. */
export const same = (differences: Differences): boolean =>
  exchangedTables.every((table) => {
    const { onlyLive, onlyNew, differ } = differences[table]
    return onlyLive + onlyNew + differ === 0
  })

/** Whether a switch changes nothing of what the tables say. */
export const isSame = (report: RefoldReport): boolean =>
  report.mattersOnlyLive +
    report.mattersOnlyNew +
    report.mattersDiffer +
    report.petitionsOnlyLive +
    report.petitionsOnlyNew +
    report.petitionsDiffer +
    (report.lackingEvents ?? 0) +
    (report.lackingLetters ?? 0) ===
  0

/** The differences as the report has them. */
export const reported = (
  differences: Differences,
  figures: readonly FigureDifference[],
): Omit<RefoldReport, 'from' | 'dryRun' | 'events' | 'matters' | keyof LogRead> => {
  const { matters, petitions } = differences
  return {
    mattersOnlyLive: matters.onlyLive,
    mattersOnlyNew: matters.onlyNew,
    mattersDiffer: matters.differ,
    petitionsOnlyLive: petitions.onlyLive,
    petitionsOnlyNew: petitions.onlyNew,
    petitionsDiffer: petitions.differ,
    inFlight: matters.inFlight + petitions.inFlight,
    columns: exchangedTables.flatMap((table) =>
      [...differences[table].columns].map(([column, differ]) => ({ table, column, differ })),
    ),
    figures,
    samples: exchangedTables.flatMap((table) =>
      kinds.flatMap((difference) =>
        differences[table].samples[difference].map((matter) => ({ table, difference, matter })),
      ),
    ),
  }
}
