import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sheetQuestions } from '../proof/figure-sheet.ts'
import { proveVersions } from '../proof/later-versions.ts'
import { editedLedger } from '../proof/ledger-versions.ts'
import { syntheticColumns, syntheticLedger, syntheticMapping } from '../proof/synthetic-ledger.ts'
import { scratchDirectory } from '../support/scratch-store.ts'

const range = { from: '2021-12-01', to: '2025-01-01' }

it('a ledger edited, and brought back, gives the figures of clean imports, and the old ones as of then', async () => {
  const work = await scratchDirectory('versions')
  await mkdir(work, { recursive: true })
  const mapping = join(work, 'ledger.yaml')
  await writeFile(mapping, syntheticMapping)
  const first = syntheticLedger(3_000, 5)
  const edited = editedLedger(first, { columns: syntheticColumns, cells: 50, removed: 10, seed: 6 })
  const proof = await proveVersions({
    work,
    mapping,
    first,
    edited,
    timezone: 'Asia/Shanghai',
    questionsAt: (asOf) => sheetQuestions({ ...range, asOf }, ['half,region,org']),
  })
  expect(proof.unequal).toEqual([])
  // the edits reach nearly every metric, or equal figures would prove nothing
  expect(proof.moved).toBeGreaterThan(10)
  expect(proof.reports[1]).toMatchObject({ missing: 10, rejected: [] })
  expect(proof.reports[2]).toMatchObject({ missing: 0, rejected: [] })
}, 300_000)
