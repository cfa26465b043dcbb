import { setTimeout as sleep } from 'node:timers/promises'
import { mergeComponents } from '../../schemas/fold/merge-lookup.ts'
import { placementOf } from '../../schemas/store/cluster.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString, sqlStringSet } from '../../schemas/store/sql-text.ts'
import { type MatterRange, ranges } from '../projector/rebuild.ts'
import { addsUp, type MatterSums, type MattersIn, sumsOf, wrongSums } from './matter-sums.ts'
import { mergedSums } from './merged-sums.ts'
import { type Gap, NAMED } from './report.ts'

export type FoldedChecked = {
  readonly gaps: readonly Gap[]
  readonly matters: number
  readonly petitions: number
}

type Petition = { readonly matter: string; readonly petitionId: string }

/** Matters that do not add up and are looked at again; more of them are counted and not named. */
const LOOKED_AT = 2_000
/** What was stored or folded while the tables were read adds up a moment later. */
const LOOKS = 4
const PAUSE_MS = 500

const inList = (matters: readonly string[]): MattersIn => {
  const set = sqlStringSet(matters)
  return (column) => `${column} IN ${set}`
}

/** Registered petitions without a row. */
const missingPetitions = async (
  store: Pick<Store, 'query' | 'cluster'>,
  matters: MattersIn,
  due: string,
): Promise<{ looked: number; found: number; some: readonly Petition[] }> => {
  const { local, relation } = placementOf(store)
  const [row] = await store.query<{
    looked: number
    found: number
    some: readonly (readonly [string, string])[]
  }>(`
    SELECT countIf(is_registered) AS looked, countIf(is_registered AND NOT has_row) AS found,
      groupArrayIf(${LOOKED_AT})((matter, petition), is_registered AND NOT has_row) AS some
    FROM ${relation(`
      SELECT matter, petition, max(registered) AS is_registered, max(folded) AS has_row FROM (
        SELECT subject AS matter, petition_id AS petition, toUInt8(1) AS registered, toUInt8(0) AS folded
        FROM ${local('case_events')} PREWHERE ${matters('subject')} WHERE type_rank = 1 AND ${due}
        UNION ALL
        SELECT origin_matter, petition_id, 0, 1 FROM ${local('petitions')} WHERE ${matters('origin_matter')})
      GROUP BY matter, petition`)}
    SETTINGS output_format_json_named_tuples_as_objects = 0`)
  return {
    looked: row?.looked ?? 0,
    found: row?.found ?? 0,
    some: (row?.some ?? []).map(([matter, petitionId]) => ({ matter, petitionId })),
  }
}

/**
 * Looks again until what is left has not changed from one look to the next; gives what has not.
 * Everything due was folded before the first look, so what is a gap stays as it is.
 */
const settle = async <T>(
  first: readonly T[],
  look: (left: readonly T[]) => Promise<readonly T[]>,
  print: (one: T) => string,
): Promise<readonly T[]> => {
  let left = first
  let unchanged: readonly T[] = []
  for (let n = 0; n < LOOKS && left.length > 0; n++) {
    if (n > 0) await sleep(PAUSE_MS)
    const before = new Set(n === 0 ? [] : left.map(print))
    left = await look(left)
    unchanged = left.filter((one) => before.has(print(one)))
    if (unchanged.length === left.length) break
  }
  return unchanged
}

const rangeOf = (column: string, { from, to }: MatterRange): string =>
  [
    ...(from === undefined ? [] : [`${column} >= ${sqlString(from)}`]),
    ...(to === undefined ? [] : [`${column} < ${sqlString(to)}`]),
  ].join(' AND ') || 'true'

