import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, open, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureNeeds } from '../needs/ensure.ts'
import { knownNeeds } from '../needs/needs.ts'
import {
  type BrokerDirectory,
  type BrokerPorts,
  formatOptions,
  lastSaid,
  openBrokerDirectory,
  writeProperties,
} from './broker-directory.ts'
import { type Installation, installKafka } from './install.ts'
import { freePorts, isPortFree } from './ports.ts'
import { whenReady } from './when-ready.ts'

export type BrokerOptions = {
  /** Kept when the broker stops. Default: a temporary one, removed by `stop`. */
  readonly directory?: string
  /** Default: a free one. */
  readonly port?: number
  /** Default: 768. */
  readonly heapMb?: number
  /** Adds listeners with sign-in and TLS. A directory keeps the accounts it was first started with. Default: false. */
  readonly secure?: boolean
  /** Hears of what takes long: fetching Kafka the first time. Default: silence. */
  readonly say?: (line: string) => void
}

/** Addresses, one broker each, and what a client needs to sign in to them. The files are PEM. */
export type SecureAccess = {
  /** PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, in the clear. */
  readonly sasl: string
  /** TLS, any client. */
  readonly tls: string
  /** TLS, clients with a certificate only. */
  readonly mutualTls: string
  /** The same sign-in, over TLS. */
  readonly saslTls: string
  readonly user: string
  readonly password: string
  readonly authorityFile: string
  readonly clientCertificateFile: string
  readonly clientKeyFile: string
}

/** A Kafka broker of this process: it ends when this process does, however that ends. */
export type Broker = {
  readonly brokers: readonly string[]
  readonly port: number
  readonly directory: string
  /** Of the process that runs now, or ran last. */
  readonly pid: number
  readonly secure?: SecureAccess
  /** Ends it cleanly, for good; a temporary directory goes with it. Any number of times. */
  readonly stop: () => Promise<void>
  /** Ends it cleanly; `restart` brings it back. */
  readonly shutDown: () => Promise<void>
  /** SIGKILL, and waits until it has ended; `restart` brings it back. */
  readonly kill: () => Promise<void>
  /** The same directory on the same ports, after a clean end where it runs. Rejects as `startBroker` does. */
  readonly restart: () => Promise<void>
  /** Resolves when the process that runs now has ended. */
  readonly whenEnded: () => Promise<void>
  /** The last lines of what it said: warnings and errors. */
  readonly lastSaid: () => Promise<string>
}

const host = '127.0.0.1'
const readyLimitMs = 15_000
const stopLimitMs = 15_000

type Running = { readonly child: ChildProcess; readonly ended: Promise<void> }

const hasEnded = ({ child }: Running): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null

const end = async (running: Running, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
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

const launch = async (
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

const start = async (
  installation: Installation,
  directory: BrokerDirectory,
  ports: BrokerPorts,
  heapMb: number,
): Promise<Running> => {
  if (!(await isPortFree(ports.plain))) {
    throw new Error(
      `${host}:${ports.plain} is taken, perhaps by another broker. End what listens there, or choose another port.`,
    )
  }
  await writeProperties(directory, ports)
  const running = await launch(installation, directory, heapMb)
  const ready = await whenReady(`${host}:${ports.plain}`, directory.clusterId, {
    limitMs: readyLimitMs,
    hasEnded: () => hasEnded(running),
  })
  if (ready) return running
  const what = hasEnded(running)
    ? 'The broker ended while it started.'
    : `The broker was not ready within ${readyLimitMs / 1000} s.`
  await end(running, 'SIGKILL')
  throw new Error(`${what} The end of what it said:\n${await lastSaid(directory)}`)
}

const choosePorts = async (port: number | undefined, secure: boolean): Promise<BrokerPorts> => {
  const [plain = 0, controller = 0, sasl = 0, tls = 0, mutualTls = 0, saslTls = 0] =
    await freePorts(secure ? 6 : 2)
  return {
    plain: port ?? plain,
    controller,
    ...(secure ? { secure: { sasl, tls, mutualTls, saslTls } } : {}),
  }
}

const accessTo = ({ secure: files }: BrokerDirectory, { secure: ports }: BrokerPorts) => {
  if (files === undefined || ports === undefined) return {}
  const { keyStoreFile: _, ...access } = files
  const secure: SecureAccess = {
    ...access,
    sasl: `${host}:${ports.sasl}`,
    tls: `${host}:${ports.tls}`,
    mutualTls: `${host}:${ports.mutualTls}`,
    saslTls: `${host}:${ports.saslTls}`,
  }
  return { secure }
}

/**
 * Starts Apache Kafka, one node on 127.0.0.1, fetching it first where it is not there yet. Resolves
 * when the broker answers, within 15 s of its start; rejects with the end of what it said, or when
 * the port is taken or a program is missing.
 */
export const startBroker = async (options: BrokerOptions = {}): Promise<Broker> => {
  const { heapMb = 768, secure = false, say = () => {} } = options
  const installation = await installKafka(say)
  if (secure) await ensureNeeds([knownNeeds.openssl], say)
  const directory = await openBrokerDirectory(options.directory, secure)
  const removeTemporary = async (): Promise<void> => {
    if (options.directory === undefined) await rm(directory.path, { recursive: true, force: true })
  }
  try {
    const ports = await choosePorts(options.port, secure)
    let running = await start(installation, directory, ports, heapMb)
    const shutDown = () => end(running, 'SIGTERM')
    return {
      brokers: [`${host}:${ports.plain}`],
      port: ports.plain,
      directory: directory.path,
      get pid() {
        return running.child.pid ?? 0
      },
      ...accessTo(directory, ports),
      shutDown,
      kill: () => end(running, 'SIGKILL'),
      restart: async () => {
        await shutDown()
        running = await start(installation, directory, ports, heapMb)
      },
      stop: async () => {
        await shutDown()
        await removeTemporary()
      },
      whenEnded: () => running.ended,
      lastSaid: () => lastSaid(directory),
    }
  } catch (error) {
    await removeTemporary()
    throw error
  }
}
