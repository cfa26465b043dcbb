import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startPulse } from '../pulse-process.ts'

const END_LIMIT_MS = 120_000

/** A process that is measured while it runs. */
export type MeasuredProcess = {
  readonly pid: number
  /** Resolves with the first match in what it said, standard output and error together. */
  readonly said: (pattern: RegExp) => Promise<RegExpExecArray>
  /** Throws, with what it said, where it has ended. */
  readonly stillGoing: () => void
  /** Lets it end, and waits for it. Throws where it ends with anything but 0. */
  readonly end: () => Promise<void>
}

const watch = (name: string, child: ChildProcess, release: () => void): MeasuredProcess => {
  let text = ''
  const hearers = new Set<() => void>()
  const changed = () => {
    for (const hearer of hearers) hearer()
  }
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (more: string) => {
      text += more
      changed()
    })
  const ended = once(child, 'close')
  void ended.then(changed)
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const failure = () =>
    new Error(`${name} ended early (${child.exitCode ?? child.signalCode}): ${text.slice(-2000)}`)
  return {
    pid: child.pid ?? 0,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const hear = () => {
          const found = pattern.exec(text)
          if (found === null && !hasEnded()) return
          hearers.delete(hear)
          if (found === null) reject(failure())
          else resolve(found)
        }
        hearers.add(hear)
        hear()
      }),
    stillGoing: () => {
      if (hasEnded()) throw failure()
    },
    end: async () => {
      release()
      const late = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS)
      const [code] = await ended
      clearTimeout(late)
      if (code !== 0) throw new Error(`${name} did not end well (${code}): ${text.slice(-2000)}`)
    },
  }
}

/** A program of this folder, built: it says `done` and ends when it is released. */
export const startProgram = (name: string, args: readonly string[]): MeasuredProcess => {
  const script = fileURLToPath(new URL(`${name}.js`, import.meta.url))
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return watch(name, child, () => child.stdin.end())
}

/** A command of the product, as a user starts it. */
export const startCommand = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): MeasuredProcess => {
  const child = startPulse(args, env)
  return watch(`pulse ${args[0]}`, child, () => child.kill('SIGTERM'))
}
