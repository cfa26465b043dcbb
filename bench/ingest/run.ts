/**
 * How fast the log becomes figures, in several forms, on one broker that is made for it.
 *
 * npm run bench:ingest -- [form …] [--events N] [--rounds N] [--keep DIR]
 *
 * With --keep the log and what else is made before measuring is kept in DIR for the next run.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import { describeMachine, load, median } from '../measure.ts'
import { scratchPrefix } from '../pulse-process.ts'
import { forms, runOnce } from './forms.ts'
import type { Form, Measured } from './measuring.ts'
import { prepare } from './prepare.ts'

const say = (line: string): void => console.log(line)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string', default: '5000000' },
    rounds: { type: 'string', default: '3' },
    keep: { type: 'string' },
  },
})
const whole = (name: 'events' | 'rounds'): number => {
  const value = Number(values[name])
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`--${name} must be a whole number above 0`)
}
const [events, rounds] = [whole('events'), whole('rounds')]
const unknown = positionals.filter((name) => !forms.some((form) => form.name === name))
if (unknown.length > 0)
  throw new RangeError(
    `no form is called ${unknown.join(', ')}; forms: ${forms.map(({ name }) => name).join(', ')}`,
  )
const asked = forms.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

const ran = new Map<Form, Measured[]>(asked.map((form) => [form, []]))

const perSecond = (form: Form): number =>
  median((ran.get(form) ?? []).map(({ seconds }) => events / seconds))

const summary = (): void => {
  const engine = asked.find(({ name }) => name === 'engine')
  say(`\nmedians of ${rounds}:  events/s   of (b)   CPU s a million   peak MB`)
  for (const form of asked) {
    const all = ran.get(form) ?? []
    const ratio = engine === undefined ? '' : (perSecond(form) / perSecond(engine)).toFixed(2)
    const cpu = median(all.map(({ cpuSeconds }) => (cpuSeconds / events) * 1e6)).toFixed(1)
    const peak = Math.max(...all.map(({ peakMb }) => peakMb)).toFixed(0)
    const cells = [perSecond(form).toFixed(0).padStart(23), ratio.padStart(8), cpu.padStart(17)]
    say(`${cells.join(' ')} ${peak.padStart(9)}   ${form.what}`)
  }
}

const folder = await mkdtemp(scratchPrefix)
try {
  const scratch = await openEmbedded({ directory: join(folder, 'version') })
  const [engine] = await scratch.query<{ version: string }>('SELECT version() AS version')
  await scratch.close()
  say(`${describeMachine(engine?.version ?? 'unknown')}; ${load()}`)
  const directory = values.keep === undefined ? join(folder, 'log') : resolve(values.keep)
  const prepared = await prepare(directory, events, say)
  say(`${events} events of ${prepared.matters} matters; ${load()}`)
  try {
    for (let round = 1; round <= rounds; round++)
      for (const [form, results] of ran) {
        const result = await runOnce(form, prepared)
        results.push(result)
        const { seconds, cpuSeconds, peakMb } = result
        say(
          `round ${round}, ${form.name}: ${(events / seconds).toFixed(0)} events/s, ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} CPU s, peak ${peakMb.toFixed(0)} MB (${load()})`,
        )
      }
    summary()
  } finally {
    await prepared.broker.stop()
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
