import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { proveHistories } from '../test/proof/history-proof.ts'

const zones = ['Asia/Shanghai', 'America/New_York'] as const

/**
 * Appends random histories through the command line and compares every figure with the independent
 * program. `--runs N` (each in a time zone of its turn, default 4), `--seed S` (default: by the
 * clock, printed), `--questions N` of each metric.
 */
export const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '4' },
      seed: { type: 'string' },
      questions: { type: 'string', default: '24' },
      histories: { type: 'string', default: '120' },
      matters: { type: 'string', default: '250' },
    },
  })
  const first = Number(values.seed ?? Date.now() % 100_000)
  let failed = false
  for (let run = 0; run < Number(values.runs); run += 1) {
    const seed = first + run
    const here = seed % 2
    const work = await mkdtemp(join(tmpdir(), 'pulse-histories-'))
    const from = Date.now()
    try {
      const proof = await proveHistories({
        work,
        seed,
        timezone: zones[here] ?? zones[0],
        otherTimezone: zones[1 - here] ?? zones[1],
        monthStart: seed % 4 < 2 ? 1 : 21,
        histories: Number(values.histories),
        matters: Number(values.matters),
        questions: Number(values.questions),
        byCommand: 6,
      })
      const seconds = ((Date.now() - from) / 1000).toFixed(0)
      console.log(
        `seed ${seed}, ${zones[here]}: ${proof.events} events and ${proof.refused} broken lines appended; ${proof.compared} figures compared, ${proof.telling} of them not empty, ${proof.faults.length} unequal; ${seconds} s`,
      )
      for (const fault of proof.faults.slice(0, 10)) console.log(`  ${fault}`)
      failed ||= proof.faults.length > 0
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  }
  return failed ? 1 : 0
}
