import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sheetQuestions } from '../test/proof/figure-sheet.ts'
import { proveKills, type Victim } from '../test/proof/kill-proof.ts'
import { ledgerText } from '../test/proof/ledger-versions.ts'
import { syntheticLedger, syntheticMapping } from '../test/proof/synthetic-ledger.ts'

const victims: readonly (readonly [Victim, number, string])[] = [
  ['up', 1, 'pulse up, an import talking to it'],
  ['direct', 0.25, 'pulse import on its own'],
  ['client', 0.25, 'pulse import, talking to pulse up'],
]

/**
 * kill -9 at random moments of an import, then the import again: figures, events and dead letters
 * beside those of one clean import. `--kills N` (default 20) of `pulse up`, a quarter of that of the
 * others, `--rows N`, `--seed S`.
 */
export const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '20' },
      rows: { type: 'string', default: '20000' },
      seed: { type: 'string' },
    },
  })
  const seed = Number(values.seed ?? Date.now() % 100_000)
  const work = await mkdtemp(join(tmpdir(), 'pulse-kill-'))
  let failed = false
  try {
    const [ledger, mapping] = [join(work, 'ledger.csv'), join(work, 'ledger.yaml')]
    await writeFile(ledger, ledgerText(syntheticLedger(Number(values.rows), seed)))
    await writeFile(mapping, syntheticMapping)
    for (const [victim, share, title] of victims) {
      const place = join(work, victim)
      await mkdir(place)
      const proof = await proveKills({
        work: place,
        ledger,
        mapping,
        victim,
        kills: Math.ceil(Number(values.kills) * share),
        seed,
        timezone: 'Asia/Shanghai',
        questions: sheetQuestions({ from: '2021-12-01', to: '2025-06-01', asOf: '2190-01-01' }, [
          '',
          'month',
          'region',
          'org',
        ]),
      })
      const { kills, rounds, lost, double, deadLetters, compared, foundStored, faults } = proof
      console.log(
        `seed ${seed}, ${title}: ${kills} kills in ${rounds} directories, ${lost} events lost, ${double} double, ${deadLetters} dead letters; ${compared} figures compared, ${faults.length} faults; stored by killed imports: ${foundStored.join(', ')}`,
      )
      for (const fault of faults.slice(0, 10)) console.log(`  ${fault}`)
      failed ||= lost + double + deadLetters + faults.length > 0
      await rm(place, { recursive: true, force: true })
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return failed ? 1 : 0
}
