import { placementOf } from '../../schemas/store/cluster.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlInstant } from '../../schemas/store/sql-text.ts'
import { next } from '../projector/beside.ts'
import { ranges } from '../projector/ranges.ts'
import { LEFT } from './read-runs.ts'
import type { EventName } from './report.ts'

/** A content of an identity: what a row of `case_events` is one of. */
const print = 'sipHash128(subject, source, id, content_hash)'
const stored = 'case_events'
const read = next('case_events_read')
const gathered = next('case_events')

/** Events the log holds and the store does not: how many, and some of them; and how many the other way round. */
export type Lacking = {
  readonly found: number
  readonly some: readonly EventName[]
  readonly onlyStored: number
}

/**
 * Puts every event that the log holds and the store lacks beside what is stored, with the mark
 * `storedAt`, and counts those that only the store still has. Range by range of matters: memory holds
 * one of them. Rejects with the reason of `signal` once that is aborted, before the next range.
 */
export const gatherLacking = async (
  store: Store,
  storedAt: number,
  named: number,
  signal: AbortSignal | undefined,
): Promise<Lacking> => {
  const { local, gather, relation } = placementOf(store)
  const printsOf = (table: string, where: string) =>
    `(SELECT ${print} FROM ${local(table)} WHERE ${where})`
  let found = 0
  let onlyStored = 0
  let some: readonly EventName[] = []
  // (the mark is given outside of what is filtered: its name would take the column's place there)
  for (const { condition } of await ranges(store, undefined, [stored, read])) {
    signal?.throwIfAborted()
    const lacking = `FROM ${local(read)} WHERE ${condition} AND stored_at > ${sqlInstant(LEFT)} AND ${print} NOT IN ${printsOf(stored, condition)}`
    await store.command(
      `INSERT INTO ${gathered} ${gather(`SELECT * REPLACE (${sqlInstant(storedAt)} AS stored_at) FROM (SELECT * ${lacking})`)}`,
    )
    const [row] = await store.query<{
      found: number
      only_stored: number
      some: readonly (readonly [string, string, string])[]
    }>(
      `SELECT (SELECT uniqExact(p) FROM ${relation(`SELECT ${print} AS p ${lacking}`)}) AS found,
        (SELECT groupUniqArray(${named})((subject, toString(source), id)) FROM ${relation(`SELECT subject, source, id ${lacking}`)}) AS some,
        (SELECT uniqExact(p) FROM ${relation(`SELECT ${print} AS p FROM ${local(stored)} WHERE ${condition} AND ${print} NOT IN ${printsOf(read, condition)}`)}) AS only_stored
       SETTINGS output_format_json_named_tuples_as_objects = 0`,
    )
    found += row?.found ?? 0
    onlyStored += row?.only_stored ?? 0
    some = [
      ...some,
      ...(row?.some ?? []).map(([subject, source, id]) => ({ subject, source, id })).sort(byName),
    ].slice(0, named)
  }
  return { found, some, onlyStored }
}

const byName = (a: EventName, b: EventName): number =>
  a.subject === b.subject
    ? Number(a.id > b.id) - Number(a.id < b.id)
    : a.subject < b.subject
      ? -1
      : 1

/** Takes over what was stored since (epoch ms) beside what was gathered. */
export const followStored = async (store: Store, since: number): Promise<void> => {
  await store.command(`INSERT INTO ${next('merge_edges')} SELECT * FROM merge_edges`)
  await store.command(
    `INSERT INTO ${gathered} SELECT * FROM ${stored} WHERE stored_at >= ${sqlInstant(since)}`,
  )
}

/**
 * Stores what was gathered with the mark `storedAt` and is nowhere else: letters and merge edges
 * first, positions last, as a consumer does. Doing it again changes nothing.
 */
export const bringLacking = async (store: Store, storedAt: number): Promise<void> => {
  for (const table of ['dead_letters', 'merge_edges'])
    await store.command(`INSERT INTO ${table} SELECT * FROM ${next(table)}`)
  await store.command(
    `INSERT INTO ${stored} SELECT * FROM ${gathered} WHERE stored_at = ${sqlInstant(storedAt)}`,
  )
  await store.command(`INSERT INTO log_positions SELECT * FROM ${next('log_positions')}`)
}
