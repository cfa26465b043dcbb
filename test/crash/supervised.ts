import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from './wait-until.ts'

/** At which step a process is to kill itself: the `nth` time it reaches it. */
export type Arm = { readonly label: string; readonly nth: number }

export type Supervised = {
  readonly name: string
  /** Resolves when the process says that it is up. */
  readonly start: (arm?: Arm) => Promise<void>
  /** SIGKILL, and waits until it is gone. */
  readonly kill: () => Promise<void>
  /** SIGTERM; rejects where it does not end with 0 in time. */
  readonly end: () => Promise<void>
  /** SIGSTOP, and SIGCONT after so long: others take it for gone, and it does not know. */
  readonly freeze: (ms: number) => Promise<void>
  /** Resolves when it has killed itself as it was armed to. */
  readonly killedItself: () => Promise<void>
  /** Resolves when it has ended by itself with 0; rejects where it ends otherwise, or not in time. */
  readonly finished: (limitMs: number) => Promise<void>
  readonly runs: () => boolean
  /** The end of what it said, for whoever looks into a failure. */
  readonly lastSaid: () => string
  /** Times it ended by itself, with what it last said: whoever supervises it starts it again. */
  readonly gaveUp: () => readonly string[]
}

const READY_LIMIT_MS = 60_000
const END_LIMIT_MS = 60_000
/** With far more waiting than is stored and folded at once. */
const REACH_LIMIT_MS = 90_000
const GIVES_UP_AT_MOST = 10

type Life = {
  readonly pid: number
  readonly ended: Promise<void>
  readonly state: {
    code: number | null
    signal: NodeJS.Signals | null
    over: boolean
    text: string
  }
}

const clean = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(PULSE_|CLICKHOUSE_|KAFKA_|VITEST|NODE_OPTIONS)/.test(name),
    ),
  ),
  ...env,
  UV_THREADPOOL_SIZE: '16',
})

const spawnVictim = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { label, nth }: Arm,
): Life => {
  const script = join(import.meta.dirname, 'victim.mjs')
  const child = spawn(process.execPath, [script, label, String(nth), ...args], {
    env: clean(env),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const state: Life['state'] = { code: null, signal: null, over: false, text: '' }
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    state.text = (state.text + text).slice(-8000)
  })
  const ended = once(child, 'close').then(([code, signal]) => {
    Object.assign(state, { code, signal, over: true })
  })
  return { pid: child.pid ?? 0, ended, state }
}

/**
 * A command of the product as a supervisor runs it: one that ends without having been killed is
 * started again, ten times at most. `ready` is what it says when it is up.
 */
export const supervise = (options: {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly ready: RegExp
  /** It ends by itself when its work is done. Default false. */
  readonly endsItself?: boolean
}): Supervised => {
  const { name, args, env, ready, endsItself = false } = options
  const gaveUp: string[] = []
  let life: Life | undefined
  let wanted = false
  let armed = ''

  const launch = (arm: Arm): Life => {
    const started = spawnVictim(args, env, arm)
    life = started
    void started.ended.then(() => {
      if (!wanted || endsItself || life !== started) return
      if (started.state.signal === 'SIGKILL') return
      gaveUp.push(`${name} ended with ${started.state.code}: ${started.state.text.slice(-600)}`)
      if (gaveUp.length <= GIVES_UP_AT_MOST) launch(arm)
    })
    return started
  }
  const said = () => life?.state.text.slice(-1500) ?? 'It was not started.'
  const signalAndWait = async (signal: NodeJS.Signals): Promise<void> => {
    wanted = false
    if (life === undefined || life.state.over) return
    process.kill(life.pid, signal)
    const { state } = life
    await waitUntil(
      `${name} to end after ${signal}`,
      END_LIMIT_MS,
      () => (state.over ? true : undefined),
      said,
    )
  }
  return {
    name,
    start: async (arm = { label: '-', nth: 1 }) => {
      wanted = true
      armed = arm.label
      launch(arm)
      await waitUntil(
        `${name} to be up`,
        READY_LIMIT_MS,
        // one that killed itself while it began has been up as far as it could
        () =>
          ready.test(life?.state.text ?? '') || life?.state.signal === 'SIGKILL' ? true : undefined,
        said,
      )
    },
    kill: () => signalAndWait('SIGKILL'),
    end: async () => {
      await signalAndWait('SIGTERM')
      const { code, signal } = life?.state ?? {}
      if (signal === 'SIGKILL' || code === 0) return
      throw new Error(`${name} did not end well (${code ?? signal}): ${said()}`)
    },
    freeze: async (ms) => {
      const frozen = life
      if (frozen === undefined || frozen.state.over) throw new Error(`${name} does not run.`)
      process.kill(frozen.pid, 'SIGSTOP')
      await sleep(ms)
      process.kill(frozen.pid, 'SIGCONT')
    },
    killedItself: () =>
      waitUntil(
        `${name} to reach the step it dies at (${armed})`,
        REACH_LIMIT_MS,
        () => (life?.state.signal === 'SIGKILL' ? true : undefined),
        said,
      ).then(() => undefined),
    finished: async (limitMs) => {
      await waitUntil(
        `${name} to end`,
        limitMs,
        () => (life?.state.over === true ? true : undefined),
        said,
      )
      if (life?.state.code !== 0) throw new Error(`${name} failed: ${said()}`)
    },
    runs: () => life !== undefined && !life.state.over,
    lastSaid: said,
    gaveUp: () => gaveUp,
  }
}
