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

/**
 * Rows as stored, one a content: FINAL collapses copies to the earliest received. Subjects lead the
 * sorting key, so picking them before copies collapse gives the same.
 */
const stored = (events: string, subjects: string): string => `${events} FINAL PREWHERE ${subjects}`

const inCut = (cut: Cut | undefined): string =>
  cut === undefined
    ? 'true'
    : `(time <= ${sqlInstant(cut.asOf)} AND recorded_at <= ${sqlInstant(cut.asOf)} AND received_at <= ${sqlInstant(cut.receivedBy)})`

/**
 * Matters, by a condition over `subject`. `few`: so few, and so scattered, that finding their rows
 * costs more than working on them.
 * `there` is a condition on rows: the others are as if not stored.
 */
export type Subjects = {
  readonly where: string
  readonly few: boolean
  readonly there?: string
  /** Where their events are read. Default `case_events`, all of them. */
  readonly events?: string | undefined
}

/**
 * Matters of whose rows not every one is simply an event that stands: an identity stored twice (a
 * copy or a conflict), or a retraction. Few in most histories, and cheap to find; only these are
 * looked at closely. (Identities are compared by a hash: two of one hash only add a matter.)
 */
const entangled = (events: string, subjects: string): string =>
  `SELECT subject FROM ${events} WHERE ${subjects} GROUP BY subject
  HAVING max(type_rank) = ${rank.retracted} OR count() != length(arrayDistinct(groupArray(cityHash64(source, id))))`

/**
 * What does not stand, of the matters where anything does not: `lost`, the contents that lost (of
 * several under one identity the earliest recorded stands, then the lesser hash), and `retracted`,
 * the identities that a retraction which stands names. Contents lie in that order behind one
 * another, so the first of each identity stands. (No alias here may be the name of a column: it
 * would take the column's place in the condition.)
 */
const verdicts = (
  { where, few, there = 'true' }: Subjects,
  events: string,
  cut: string,
): string => `
  SELECT subject,
    arraySort(groupArray((toString(source), id, recorded_at, content_hash, type_rank, toString(retracts_source), retracts_id))) AS contents,
    arrayMap(x -> (x.1, x.2), contents) AS identities,
    arrayPushFront(arrayPopBack(identities), ('', '')) AS identities_before,
    arrayMap(x -> (x.1, x.2, x.4), arrayFilter((x, i, b) -> i = b, contents, identities, identities_before)) AS lost,
    arrayMap(x -> (x.6, x.7), arrayFilter((x, i, b) -> i != b AND x.5 = ${rank.retracted}, contents, identities, identities_before)) AS retracted
  FROM ${stored(events, few ? where : `subject IN (${entangled(events, where)})`)} WHERE ${cut} AND ${there}
  GROUP BY subject HAVING notEmpty(lost) OR notEmpty(retracted)`

const judged = ['subject', 'source', 'id', 'type_rank', 'content_hash']
const dated = ['time', 'recorded_at', 'received_at']

/**
 * Every stored row of the matters picked, with `k`: whether it is a known event that stands. A
 * retraction is never itself retracted.
 */
export const storedEvents = (
  subjects: Subjects,
  cut: Cut | undefined,
  columns: readonly string[],
): string => {
  const events = subjects.events ?? 'case_events'
  return `
  SELECT ${columns.join(', ')}, ${inCut(cut)}
    AND NOT has(lost, (toString(source), id, content_hash))
    AND (type_rank = ${rank.retracted} OR NOT has(retracted, (toString(source), id))) AS k
  FROM (SELECT ${[...new Set([...judged, ...dated, ...columns])].join(', ')} FROM ${stored(events, subjects.where)} WHERE ${subjects.there ?? 'true'}) AS stored_rows
  LEFT ANY JOIN (SELECT subject, lost, retracted FROM (${verdicts(subjects, events, inCut(cut))})) AS verdicts USING subject`
}

/** The merges and unmerges that stand, of the matters picked. */
export const knownMergesSql = (where: string, cut?: Cut, events?: string): string => `
  SELECT subject, if(type_rank = ${rank.merged}, 'merged', 'unmerged') AS type, merged_into AS into,
    toUnixTimestamp64Milli(time) AS at, id, source
  FROM (${storedEvents({ where, few: true, events }, cut, ['subject', 'source', 'id', 'type_rank', 'time', 'merged_into'])})
  WHERE k AND type_rank IN (${rank.merged}, ${rank.unmerged})`
