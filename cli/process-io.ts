import { constants } from 'node:os'
import type { Io } from './io.ts'

/** The process's own streams, environment and signals. Called once, by `run`. */
export const processIo = (): Io => {
  // a reader that has seen enough (`| head`) is no failure
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1)
  })
  process.stderr.on('error', () => undefined)
  let stopping = false
  const stops = new Set<{ readonly stop: () => Promise<void>; readonly exitCode?: number }>()
  const end = (signal: NodeJS.Signals): void => {
    const code = 128 + constants.signals[signal]
    if (stopping || stops.size === 0) process.exit(code)
    stopping = true
    const asked = [...stops]
    void Promise.allSettled(asked.map(({ stop }) => stop())).then((ended) => {
      const failed = ended.some(({ status }) => status === 'rejected')
      process.exit(failed ? 1 : (asked[0]?.exitCode ?? code))
    })
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  return {
    out: (text) => process.stdout.write(text),
    note: (text) => process.stderr.write(`${text}\n`),
    draw: (text) => process.stderr.write(text),
    stdin: process.stdin,
    env: process.env,
    terminal: process.stderr.isTTY === true,
    onStop: (stop, exitCode) => {
      const entry = { stop, ...(exitCode === undefined ? {} : { exitCode }) }
      stops.add(entry)
      return () => stops.delete(entry)
    },
  }
}
