import { expect, it } from 'vitest'
import { proveHistories } from '../proof/history-proof.ts'
import { scratchDirectory } from '../support/scratch-store.ts'

// the long form, with a seed of its own each time: npm run proof:histories
it('random histories appended through the command line give the figures of the plain program', async () => {
  const proof = await proveHistories({
    work: await scratchDirectory('histories'),
    seed: 8,
    timezone: 'Asia/Shanghai',
    otherTimezone: 'America/New_York',
    monthStart: 21,
    histories: 40,
    matters: 60,
    questions: 1,
    byCommand: 2,
  })
  expect(proof.faults).toEqual([])
  expect(proof.refused).toBeGreaterThan(50)
  expect(proof.telling).toBeGreaterThan(proof.compared / 4)
}, 240_000)
