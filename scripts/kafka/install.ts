import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ensureNeeds } from '../needs/ensure.ts'
import { brokerNeeds } from '../needs/needs.ts'

/** Apache Kafka on this machine. `jars` is the folder of its jars, kafka-clients among them. */
export type Installation = {
  readonly version: string
  readonly jars: string
  readonly classPath: string
  readonly logSettings: string
}

const fetchLimitMs = 5 * 60_000
const compileLimitMs = 60_000

/** The checkout, also for a program that was built into a folder of it. */
const checkout = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('The broker is started from a checkout only.')
    folder = dirname(folder)
  }
  return folder
}

const run = async (limitMs: number, file: string, args: readonly string[]): Promise<void> => {
  try {
    await promisify(execFile)(file, args, { timeout: limitMs, maxBuffer: 2 ** 26 })
  } catch (cause) {
    const {
      stdout = '',
      stderr = '',
      message = '',
    } = cause as Partial<Error> & {
      stdout?: string
      stderr?: string
    }
    const said = (stdout + stderr).trimEnd().split('\n').slice(-15).join('\n')
    throw new Error(`${file} failed (${message.split('\n')[0]}):\n${said}`, { cause })
  }
}

const fill = async (folder: string, sources: string): Promise<void> => {
  const jars = join(folder, 'jars')
  await run(fetchLimitMs, 'mvn', [
    ...['--batch-mode', '--quiet', '--file', join(sources, 'pom.xml')],
    'dependency:copy-dependencies',
    `-DoutputDirectory=${jars}`,
    '-DincludeScope=runtime',
  ])
  await run(compileLimitMs, 'javac', [
    ...['-d', join(folder, 'classes'), '-cp', join(jars, '*')],
    join(sources, 'DevelopmentBroker.java'),
  ])
  await cp(join(sources, 'log4j2.properties'), join(folder, 'log4j2.properties'))
}

/**
 * Apache Kafka from Maven Central in `.cache/kafka` of the checkout, fetched once for each version of
 * the files it is made from. It is made apart and put in place by one rename: what is there is whole,
 * and of two processes that fetch at once one keeps its own.
 */
export const installKafka = async (say: (line: string) => void): Promise<Installation> => {
  const root = checkout()
  const sources = join(root, 'scripts/kafka')
  const parts = await Promise.all(
    ['pom.xml', 'DevelopmentBroker.java', 'log4j2.properties'].map((name) =>
      readFile(join(sources, name), 'utf8'),
    ),
  )
  const version = /<kafka\.version>(.+?)</.exec(parts.join(''))?.[1] ?? 'unknown'
  const print = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 8)
  const folder = join(root, '.cache/kafka', `${version}-${print}`)
  if (!existsSync(folder)) {
    await ensureNeeds(brokerNeeds, say)
    say(`Fetching Apache Kafka ${version} (about 45 MB, once) …`)
    await mkdir(dirname(folder), { recursive: true })
    const half = await mkdtemp(`${folder}.half-`)
    try {
      await fill(half, sources)
      await rename(half, folder).catch((error) => {
        if (!existsSync(folder)) throw error
      })
    } finally {
      await rm(half, { recursive: true, force: true })
    }
  }
  return {
    version,
    jars: join(folder, 'jars'),
    classPath: [join(folder, 'classes'), join(folder, 'jars', '*')].join(':'),
    logSettings: join(folder, 'log4j2.properties'),
  }
}
