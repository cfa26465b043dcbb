import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cleanLoad } from '../test/crash/clean-load.ts'
import { type CrashPlan, type CrashReport, crashRun } from '../test/crash/crash-run.ts'
import { hostileWaves } from '../test/crash/hostile-waves.ts'
import {
  behindPlans,
  crashPlans,
  everyLabelOfAll,
  MANY_WAVES,
  WAVES,
} from '../test/crash/matrix.ts'
import { countLines, faultsOf, labelsOf, summaryOf } from '../test/crash/report-lines.ts'
import { startBroker } from './kafka/broker.ts'

const say = (line: string): void => console.log(line)

const usual = (seed: number) => ({
  plans: crashPlans(seed),
  world: hostileWaves({ seed, waves: WAVES, histories: 40, matters: 150 }),
})

/** About 90,000 messages, nearly all written to the topic itself. */
const large = (seed: number) => ({
  plans: behindPlans(seed),
  world: hostileWaves({
    seed,
    waves: MANY_WAVES,
    histories: 40,
    matters: 16_000,
    copied: 1,
    lines: 60,
  }),
})

/** One run with its lines; undefined where it could not be judged. */
const runPlan = async (
  plan: CrashPlan,
  given: Parameters<typeof crashRun>[1],
): Promise<CrashReport | undefined> => {
  const begun = Date.now()
  try {
    const report = await crashRun(plan, given)
    say(`${plan.name} (${Math.round((Date.now() - begun) / 1000)} s): ${summaryOf([report])}`)
    for (const line of [...faultsOf(report), ...report.gaveUp]) say(`  ${line}`)
    return report
  } catch (error) {
    say(`${plan.name} could not be judged: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
}

/** A whole number of at least one; throws where the text is none. */
const counting = (name: string, text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`--${name} ${text} is not a whole number of 1 or more.`)
  return number
}

/**
 * Kills every process at every step while hostile histories are sent, and compares with a clean load.
 * `--runs N` (default 2) times through the whole matrix, more than sixty kills each; `--only NAME` a part of
 * it; `--seed S`; `--keep` leaves the stores. Exit code 0: everything was judged, nothing was wrong, and
 * (but for `--only`) every label of the matrix had its turn.
 */
export const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '2' },
      only: { type: 'string' },
      seed: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  })
  const runs = counting('runs', values.runs)
  const first = counting('seed', values.seed ?? String(1 + (Date.now() % 100_000)))
  const work = await mkdtemp(join(tmpdir(), 'pulse-crash-'))
  const broker = await startBroker({ say, readyLimitMs: 60_000 })
  const reports: CrashReport[] = []
  let begun = 0
  try {
    for (let seed = first; seed < first + runs; seed += 1) {
      for (const { plans, world } of [usual(seed), large(seed)]) {
        const asked = plans.filter(({ name }) => name.startsWith(values.only ?? ''))
        if (asked.length === 0) continue
        const place = await mkdtemp(join(work, `${seed}-`))
        const clean = await cleanLoad(place, world)
        for (const plan of asked) {
          begun += 1
          const report = await runPlan(plan, { broker, work: place, world, clean })
          if (report !== undefined) reports.push(report)
        }
        if (!values.keep) await rm(place, { recursive: true, force: true })
      }
    }
  } finally {
    await broker.stop()
    if (values.keep) say(`Kept: ${work}`)
    else await rm(work, { recursive: true, force: true })
  }
  const had = labelsOf(reports)
  const without =
    values.only === undefined ? everyLabelOfAll.filter((label) => !had.has(label)) : []
  for (const line of countLines(reports)) say(line)
  for (const label of without) say(`never done: ${label}`)
  const passed =
    begun > 0 &&
    reports.length === begun &&
    without.length === 0 &&
    reports.every((report) => faultsOf(report).length === 0)
  say(
    `${passed ? 'PASSED' : 'FAILED'}, seed ${first}: ${reports.length} of ${begun} runs judged, ${summaryOf(reports)}`,
  )
  return passed ? 0 : 1
}
