import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cleanLoad } from '../test/crash/clean-load.ts'
import { type CrashReport, crashRun } from '../test/crash/crash-run.ts'
import { hostileWaves } from '../test/crash/hostile-waves.ts'
import { crashPlans, WAVES } from '../test/crash/matrix.ts'
import { faultsOf, killLines, summaryOf } from '../test/crash/report-lines.ts'
import { startBroker } from './kafka/broker.ts'

const say = (line: string): void => console.log(line)

/**
 * Kills every process at every step while hostile histories are sent, and compares with a clean load.
 * `--runs N` (default 3) times through the whole matrix, about forty kills each; `--only NAME` a part of it; `--seed S`.
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
      const place = join(work, String(seed))
      await mkdir(place)
      const world = hostileWaves({ seed, waves: WAVES, histories: 40, matters: 150 })
      const clean = await cleanLoad(place, world)
      for (const plan of crashPlans(seed)) {
        if (values.only !== undefined && !plan.name.startsWith(values.only)) continue
        const begun = Date.now()
        try {
          const report = await crashRun(plan, { broker, work: place, world, clean })
          reports.push(report)
          const faults = faultsOf(report)
          say(`${plan.name} (${Math.round((Date.now() - begun) / 1000)} s): ${summaryOf([report])}`)
          for (const line of [...faults, ...report.gaveUp]) say(`  ${line}`)
          failed += faults.length
        } catch (error) {
          failed += 1
          say(`${plan.name} could not be judged: ${error instanceof Error ? error.message : error}`)
        }
      }
      if (!values.keep) await rm(place, { recursive: true, force: true })
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
