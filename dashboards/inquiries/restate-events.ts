import { type Cut, storedEvents } from '../../schemas/fold/known-events.ts'
import { mergeComponents } from '../../schemas/fold/merge-lookup.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlStringSet } from '../../schemas/store/sql-text.ts'
import { type Cause, causeOfMatter, type Turned } from './restate-causes.ts'

type EventRow = {
  readonly subject: string
  readonly type_rank: number
  readonly at: number
  readonly source: string
  readonly id: string
  readonly hash: string
}

const knownEvents = (
  store: Pick<Store, 'query'>,
  subjects: readonly string[],
  cut: Cut,
): Promise<EventRow[]> =>
  store.query<EventRow>(
    `SELECT subject, type_rank, toUnixTimestamp64Milli(time) AS at, toString(source) AS source, id, hex(content_hash) AS hash
FROM (${storedEvents({ where: `subject IN ${sqlStringSet(subjects)}`, few: true }, cut, ['subject', 'type_rank', 'time', 'source', 'id', 'content_hash'])}) WHERE k`,
  )

/** The events that are known on one side only, by subject. */
const turnedEvents = async (
  store: Pick<Store, 'query'>,
  subjects: readonly string[],
  then: Cut,
  now: Cut,
): Promise<ReadonlyMap<string, readonly Turned[]>> => {
  const keyOf = ({ subject, source, id, hash }: EventRow) =>
    JSON.stringify([subject, source, id, hash])
  const before = new Map((await knownEvents(store, subjects, then)).map((row) => [keyOf(row), row]))
  const after = new Map((await knownEvents(store, subjects, now)).map((row) => [keyOf(row), row]))
  const turned = new Map<string, Turned[]>()
  const add = (row: EventRow, isKnown: boolean): void => {
    const list = turned.get(row.subject) ?? []
    list.push({
      subject: row.subject,
      typeRank: row.type_rank,
      time: row.at,
      identity: JSON.stringify([row.source, row.id]),
      isKnown,
    })
    turned.set(row.subject, list)
  }
  for (const [key, row] of after) if (!before.has(key)) add(row, true)
  for (const [key, row] of before) if (!after.has(key)) add(row, false)
  return turned
}
/** Matters by the cause of their change, with how many of their events turned. */
export const byCause = async (
  store: Pick<Store, 'query'>,
  ids: readonly string[],
  then: Cut,
  now: Cut,
): Promise<ReadonlyMap<Cause, { readonly ids: readonly string[]; readonly events: number }>> => {
  const groups = new Map(
    (await mergeComponents(store)).flatMap((group) => group.map((id) => [id, group] as const)),
  )
  const subjects = [...new Set(ids.flatMap((id) => groups.get(id) ?? [id]))]
  const turned = subjects.length === 0 ? new Map() : await turnedEvents(store, subjects, then, now)
  const found = new Map<Cause, { ids: string[]; events: number }>()
  for (const id of ids) {
    const events: Turned[] = (groups.get(id) ?? [id]).flatMap(
      (subject) => turned.get(subject) ?? [],
    )
    const cause = causeOfMatter(events, then.asOf)
    const known = found.get(cause) ?? { ids: [], events: 0 }
    known.ids.push(id)
    known.events += events.length
    found.set(cause, known)
  }
  return found
}
