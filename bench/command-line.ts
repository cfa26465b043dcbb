/**
 * A figure of the demo store on the command line, as a whole process: with the directory opened for
 * it, and through a running `pulse up`. Arguments: see `arguments.ts`.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { readArguments } from './arguments.ts'
import { median, report, timed } from './measure.ts'
import { runPulse, scratchPrefix, startPulse } from './pulse-process.ts'

const RUNS = 7
const { demo } = readArguments(process.argv.slice(2), '.pulse-bench')

/** Serves a directory until `work` is done. Rejects where it stops before it is up. */
const served = async (args: readonly string[], work: () => Promise<void>): Promise<void> => {
  const child = startPulse([...args, '--port', '0'])
  const closed = once(child, 'close')
  try {
    const said: string[] = []
    let up = false
    if (child.stderr !== null)
      for await (const line of createInterface({ input: child.stderr })) {
        said.push(line)
        up = line.includes('pulse is up at')
        if (up) break
      }
    if (!up) throw new Error(`pulse ${args[0]} did not come up: ${said.join('\n')}`)
    // what it says from now on is read and left
    child.stderr?.resume()
    await work()
  } finally {
    child.kill('SIGTERM')
    await closed
  }
}

const folder = await mkdtemp(scratchPrefix)
const store = ['--data', join(folder, 'demo')]
const until = new Date()
const question = [
  ...['figure', 'closure_rate', '--by', 'month'],
  ...[
    '--from',
    `${until.getUTCFullYear() - 1}-01-01`,
    '--to',
    `${until.getUTCFullYear() + 1}-01-01`,
  ],
  ...['--format', 'json', ...store],
]
const figures = async (name: string): Promise<void> => {
  const runs = []
  for (let run = 0; run < RUNS; run++) runs.push(await runPulse(question))
  report(name, median(runs.map(({ seconds }) => seconds)), 's', {
    target: { most: 1.5 },
    note: `median of ${RUNS}, CPU ${median(runs.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2)} s, slowest ${Math.max(...runs.map(({ seconds }) => seconds)).toFixed(2)}, peak ${Math.round(Math.max(...runs.map(({ peakMb }) => peakMb)))} MB`,
  })
}
try {
  const load = ['demo', '--matters', String(demo), ...store]
  const ms = await timed(() => served(load, async () => undefined))
  report(`loading the demo of ${demo} matters, until it is up`, ms / 1000, 's')
  await figures('a figure on the command line, the store opened for it')
  await served(['up', ...store], () => figures('a figure on the command line, through pulse up'))
} finally {
  await rm(folder, { recursive: true, force: true })
}
