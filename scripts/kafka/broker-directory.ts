import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type SecureFiles, secureFiles } from './secure-files.ts'
import { type SecurePorts, serverProperties } from './server-properties.ts'

/** Where a broker keeps everything: its log, its settings, what it says, and its certificates. */
export type BrokerDirectory = {
  readonly path: string
  readonly clusterId: string
  readonly logDirectory: string
  readonly propertiesFile: string
  /** What the broker said since the directory was made. */
  readonly saidFile: string
  readonly secure?: SecureFiles
}

const tailLines = 20

/** Sixteen bytes as Kafka writes them; one that begins with a dash would be taken for an option. */
const newClusterId = (): string => {
  for (;;) {
    const id = randomBytes(16).toString('base64url')
    if (!id.startsWith('-')) return id
  }
}

const clusterIdIn = async (logDirectory: string): Promise<string | undefined> => {
  const text = await readFile(join(logDirectory, 'meta.properties'), 'utf8').catch(() => '')
  return /^cluster\.id=(.+)$/m.exec(text)?.[1]
}

/** The directory at `given`, made where it is not there; else a new temporary one. */
export const openBrokerDirectory = async (
  given: string | undefined,
  secure: boolean,
): Promise<BrokerDirectory> => {
  if (given?.includes(',')) {
    throw new Error(`Kafka takes no directory with a comma in its name: ${given}`)
  }
  const path = given === undefined ? await mkdtemp(join(tmpdir(), 'pulse-kafka-')) : resolve(given)
  const logDirectory = join(path, 'log')
  await mkdir(logDirectory, { recursive: true })
  const formatted = await clusterIdIn(logDirectory)
  const secureFolder = join(path, 'secure')
  if (secure && formatted !== undefined && !existsSync(secureFolder)) {
    throw new Error(`${path} was begun without accounts, which Kafka keeps in it; take a new one.`)
  }
  return {
    path,
    clusterId: formatted ?? newClusterId(),
    logDirectory,
    propertiesFile: join(path, 'server.properties'),
    saidFile: join(path, 'broker.log'),
    ...(secure ? { secure: await secureFiles(secureFolder) } : {}),
  }
}

export type BrokerPorts = {
  readonly plain: number
  readonly controller: number
  readonly secure?: SecurePorts
}

export const writeProperties = (directory: BrokerDirectory, ports: BrokerPorts): Promise<void> => {
  const { secure: files, logDirectory, propertiesFile } = directory
  const secure =
    files === undefined || ports.secure === undefined
      ? {}
      : { secure: { ...files, ports: ports.secure } }
  const text = serverProperties({
    logDirectory,
    port: ports.plain,
    controllerPort: ports.controller,
    ...secure,
  })
  return writeFile(propertiesFile, text, { mode: 0o600 })
}

/** The accounts a directory is formatted with; Kafka keeps them in its metadata. */
export const formatOptions = ({ secure }: BrokerDirectory): readonly string[] =>
  secure === undefined
    ? []
    : ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=${secure.user},password=${secure.password}]`,
      ])

export const lastSaid = async ({ saidFile }: BrokerDirectory): Promise<string> => {
  const text = await readFile(saidFile, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-tailLines).join('\n')
}
