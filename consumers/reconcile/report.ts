import type { Outcomes } from '../conservation/outcomes.ts'

/**
 * What can be missing, by what was compared:
 * - offsets: positions the group has passed over, or a log shorter than what was read of it
 * - positions: a hole in the rows that say how positions ended
 * - hours: an hour that was summed up and now has other positions
 * - events: a row of `case_events` that was stored
 * - letters: a row of `dead_letters` that was parked
 * - matters: a folded row, or what it should have seen
 * - petitions: a row of a registered petition, or of its matter's last fold
 */
export const gapKinds = [
  'offsets',
  'positions',
  'hours',
  'events',
  'letters',
  'matters',
  'petitions',
] as const
export type GapKind = (typeof gapKinds)[number]

/** A position of the log, with the event that stands there where it could be read. */
export type NamedPosition = {
  readonly origin: string
  readonly position: number
  readonly subject?: string
  readonly source?: string
  readonly id?: string
}

/** One thing that does not add up. At most NAMED of a kind are named one by one; `found` counts all. */
export type Gap = {
  readonly kind: GapKind
  /** Positions, rows or hours. */
  readonly found: number
  /** What is missing, where, and how to mend it. */
  readonly message: string
  /** Partition, and the first and the last of its positions. */
  readonly origin?: string
  readonly from?: number
  readonly to?: number
  readonly positions?: readonly NamedPosition[]
  readonly matters?: readonly string[]
  readonly petitions?: readonly { readonly matter: string; readonly petitionId: string }[]
}

export const NAMED = 100

/** One partition: positions are offsets, those of the log and the group only where Kafka was asked. */
export type PartitionReport = {
  readonly origin: string
  /** First position the log still has, and the one behind its last. */
  readonly begin?: number
  readonly end?: number
  /** Where the group goes on; absent where it has committed nothing. */
  readonly committed?: number
  /** Every position below is stored and folded, as the consumers say. */
  readonly folded: number
  /** Behind the last position stored. */
  readonly stored: number
  /** Positions not committed yet: no gap, only not done. */
  readonly lag?: number
}

export type Reconciliation = {
  /** RFC 3339, UTC: when it began. */
  readonly at: string
  readonly clean: boolean
  /** Everything received up to then had to be stored and folded. RFC 3339, UTC. */
  readonly watermark: string
  readonly gaps: readonly Gap[]
  /** What is worth knowing and no gap. */
  readonly notes: readonly string[]
  /** How messages received up to the watermark ended; absent where no log feeds the store. */
  readonly outcomes?: Outcomes
  readonly partitions: readonly PartitionReport[]
  /** Rows looked at. */
  readonly events: number
  readonly matters: number
  readonly petitions: number
}
