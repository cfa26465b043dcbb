import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BrokerDirectory, formatOptions } from './broker-directory.ts'
import type { Installation } from './install.ts'

const stopLimitMs = 15_000

/** A broker's process. `ended` resolves when it has ended, or could not be started. */
export type Running = { readonly child: ChildProcess; readonly ended: Promise<void> }

export const hasEnded = ({ child }: Running): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null

/** Resolves when it has ended. After SIGTERM it has 15 s to end by itself. */
export const end = async (running: Running, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
  running.child.kill(signal)
  const late = new AbortController()
  await Promise.race([
    running.ended,
    // the log is recovered at the next start, as after any crash
    sleep(stopLimitMs, undefined, { signal: late.signal }).then(
      () => running.child.kill('SIGKILL'),
      () => undefined,
    ),
  ])
  late.abort()
  await running.ended
}

/** Starts the virtual machine; that the broker is ready is another matter. */
export const launch = async (
  { classPath, logSettings }: Installation,
  directory: BrokerDirectory,
  heapMb: number,
): Promise<Running> => {
  const said = await open(directory.saidFile, 'a')
  try {
    const child = spawn(
      'java',
      [
        ...[`-Xmx${heapMb}m`, '-XX:+ExitOnOutOfMemoryError', '-Djava.awt.headless=true'],
        `-Dlog4j2.configurationFile=${logSettings}`,
        ...['-cp', classPath, 'DevelopmentBroker'],
        ...[directory.propertiesFile, directory.logDirectory, directory.clusterId],
        ...formatOptions(directory),
      ],
      // a file, not a pipe: a starter that is busy must not hold up the broker. Standard input is
      // what the broker ends with.
      { stdio: ['pipe', said.fd, said.fd] },
    )
    const ended = new Promise<void>((resolve) => {
      child.once('error', ({ message }) => {
        appendFile(directory.saidFile, `java could not be started: ${message}\n`).finally(resolve)
      })
      child.once('exit', () => resolve())
    })
    return { child, ended }
  } finally {
    await said.close()
  }
}
