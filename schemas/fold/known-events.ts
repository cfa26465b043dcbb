import { sqlInstant } from '../store/sql-text.ts'

/**
 * From stored rows to known events: the cut, the choice between contents of one identity, and
 * retractions (contract §2 and §3), as SQL over `case_events`.
 */

/** What was known: happened and recorded by `asOf`, received by `receivedBy`; epoch ms. */
export type Cut = { readonly asOf: number; readonly receivedBy: number }

/** `type_rank` of each type: its place in the contract's table. */
export const rank = {
  registered: 1,
  voided: 2,
  forwarded: 3,
  accepted: 4,
  declined: 5,
  leadAssigned: 6,
  supervised: 7,
  extended: 8,
  closed: 9,
  reopened: 10,
  evaluated: 11,
  reviewRequested: 12,
  reviewDecided: 13,
  terminated: 14,
  listed: 15,
  resolved: 16,
  settled: 17,
  reclassified: 18,
  withdrawn: 19,
  merged: 20,
  unmerged: 21,
  relief: 22,
  retracted: 23,
} as const

/** Rows as stored, one a content: FINAL collapses copies to the earliest received. */
const stored = (subjects: string): string => `case_events FINAL WHERE ${subjects}`

const inCut = (cut: Cut | undefined): string =>
  cut === undefined
    ? 'true'
    : `(time <= ${sqlInstant(cut.asOf)} AND recorded_at <= ${sqlInstant(cut.asOf)} AND received_at <= ${sqlInstant(cut.receivedBy)})`

/**
 * Contents that lost: of several under one identity the earliest recorded stands, then the lesser
 * hash. Most histories have none, and the engine then compares with an empty set.
 */
const losers = (subjects: string, cut: string): string => `
  SELECT subject, source, id, arrayJoin(arrayPopFront(arraySort(groupArray((recorded_at, content_hash))))).2
  FROM ${stored(subjects)} AND ${cut}
  GROUP BY subject, source, id
  HAVING count() > 1`

/**
 * Events a known retraction names. A retraction is never itself retracted. (Its columns keep their
 * own names: an alias `source` or `id` would take the place of the column in the condition.)
 */
const retracted = (subjects: string, cut: string): string => `
  SELECT subject, retracts_source, retracts_id
  FROM ${stored(subjects)} AND type_rank = ${rank.retracted} AND ${cut}
    AND (subject, source, id, content_hash) NOT IN (${losers(subjects, cut)})`

/** Condition on a stored row: it is a known event that stands. */
const stands = (subjects: string, cut: string): string =>
  `${cut}
    AND (subject, source, id, content_hash) NOT IN (${losers(subjects, cut)})
    AND (type_rank = ${rank.retracted} OR (subject, source, id) NOT IN (${retracted(subjects, cut)}))`

/**
 * Every stored row of the matters that `subjects` (a condition over `subject`) picks, with `k`:
 * whether it is a known event that stands.
 */
export const storedEvents = (
  subjects: string,
  cut: Cut | undefined,
  columns: readonly string[],
): string => `
  SELECT ${columns.join(', ')}, ${stands(subjects, inCut(cut))} AS k
  FROM ${stored(subjects)}`

/**
 * Condition on the rows of one subject: each is simply an event, none stored twice (a copy or a
 * conflict) and none a retraction. Identities are compared by a hash: two that share one only make
 * the matter count as entangled, which is slower and as right.
 */
export const isPlain = `max(type_rank) < ${rank.retracted} AND count() = length(arrayDistinct(groupArray(cityHash64(source, id))))`

/** The matters of those picked that are entangled, that is not plain: few in most histories. */
export const entangledSql = (subjects: string): string =>
  `SELECT subject FROM case_events WHERE ${subjects} GROUP BY subject HAVING NOT (${isPlain})`

/** `storedEvents` of plain matters: what is known of them stands. */
export const plainEvents = (
  subjects: string,
  cut: Cut | undefined,
  columns: readonly string[],
): string => `
  SELECT ${columns.join(', ')}, ${inCut(cut)} AS k FROM case_events WHERE ${subjects}`

/** Who was ever merged into whom, by anything stored: what ties matters together for good. */
export const mergeEdgesSql = `
  SELECT DISTINCT subject, merged_into AS into FROM case_events WHERE type_rank = ${rank.merged}`

/** The merges and unmerges that stand, of the matters picked. */
export const knownMergesSql = (subjects: string, cut?: Cut): string => `
  SELECT subject, if(type_rank = ${rank.merged}, 'merged', 'unmerged') AS type, merged_into AS into,
    toUnixTimestamp64Milli(time) AS at, id, source
  FROM ${stored(subjects)} AND type_rank IN (${rank.merged}, ${rank.unmerged})
    AND ${stands(subjects, inCut(cut))}`
