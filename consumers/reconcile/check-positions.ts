import type { GroupOffsets } from '../../schemas/log/kafka/group-offsets.ts'
import { partitionOrder } from '../../schemas/log/positions.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { type Gap, NAMED, type PartitionReport } from './report.ts'

/** What Kafka says of one partition of the topic. */
export type LogOffsets = Omit<GroupOffsets, 'partition'> & { readonly origin: string }

/** What the store says of it: behind its last row, and where its first is; undefined without rows. */
type Rows = { readonly first: number; readonly stored: number }

/** Positions from `from` to before `to`. */
type Hole = { readonly from: number; readonly to: number }

const rowsByOrigin = async (store: Pick<Store, 'query'>): Promise<ReadonlyMap<string, Rows>> => {
  const rows = await store.query<Rows & { origin: string }>(
    'SELECT toString(origin) AS origin, min(position) AS first, max(position + span) AS stored FROM log_positions GROUP BY origin',
  )
  return new Map(rows.map(({ origin, ...rest }) => [origin, rest]))
}

/** The first of the holes of a partition, and how many positions are in the others. */
type Holes = { readonly first: readonly Hole[]; readonly positionsInOthers: number }

/** Holes between the rows of one partition, below a bound; the first NAMED one by one. */
const holesBetween = async (
  store: Pick<Store, 'query'>,
  origin: string,
  bound: number,
): Promise<Holes> => {
  const [found] = await store.query<{
    first: readonly (readonly [from: number, to: number])[]
    positions: number
  }>(`
    SELECT groupArraySorted(${NAMED})((behind, least(at, ${bound}))) AS first, sum(least(at, ${bound}) - behind) AS positions
    FROM (
      SELECT position AS at, max(position + span) OVER (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS behind
      FROM log_positions WHERE origin = ${sqlString(origin)})
    WHERE behind > 0 AND behind < at AND behind < ${bound}
    SETTINGS output_format_json_named_tuples_as_objects = 0`)
  const first = (found?.first ?? []).map(([from, to]) => ({ from, to }))
  const named = first.reduce((sum, { from, to }) => sum + to - from, 0)
  return { first, positionsInOthers: (found?.positions ?? 0) - named }
}

const many = (hole: Hole): string =>
  hole.to - hole.from === 1
    ? `position ${hole.from} has`
    : `positions ${hole.from} to ${hole.to - 1} have`

/** How to mend a hole: what the log still has is read again. */
const mending = (hole: Hole, begin: number | undefined): string => {
  if (begin === undefined)
    return 'Set the group back to the first of them while it is stopped: what is there already is not doubled.'
  if (hole.to <= begin)
    return `The log no longer has them (it begins at ${begin}): events of theirs that are not in case_events are lost unless the senders send them again.`
  const first = Math.max(hole.from, begin)
  return `Set the group back to ${first} while it is stopped: what is there already is not doubled.`
}

const gapOf = (
  kind: 'offsets' | 'positions',
  origin: string,
  hole: Hole,
  begin: number | undefined,
): Gap => ({
  kind,
  found: hole.to - hole.from,
  origin,
  from: hole.from,
  to: hole.to - 1,
  message:
    kind === 'offsets'
      ? `${origin}: ${many(hole)} been passed over by the group and nothing is stored of them. ${mending(hole, begin)}`
      : `${origin}: ${many(hole)} no row in log_positions. ${mending(hole, begin)}`,
})

/** What of the holes of a partition is not named one by one. */
const otherHoles = (origin: string, positions: number): Gap => ({
  kind: 'positions',
  found: positions,
  origin,
  message: `${origin}: ${positions} more positions have no row in log_positions, in further holes. Set the group back to the first of all while it is stopped.`,
})

type Checked = { readonly gaps: readonly Gap[]; readonly partition: PartitionReport }

const checkOne = async (
  store: Pick<Store, 'query'>,
  origin: string,
  offsets: LogOffsets | undefined,
  folded: number,
  rows: Rows | undefined,
): Promise<Checked> => {
  const { begin, end, committed } = offsets ?? {}
  const gaps: Gap[] = []
  const begun = committed !== undefined || rows !== undefined || folded > 0
  const passed = Math.min(committed ?? 0, end ?? Number.POSITIVE_INFINITY)
  // what is gone from the log unread is lost though nobody passed over it
  const bound = Math.max(passed, folded, begun ? (begin ?? 0) : 0)
  const start = Math.min(begin ?? rows?.first ?? bound, rows?.first ?? Number.POSITIVE_INFINITY)
  const stored = rows?.stored ?? start
  if (rows !== undefined) {
    if (rows.first > start)
      gaps.push(gapOf('positions', origin, { from: start, to: Math.min(rows.first, bound) }, begin))
    const holes = await holesBetween(store, origin, bound)
    gaps.push(
      ...holes.first.map((hole) => gapOf('positions', origin, hole, begin)),
      otherHoles(origin, holes.positionsInOthers),
    )
  }
  if (stored < bound)
    gaps.push(
      gapOf(passed > stored ? 'offsets' : 'positions', origin, { from: stored, to: bound }, begin),
    )
  return {
    gaps: gaps.filter(({ found }) => found > 0),
    partition: {
      origin,
      ...(begin === undefined || end === undefined ? {} : { begin, end }),
      ...(committed === undefined ? {} : { committed }),
      folded,
      stored,
      ...(end === undefined
        ? {}
        : { lag: Math.max(0, end - Math.max(committed ?? 0, begin ?? 0)) }),
    },
  }
}

/**
 * Whether every position that was passed over has a row, partition by partition. `folded`: by origin,
 * the position below which everything is stored and folded, read before the rows; so are the offsets.
 * What lies beyond them is lag, no gap.
 */
export const checkPositions = async (
  store: Pick<Store, 'query'>,
  offsets: readonly LogOffsets[],
  folded: ReadonlyMap<string, number>,
): Promise<{ readonly gaps: Gap[]; readonly partitions: PartitionReport[] }> => {
  const rows = await rowsByOrigin(store)
  const known = new Map(offsets.map((one) => [one.origin, one]))
  const origins = [...new Set([...known.keys(), ...folded.keys(), ...rows.keys()])]
  const gaps: Gap[] = []
  const partitions: PartitionReport[] = []
  for (const origin of origins.sort(partitionOrder)) {
    const checked = await checkOne(
      store,
      origin,
      known.get(origin),
      folded.get(origin) ?? 0,
      rows.get(origin),
    )
    gaps.push(...checked.gaps)
    partitions.push(checked.partition)
  }
  return { gaps, partitions }
}
