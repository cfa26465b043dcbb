import { mergeComponents } from '../../schemas/fold/merge-lookup.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString, sqlStringSet } from '../../schemas/store/sql-text.ts'
import { type MatterRange, ranges } from '../projector/ranges.ts'
import { matterGaps, petitionGaps } from './folded-gaps.ts'
import { addsUp, type MattersIn, sumsOf, wrongSums } from './matter-sums.ts'
import { mergedSums } from './merged-sums.ts'
import { missingPetitions, type Petition } from './missing-petitions.ts'
import type { Gap } from './report.ts'
import { settle } from './settle.ts'

export type FoldedChecked = {
  readonly gaps: readonly Gap[]
  readonly matters: number
  readonly petitions: number
}

/** Matters that do not add up and are looked at again; more of them are counted and not named. */
const LOOKED_AT = 2_000

const inList = (matters: readonly string[]): MattersIn => {
  const set = sqlStringSet(matters)
  return (column) => `${column} IN ${set}`
}

const rangeOf = (column: string, { from, to }: MatterRange): string =>
  [
    ...(from === undefined ? [] : [`${column} >= ${sqlString(from)}`]),
    ...(to === undefined ? [] : [`${column} < ${sqlString(to)}`]),
  ].join(' AND ') || 'true'

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
    const registered = await missingPetitions(store, within, due, LOOKED_AT)
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
      (
        await missingPetitions(
          store,
          inList([...new Set(left.map(({ matter }) => matter))]),
          due,
          LOOKED_AT,
        )
      ).some,
    ({ matter, petitionId }) => JSON.stringify([matter, petitionId]),
  )
  const beyond = (found: number) => Math.max(0, found - LOOKED_AT)
  return {
    gaps: [
      ...matterGaps([...alone, ...rest], beyond(foundWrong)),
      ...petitionGaps(unregistered, beyond(foundPetitions)),
    ],
    matters: matters + together.looked,
    petitions,
  }
}
