import { rm } from 'node:fs/promises'
import { ensureNeeds } from '../needs/ensure.ts'
import { knownNeeds } from '../needs/needs.ts'
import {
  type BrokerDirectory,
  type BrokerPorts,
  lastSaid,
  openBrokerDirectory,
  writeProperties,
} from './broker-directory.ts'
import { end, hasEnded, launch, type Running } from './broker-process.ts'
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
  /** How long it may take to answer; more on a busy machine. Default: 15,000. */
  readonly readyLimitMs?: number
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

type Start = {
  readonly installation: Installation
  readonly directory: BrokerDirectory
  readonly ports: BrokerPorts
  readonly heapMb: number
  readonly readyLimitMs: number
}

const start = async (given: Start): Promise<Running> => {
  const { installation, directory, ports, heapMb, readyLimitMs } = given
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
 * when the broker answers; rejects with the end of what it said where it does not in time, or when the
 * port is taken or a program is missing.
 */
export const startBroker = async (options: BrokerOptions = {}): Promise<Broker> => {
  const { heapMb = 768, readyLimitMs = 15_000, secure = false, say = () => {} } = options
  const installation = await installKafka(say)
  if (secure) await ensureNeeds([knownNeeds.openssl], say)
  const directory = await openBrokerDirectory(options.directory, secure)
  const removeTemporary = async (): Promise<void> => {
    if (options.directory === undefined) await rm(directory.path, { recursive: true, force: true })
  }
  try {
    const ports = await choosePorts(options.port, secure)
    const given = { installation, directory, ports, heapMb, readyLimitMs }
    let running = await start(given)
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
        running = await start(given)
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
