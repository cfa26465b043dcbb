/**
 * A ledger imported through the command line into a fresh directory, as a whole process.
 * Arguments: see `arguments.ts`.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArguments } from './arguments.ts'
import { median, report } from './measure.ts'
import { writeOfficeLedger } from './office-ledger.ts'
import { fromRoot, type Ran, runPulse } from './pulse-process.ts'

const { rows, rounds } = readArguments(process.argv.slice(2), '.pulse-bench')
const folder = await mkdtemp(join(tmpdir(), 'pulse-bench-import-'))
try {
  const ledger = join(folder, 'ledger.csv')
  await writeOfficeLedger(ledger, rows)
  const env = { PULSE_PSEUDONYM_KEY: randomBytes(32).toString('hex') }
  const mapping = fromRoot('examples/ledger/office.yaml')
  const runs: Ran[] = []
  for (let round = 1; round <= rounds; round++) {
    const data = join(folder, 'store')
    const command = ['import', ledger, '--mapping', mapping, '--data', data, '--format', 'json']
    runs.push(await runPulse(command, env))
    if (round < rounds) await rm(data, { recursive: true })
  }
  const { events } = JSON.parse(runs[0]?.out ?? '{}')
  const note = `${rows} rows, ${events} events; ${runs.map(({ seconds }) => seconds.toFixed(1)).join(', ')} s`
  const seconds = median(runs.map((run) => run.seconds))
  report('import of a ledger into a fresh store', seconds, 's', { target: { most: 15 }, note })
  const peak = Math.max(...runs.map((run) => run.peakMb))
  report('import, peak resident memory', peak, 'MB', { target: { most: 1024 } })
  const again = await runPulse(
    ['import', ledger, '--mapping', mapping, '--data', join(folder, 'store'), '--format', 'json'],
    env,
  )
  report('the same ledger imported again', again.seconds, 's', {
    note: `peak ${Math.round(again.peakMb)} MB`,
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
