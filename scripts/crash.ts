import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cleanLoad } from '../test/crash/clean-load.ts'
import { type CrashPlan, type CrashReport, crashRun } from '../test/crash/crash-run.ts'
import { hostileWaves } from '../test/crash/hostile-waves.ts'
import { behindPlans, crashPlans, MANY_WAVES, WAVES } from '../test/crash/matrix.ts'
import { faultsOf, killLines, summaryOf } from '../test/crash/report-lines.ts'
import { startBroker } from './kafka/broker.ts'

const say = (line: string): void => console.log(line)

const usual = (seed: number) => ({
  plans: crashPlans(seed),
  world: hostileWaves({ seed, waves: WAVES, histories: 40, matters: 150 }),
})

/** About 150,000 events, nearly all written to the topic itself. */
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

/**
 * Kills every process at every step while hostile histories are sent, and compares with a clean load.
 * `--runs N` (default 3) times through the whole matrix, about seventy kills each; `--only NAME` a part of it; `--seed S`.
 */
export const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '3' },
      only: { type: 'string' },
      seed: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  })
  const first = Number(values.seed ?? Date.now() % 100_000)
  const work = await mkdtemp(join(tmpdir(), 'pulse-crash-'))
  const broker = await startBroker({ say, readyLimitMs: 60_000 })
  const reports: CrashReport[] = []
  let failed = 0
  try {
    for (let run = 0; run < Number(values.runs); run += 1) {
      const seed = first + run
      for (const { plans, world } of [usual(seed), large(seed)]) {
        const asked = plans.filter(({ name }) => name.startsWith(values.only ?? ''))
        if (asked.length === 0) continue
        const place = await mkdtemp(join(work, `${seed}-`))
        const clean = await cleanLoad(place, world)
        for (const plan of asked) {
          const report = await runPlan(plan, { broker, work: place, world, clean })
          if (report === undefined) failed += 1
          else reports.push(report)
          if (report !== undefined) failed += faultsOf(report).length
        }
        if (!values.keep) await rm(place, { recursive: true, force: true })
      }
    }
  } finally {
    await broker.stop()
    if (values.keep) say(`Kept: ${work}`)
    else await rm(work, { recursive: true, force: true })
  }
  say(`seed ${first}, ${reports.length} runs: ${summaryOf(reports)}`)
  for (const line of killLines(reports)) say(line)
  return failed === 0 ? 0 : 1
}
