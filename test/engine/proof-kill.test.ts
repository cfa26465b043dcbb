import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sheetQuestions } from '../proof/figure-sheet.ts'
import { proveKills } from '../proof/kill-proof.ts'
import { ledgerText } from '../proof/ledger-versions.ts'
import { syntheticLedger, syntheticMapping } from '../proof/synthetic-ledger.ts'
import { scratchDirectory } from '../support/scratch-store.ts'

// the long form: npm run proof:kill
it.each([
  ['up', 2],
  ['direct', 1],
] as const)(
  'kill -9 of %s during an import loses nothing and doubles nothing',
  async (victim, kills) => {
    const work = await scratchDirectory('kill')
    const [ledger, mapping] = [join(work, 'ledger.csv'), join(work, 'ledger.yaml')]
    await writeFile(ledger, ledgerText(syntheticLedger(5_000, 9)))
    await writeFile(mapping, syntheticMapping)
    const range = { from: '2021-12-01', to: '2025-06-01', asOf: '2190-01-01' }
    const proof = await proveKills({
      work,
      ledger,
      mapping,
      victim,
      kills,
      seed: 3,
      timezone: 'Asia/Shanghai',
      questions: sheetQuestions(range, ['month', 'region,org']),
    })
    expect(proof).toMatchObject({ kills, lost: 0, double: 0, deadLetters: 0, faults: [] })
    expect(proof.compared).toBeGreaterThanOrEqual(60)
  },
  180_000,
)
