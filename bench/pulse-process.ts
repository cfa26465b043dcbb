import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

/** The checkout: benchmarks run from `dist-bench/bench`. */
const root = fileURLToPath(new URL('../..', import.meta.url))
export const fromRoot = (path: string): string => join(root, path)

/** For stores to measure: in the build's folder, not where temporary files go, which may be memory. */
export const scratchPrefix = fromRoot('dist-bench/scratch-')

/** Settings of whoever runs the benchmarks must not change what is measured. */
const environment = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(PULSE_|CLICKHOUSE_|KAFKA_|NODE_OPTIONS)/.test(name),
    ),
  ),
  ...env,
})

/** Starts the command line as a user would: the built program in a process of its own. */
export const startPulse = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess =>
  spawn('sh', [fromRoot('bin/pulse'), ...args], {
    env: {
      ...environment(env),
      NODE_OPTIONS: `--require "${fromRoot('bench/resources.cjs')}"`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

export type Ran = {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMb: number
  readonly out: string
}

/** Runs one command to its end, as a whole process. Rejects with what it said where it failed. */
export const runPulse = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> => {
  const folder = await mkdtemp(scratchPrefix)
  const resources = join(folder, 'resources.json')
  try {
    const start = performance.now()
    const child = startPulse(args, { ...env, PULSE_BENCH_RESOURCES: resources })
    let out = ''
    let notes = ''
    child.stdout?.on('data', (text) => {
      out += text
    })
    child.stderr?.on('data', (text) => {
      notes += text
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    const seconds = (performance.now() - start) / 1000
    if (code !== 0) throw new Error(`pulse ${args[0]} ended with ${code}: ${notes}`)
    const used: NodeJS.ResourceUsage = JSON.parse(await readFile(resources, 'utf8'))
    return {
      seconds,
      cpuSeconds: (used.userCPUTime + used.systemCPUTime) / 1e6,
      peakMb: used.maxRSS / 1024,
      out,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
