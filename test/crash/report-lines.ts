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
  }
  return Object.entries(named).flatMap(([kind, all]) => [
    ...all.slice(0, SHOWN).map((one) => `${kind}: ${shorten(one.replaceAll('\n', ' '))}`),
    ...(all.length > SHOWN ? [`${kind}: and ${all.length - SHOWN} more`] : []),
  ])
}

const killsOf = (reports: readonly CrashReport[]): ReadonlyMap<string, number> => {
  const kills = new Map<string, number>()
  for (const report of reports)
    for (const [label, count] of report.kills) kills.set(label, (kills.get(label) ?? 0) + count)
  return kills
}

/** One line for one run, or for many together. */
export const summaryOf = (reports: readonly CrashReport[]): string => {
  const kills = killsOf(reports)
  const total = (count: (report: CrashReport) => number) => sum(reports.map(count))
  return [
    `${sum([...kills.values()])} kills`,
    `${total(({ acknowledged }) => acknowledged)} events acknowledged after ${total(({ retries }) => retries)} repeats`,
    `${total(({ lost }) => lost.length)} lost`,
    `${total(({ double }) => double.length)} double`,
    `${total(({ unequal }) => unequal.length)} of ${total(({ compared }) => compared)} figures and rows unequal`,
    `${total(({ positions }) => positions.length)} positions unaccounted for`,
    `${total(({ contradicted }) => contradicted.length)} of ${total(({ remembered }) => remembered)} figures contradicted later`,
    `${total(({ gaveUp }) => gaveUp.length)} processes ended by themselves and were started again`,
  ].join(', ')
}

/** Kills by what and where, a line each. */
export const killLines = (reports: readonly CrashReport[]): readonly string[] =>
  [...killsOf(reports)].map(([label, count]) => `  ${String(count).padStart(4)}  ${label}`)
