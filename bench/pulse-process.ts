import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

/** The checkout: benchmarks run from `dist-bench/bench`. */
const root = fileURLToPath(new URL('../..', import.meta.url))
export const fromRoot = (path: string): string => join(root, path)

/** Settings of whoever runs the benchmarks must not change what is measured. */
const environment = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(PULSE_|CLICKHOUSE_|NODE_OPTIONS)/.test(name),
    ),
  ),
  ...env,
})

/** Starts the command line as a user would: the built program in a process of its own. */
export const startPulse = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess =>
  spawn(
    process.execPath,
    ['--require', fromRoot('bench/peak-memory.cjs'), fromRoot('bin/pulse.mjs'), ...args],
    { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] },
  )

export type Ran = { readonly seconds: number; readonly peakMb: number; readonly out: string }

/** Runs one command to its end, as a whole process. Rejects with what it said where it failed. */
export const runPulse = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> => {
  const folder = await mkdtemp(join(tmpdir(), 'pulse-bench-'))
  const peak = join(folder, 'peak')
  try {
    const start = performance.now()
    const child = startPulse(args, { ...env, PULSE_BENCH_PEAK: peak })
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
    return { seconds, peakMb: Number(await readFile(peak, 'utf8')) / 1024, out }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
