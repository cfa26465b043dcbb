import type { Store } from '../store/port.ts'
import { sqlString, sqlStringSet } from '../store/sql-text.ts'
import { FOREVER } from '../tables/rows.ts'
import { type Cut, knownMergesSql } from './known-events.ts'
import { components, type MergeEvent, type MergeNode, resolveComponent } from './merges.ts'

/** The tables of the facts a fold reads. */
export type FactTables = { readonly events: string; readonly edges: string }

/** Those that are stored; a replay of the log has others beside them. */
export const storedFacts: FactTables = { events: 'case_events', edges: 'merge_edges' }

/** Every component of matters that ever pointed to each other: stored merges, known or not. */
export const mergeComponents = async (
  store: Pick<Store, 'query'>,
  { edges }: Pick<FactTables, 'edges'> = storedFacts,
): Promise<string[][]> =>
  components(
    await store.query<{ subject: string; into: string }>(
      `SELECT DISTINCT subject, into FROM ${edges}`,
    ),
  )

type MergeRow = {
  subject: string
  type: string
  into: string
  at: number
  id: string
  source: string
}

/** Resolves components by the merges known at the cut (absent: by all stored). */
export const resolveMerges = async (
  store: Store,
  groups: readonly (readonly string[])[],
  cut?: Cut,
  { events }: Pick<FactTables, 'events'> = storedFacts,
): Promise<MergeNode[]> => {
  if (groups.length === 0) return []
  const matters = groups.flat()
  const rows = await store.query<MergeRow>(
    knownMergesSql(`subject IN ${sqlStringSet(matters)}`, cut, events),
  )
  const bySubject = new Map<string, MergeEvent[]>()
  for (const row of rows) {
    const event: MergeEvent = {
      subject: row.subject,
      into: row.type === 'merged' ? row.into : null,
      time: row.at,
      id: row.id,
      source: row.source,
    }
    const list = bySubject.get(row.subject)
    if (list === undefined) bySubject.set(row.subject, [event])
    else list.push(event)
  }
  return groups.flatMap((group) =>
    resolveComponent(
      group,
      group.flatMap((matter) => bySubject.get(matter) ?? []),
    ),
  )
}

/** Resolved components as the relation the fold joins with (FoldInput.merged). */
export const mergedRelation = (nodes: readonly MergeNode[]): string => {
  const rows = nodes.flatMap(({ matterId, mergedInto, away, members }) => {
    const spans = away.map(([from, to]) => [from, Math.min(to, FOREVER)])
    return members.map(([member, role]) =>
      JSON.stringify([matterId, member, role, mergedInto, spans]),
    )
  })
  return `SELECT * FROM format(JSONCompactEachRow, 'matter_id String, member String, role UInt8, merged_into String, away Array(Tuple(Int64, Int64))', ${sqlString(rows.join('\n'))})`
}
