import type { MatterSums } from './matter-sums.ts'
import type { Petition } from './missing-petitions.ts'
import { type Gap, NAMED } from './report.ts'

const listed = (names: readonly string[]): string => {
  const some = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${some}, …` : some
}

const REPLAY = '`pulse replay` folds everything again.'

/** What is wrong with matters, each counted under what explains it best; `uncounted` more lack a row or events. */
export const matterGaps = (wrong: readonly MatterSums[], uncounted: number): Gap[] => {
  const gone = wrong.filter(({ version, whole }) => BigInt(version) > BigInt(whole))
  const unfolded = wrong.filter(
    ({ rows, version, due }) => rows === 0 || BigInt(version) < BigInt(due),
  )
  const apart = wrong.filter((sums) => !gone.includes(sums) && !unfolded.includes(sums))
  const gap = (
    kind: 'events' | 'matters' | 'petitions',
    matters: readonly MatterSums[],
    more: number,
    said: (which: string) => string,
  ): Gap[] => {
    const found = matters.length + more
    const names = matters.map(({ matter }) => matter)
    if (found === 0) return []
    return [
      {
        kind,
        found,
        matters: names.slice(0, NAMED),
        message: said(`${found === 1 ? 'One matter' : `${found} matters`} (${listed(names)})`),
      },
    ]
  }
  return [
    ...gap(
      'events',
      gone,
      0,
      (which) =>
        `${which} saw events when folded that are not in case_events any more: bring back a copy of the table, or have them sent again.`,
    ),
    ...gap(
      'matters',
      unfolded,
      uncounted,
      (which) =>
        `${which} without a row in matters, or with one that did not see every event stored: ${REPLAY}`,
    ),
    ...gap(
      'petitions',
      apart,
      0,
      (which) => `${which} with rows in petitions of another fold than its own: ${REPLAY}`,
    ),
  ]
}

/** Registered petitions without a row; there are `uncounted` more. */
export const petitionGaps = (missing: readonly Petition[], uncounted: number): Gap[] => {
  const found = missing.length + uncounted
  if (found === 0) return []
  const names = missing.map(({ matter, petitionId }) => `${matter} ${petitionId}`)
  return [
    {
      kind: 'petitions',
      found,
      petitions: missing.slice(0, NAMED),
      message: `${found === 1 ? 'One registered petition has' : `${found} registered petitions have`} no row in petitions (${listed(names)}). ${REPLAY}`,
    },
  ]
}
