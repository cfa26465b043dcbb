import { rank } from '../../schemas/fold/known-events.ts'
import { components } from '../../schemas/fold/merges.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlStringSet } from '../../schemas/store/sql-text.ts'
import { chunked } from '../chunked.ts'
import { type MatterSums, petitionsAgree, sumsOf } from './matter-sums.ts'

type Reader = Pick<Store, 'query' | 'cluster'>
type Group = readonly string[]

/** Matters whose sums are fetched at once. */
const MATTERS_AT_ONCE = 20_000

const nothing = (matter: string): MatterSums => ({
  matter,
  due: '0',
  whole: '0',
  events: 0,
  fresh: 0,
  rows: 0,
  version: '0',
  petitions: 0,
  petitionsFrom: '0',
  petitionsUntil: '0',
})

type Total = { readonly due: bigint; readonly whole: bigint; readonly fresh: number }

const total = (group: readonly MatterSums[]): Total => ({
  due: group.reduce((sum, { due }) => sum + BigInt(due), 0n),
  whole: group.reduce((sum, { whole }) => sum + BigInt(whole), 0n),
  fresh: group.reduce((sum, { fresh }) => sum + fresh, 0),
})

/** Within what the version of a fold over all of a group must lie. */
const sees = (version: bigint, { due, whole }: Total): boolean => version >= due && version <= whole

/** The matters of groups that are tied together by merges which had to be seen. */
const tiedBy = async (store: Reader, matters: Group, due: string): Promise<Group[]> =>
  components(
    await store.query<{ subject: string; into: string }>(
      `SELECT DISTINCT subject, merged_into AS into FROM case_events WHERE subject IN ${sqlStringSet(matters)} AND type_rank = ${rank.merged} AND ${due}`,
    ),
  )

/**
 * Merge components that do not add up: a fold of one sees the events of all its matters. An edge
 * may be stored whose merge was never seen: then its matters were folded apart, or together, and
 * either is right.
 */
const wrongIn = async (
  store: Reader,
  groups: readonly Group[],
  sums: ReadonlyMap<string, MatterSums>,
  due: string,
): Promise<MatterSums[]> => {
  const of = (matter: string): MatterSums => sums.get(matter) ?? nothing(matter)
  const totals = groups.map((group) => ({ group, whole: total(group.map(of)) }))
  const odd = totals.filter(({ group, whole }) =>
    group.some((matter) => !sees(BigInt(of(matter).version), whole) || !petitionsAgree(of(matter))),
  )
  if (odd.length === 0) return []
  const tied = new Map(
    (
      await tiedBy(
        store,
        odd.flatMap(({ group }) => group),
        due,
      )
    ).flatMap((block) => block.map((matter) => [matter, block] as const)),
  )
  return odd.flatMap(({ group, whole }) =>
    group.flatMap((matter) => {
      const own = of(matter)
      const version = BigInt(own.version)
      const block = total((tied.get(matter) ?? [matter]).map(of))
      const right =
        sees(version, whole) ||
        (whole.fresh === 0 ? sees(version, block) : version >= block.due && version <= whole.whole)
      return right && petitionsAgree(own)
        ? []
        : [{ ...own, due: String(block.due), whole: String(whole.whole) }]
    }),
  )
}

/** Of matters of merge components: how many have a row, and those that do not add up. */
export const mergedSums = async (
  store: Reader,
  groups: readonly Group[],
  due: string,
): Promise<{ readonly looked: number; readonly wrong: readonly MatterSums[] }> => {
  let looked = 0
  const wrong: MatterSums[] = []
  for (const chunk of chunked(groups, ({ length }) => length, { mostSize: MATTERS_AT_ONCE })) {
    const set = sqlStringSet(chunk.flat())
    const sums = await sumsOf(store, (column) => `${column} IN ${set}`, due)
    looked += sums.filter(({ rows }) => rows > 0).length
    wrong.push(...(await wrongIn(store, chunk, new Map(sums.map((one) => [one.matter, one])), due)))
  }
  return { looked, wrong }
}
