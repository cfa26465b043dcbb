import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { requireBuild } from './require-build.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bin = join(root, 'bin', 'pulse')

requireBuild()

export type Ran = { readonly code: number | null; readonly out: string; readonly notes: string }

const clean = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(PULSE_|CLICKHOUSE_|KAFKA_|VITEST|NODE_OPTIONS)/.test(name),
  )
  return { ...Object.fromEntries(kept), ...env }
}

/** Starts the command line as a user would: the built program in a process of its own. */
export const startPulse = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess =>
  spawn('sh', [bin, ...args], {
    env: clean(env),
    stdio: ['pipe', 'pipe', 'pipe'],
  })

const gather = (child: ChildProcess): { out: string; notes: string } => {
  const texts = { out: '', notes: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    texts.notes += text
  })
  return texts
}

/** Runs one command to its end. */
export const pulse = async (
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): Promise<Ran> => {
  const child = startPulse(args, options.env)
  const texts = gather(child)
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.stdin ?? '')
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve)
  })
  return { code, ...texts }
}

/** A running `pulse up` (or `demo`), and what it has said so far. */
export type Up = {
  readonly url: string
  readonly notes: () => string
  /** Sends a signal and waits for the end; resolves with the exit code. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

/** Starts a command that serves, on any free port, and waits until it says where. `stdin` waits there unread. */
export const startServing = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin = '',
): Promise<Up> => {
  const child = startPulse([...args, '--port', '0'], env)
  child.stdin?.on('error', () => undefined)
  if (stdin !== '') child.stdin?.write(stdin)
  const texts = gather(child)
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve)
  })
  const until = Date.now() + 60_000
  for (;;) {
    const url = /is up at (http:\/\/\S+?)\/ /.exec(texts.notes)?.[1]
    if (url !== undefined)
      return {
        url,
        notes: () => texts.notes,
        end: (signal) => {
          child.kill(signal)
          return ended
        },
      }
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL')
      throw new Error(`pulse ${args.join(' ')} did not come up: ${texts.notes}`)
    }
    await sleep(30)
  }
}