const listed = (names: readonly string[]): string => {
  const some = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${some}, …` : some
}

const REPLAY = '`pulse replay` folds everything again.'

/** What is wrong with matters, each counted under what explains it best. */
const gapsOf = (wrong: readonly MatterSums[], uncounted: number): Gap[] => {
  const gone = wrong.filter(({ version, whole }) => BigInt(version) > BigInt(whole))
  const unfolded = wrong.filter(
    ({ rows, version, due }) => rows === 0 || BigInt(version) < BigInt(due),
  )
  const apart = wrong.filter((sums) => !gone.includes(sums) && !unfolded.includes(sums))
  const gap = (
    kind: 'events' | 'matters' | 'petitions',
    matters: readonly MatterSums[],
    more: number,
    said: (count: string) => string,
  ): Gap[] => {
    const found = matters.length + more
    const names = matters.map(({ matter }) => matter)
    if (found === 0) return []
    return [
      {
        kind,
        found,
        matters: names.slice(0, NAMED),
        message: `${said(found === 1 ? 'One matter' : `${found} matters`)} (${listed(names)}).`,
      },
    ]
  }
  return [
    ...gap(
      'events',
      gone,
      0,
      (count) =>
        `${count} saw events when folded that are not in case_events any more: bring back a copy of the table, or have them sent again`,
    ),
    ...gap(
      'matters',
      unfolded,
      uncounted,
      (count) =>
        `${count} without a row in matters, or with one that did not see every event stored: ${REPLAY}`,
    ),
    ...gap(
      'petitions',
      apart,
      0,
      (count) => `${count} with rows in petitions of another fold than its own: ${REPLAY}`,
    ),
  ]
}

/**
 * Whether the folded rows saw every event that had to be folded (`due`, a condition over
 * `case_events`), and none that is not stored: range by range of matters, so that memory holds it
 * whatever the size. Rows are stored and folded meanwhile; what does not add up is looked at again.
 */
export const checkFolded = async (
  store: Store,
  due: string,
  progress: (done: number, whole: number) => void,
): Promise<FoldedChecked> => {
  const groups = await mergeComponents(store)
  const merged = sqlStringSet(groups.flat())
  const plan = await ranges(store)
  const whole = plan.reduce((sum, { rows }) => sum + rows, 0)
  let done = 0
  let matters = 0
  let petitions = 0
  let foundWrong = 0
  let foundPetitions = 0
  const wrong: string[] = []
  const lacking: Petition[] = []
  for (const range of plan) {
    const within: MattersIn = (column) => rangeOf(column, range)
    const alone: MattersIn = (column) => `${within(column)} AND ${column} NOT IN ${merged}`
    const sums = await wrongSums(store, alone, due, LOOKED_AT)
    const registered = await missingPetitions(store, within, due)
    matters += sums.looked
    petitions += registered.looked
    foundWrong += sums.found
    foundPetitions += registered.found
    wrong.push(...sums.some.slice(0, LOOKED_AT - wrong.length))
    lacking.push(...registered.some.slice(0, LOOKED_AT - lacking.length))
    done += range.rows
    progress(done, whole)
  }
  const alone = await settle(
    wrong.length === 0 ? [] : await sumsOf(store, inList(wrong), due),
    async (left) =>
      (await sumsOf(store, inList(left.map(({ matter }) => matter)), due)).filter(
        (sums) => !addsUp(sums),
      ),
    (sums) => JSON.stringify(sums),
  )
  const together = await mergedSums(store, groups, due)
  const rest = await settle(
    together.wrong,
    async (left) => {
      const names = new Set(left.map(({ matter }) => matter))
      const theirs = groups.filter((group) => group.some((matter) => names.has(matter)))
      return (await mergedSums(store, theirs, due)).wrong
    },
    (sums) => JSON.stringify(sums),
  )
  const unregistered = await settle(
    lacking,
    async (left) =>
      (await missingPetitions(store, inList([...new Set(left.map(({ matter }) => matter))]), due))
        .some,
    ({ matter, petitionId }) => JSON.stringify([matter, petitionId]),
  )
  const gaps = gapsOf([...alone, ...rest], foundWrong > LOOKED_AT ? foundWrong - LOOKED_AT : 0)
  const withoutRow =
    unregistered.length + (foundPetitions > LOOKED_AT ? foundPetitions - LOOKED_AT : 0)
  if (unregistered.length > 0)
    gaps.push({
      kind: 'petitions',
      found: withoutRow,
      petitions: unregistered.slice(0, NAMED),
      message: `${withoutRow === 1 ? 'One registered petition has' : `${withoutRow} registered petitions have`} no row in petitions (${listed(unregistered.map(({ matter, petitionId }) => `${matter} ${petitionId}`))}). ${REPLAY}`,
    })
  return { gaps, matters: matters + together.looked, petitions }
}
