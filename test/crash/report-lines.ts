import type { CrashReport } from './crash-run.ts'

const SHOWN = 5

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

const shorten = (text: string): string => (text.length > 700 ? `${text.slice(0, 700)}…` : text)

/** What went wrong in a run, a line each; none where nothing did. */
export const faultsOf = (report: CrashReport): readonly string[] => {
  const named = {
    lost: report.lost,
    double: report.double,
    unequal: report.unequal,
    position: report.positions,
    contradicted: report.contradicted,
    'not reconciled': report.unreconciled,
  }
  return Object.entries(named).flatMap(([kind, all]) => [
    ...all.slice(0, SHOWN).map((one) => `${kind}: ${shorten(one.replaceAll('\n', ' '))}`),
    ...(all.length > SHOWN ? [`${kind}: and ${all.length - SHOWN} more`] : []),
  ])
}

type Counts = ReadonlyMap<string, number>

const together = (all: readonly Counts[]): Counts => {
  const counts = new Map<string, number>()
  for (const one of all)
    for (const [label, count] of one) counts.set(label, (counts.get(label) ?? 0) + count)
  return counts
}

const killsOf = (reports: readonly CrashReport[]): Counts =>
  together(reports.map(({ kills }) => kills))

const otherwiseOf = (reports: readonly CrashReport[]): Counts =>
  together(reports.map(({ otherwise }) => otherwise))

/** Everything that was done, by its label. */
export const labelsOf = (reports: readonly CrashReport[]): ReadonlySet<string> =>
  new Set([...killsOf(reports).keys(), ...otherwiseOf(reports).keys()])

/** One line for one run, or for many together. */
export const summaryOf = (reports: readonly CrashReport[]): string => {
  const total = (count: (report: CrashReport) => number) => sum(reports.map(count))
  return [
    `${sum([...killsOf(reports).values()])} kills and ${sum([...otherwiseOf(reports).values()])} other disturbances`,
    `${total(({ acknowledged }) => acknowledged)} events acknowledged after ${total(({ retries }) => retries)} repeats`,
    `${total(({ lost }) => lost.length)} lost`,
    `${total(({ double }) => double.length)} double`,
    `${total(({ unequal }) => unequal.length)} of ${total(({ compared }) => compared)} figures and rows unequal`,
    `${total(({ positions }) => positions.length)} positions unaccounted for`,
    `${total(({ contradicted }) => contradicted.length)} of ${total(({ remembered }) => remembered)} figures contradicted later`,
    `reconcile clean after ${reports.filter(({ unreconciled }) => unreconciled.length === 0).length} of ${reports.length} runs`,
    `${total(({ gaveUp }) => gaveUp.length)} processes ended by themselves and were started again`,
  ].join(', ')
}

/** What was done and how often, a line each, kills first. */
export const countLines = (reports: readonly CrashReport[]): readonly string[] => {
  const lines = (counts: Counts, what: string) =>
    [...counts].map(([label, count]) => `  ${String(count).padStart(4)}  ${what}${label}`)
  return [...lines(killsOf(reports), 'killed: '), ...lines(otherwiseOf(reports), '')]
}
