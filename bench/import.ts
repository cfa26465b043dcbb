/**
 * A ledger imported through the command line into a fresh directory, as a whole process.
 * Arguments: see `arguments.ts`.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readArguments } from './arguments.ts'
import { median, report } from './measure.ts'
import { writeOfficeLedger } from './office-ledger.ts'
import { fromRoot, type Ran, runPulse, scratchPrefix } from './pulse-process.ts'

const { rows, rounds } = readArguments(process.argv.slice(2), '.pulse-bench')
const folder = await mkdtemp(scratchPrefix)
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
  const each = runs.map(
    (run) => `${run.seconds.toFixed(1)} s of ${run.cpuSeconds.toFixed(1)} CPU s`,
  )
  const note = `${rows} rows, ${events} events; ${each.join(', ')}`
  const seconds = median(runs.map((run) => run.seconds))
  report('import of a ledger into a fresh store', seconds, 's', { target: { most: 15 }, note })
  const peak = Math.max(...runs.map((run) => run.peakMb))
  report('import, peak resident memory', peak, 'MB', { target: { most: 1024 } })
  const again = await runPulse(
    ['import', ledger, '--mapping', mapping, '--data', join(folder, 'store'), '--format', 'json'],
    env,
  )
  report('the same ledger imported again', again.seconds, 's', {
    note: `CPU ${again.cpuSeconds.toFixed(1)} s, peak ${Math.round(again.peakMb)} MB`,
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
