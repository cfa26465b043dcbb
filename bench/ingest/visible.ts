/**
 * From a POST until a figure counts the event, at a thousand events a second: `pulse up` with the
 * embedded log, and with Kafka on a broker that is started for it.
 *
 * npm run bench:visible -- [--seconds N]
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startBroker } from '../../scripts/kafka/broker.ts'
import { load } from '../measure.ts'
import { scratchPrefix } from '../pulse-process.ts'
import { TIMEZONE } from './figure-sheet.ts'
import { startCommand } from './measured-process.ts'
import { usageOf } from './process-usage.ts'
import { measureVisibility } from './visibility.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } })
const folder = await mkdtemp(scratchPrefix)
const broker = await startBroker({ say: console.log, readyLimitMs: 60_000 })
try {
  const kafka = { KAFKA_BROKERS: broker.brokers.join(','), KAFKA_GROUP_ID: randomUUID() }
  for (const [name, env] of [
    ['embedded log', {}],
    ['Kafka', kafka],
  ] as const) {
    const args = ['up', '--data', join(folder, name), '--port', '0']
    const up = startCommand(args, { PULSE_TIMEZONE: TIMEZONE, ...env })
    try {
      const [, url = ''] = await up.said(/ is up at (http:\S+?)\/ /)
      const before = await usageOf(up.pid)
      const seen = await measureVisibility(url, Number(values.seconds))
      const { cpuSeconds, peakMb } = await usageOf(up.pid)
      const cores = (cpuSeconds - before.cpuSeconds) / Number(values.seconds)
      const ms = (value: number) => value.toFixed(0)
      console.log(
        `${name}: from POST to figure p50 ${ms(seen.p50Ms)}, p95 ${ms(seen.p95Ms)}, p99 ${ms(seen.p99Ms)}, at most ${ms(seen.greatestMs)} ms; ${seen.followed} registrations of ${seen.sent} events, ${seen.refused} requests refused; the figure itself p50 ${ms(seen.figureP50Ms)} ms; ${cores.toFixed(2)} cores, peak ${peakMb.toFixed(0)} MB (${load()})`,
      )
    } finally {
      await up.end()
    }
  }
} finally {
  await broker.stop()
  await rm(folder, { recursive: true, force: true })
}
