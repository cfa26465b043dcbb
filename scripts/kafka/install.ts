import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, checkout } from '../needs/checkout.ts'
import { ensureNeeds } from '../needs/ensure.ts'
import { madeOnce } from '../needs/made-once.ts'
import { brokerNeeds } from '../needs/needs.ts'
import { runCommand } from '../needs/run-command.ts'

/** Apache Kafka on this machine. `classPath` has the broker and, with it, Kafka's own client. */
export type Installation = {
  readonly version: string
  readonly classPath: string
  readonly logSettings: string
}

const fetchLimitMs = 5 * 60_000
const compileLimitMs = 60_000
const projectFile = 'pom.xml'
const programFile = 'DevelopmentBroker.java'
const logFile = 'log4j2.properties'

const fill = async (folder: string, sources: string): Promise<void> => {
  const jars = join(folder, 'jars')
  const fetch = ['dependency:copy-dependencies', '--batch-mode', '--quiet']
  const what = ['--file', join(sources, projectFile), '-DincludeScope=runtime']
  await runCommand(['mvn', ...fetch, ...what, `-DoutputDirectory=${jars}`], {
    limitMs: fetchLimitMs,
  })
  const classes = ['-d', join(folder, 'classes'), '-cp', join(jars, '*')]
  await runCommand(['javac', ...classes, join(sources, programFile)], { limitMs: compileLimitMs })
  await cp(join(sources, logFile), join(folder, logFile))
}

/**
 * Apache Kafka from Maven Central in `.cache/kafka` of the checkout, fetched once for each version of
 * the files it is made from.
 */
export const installKafka = async (say: (line: string) => void): Promise<Installation> => {
  const sources = join(checkout(), 'scripts/kafka')
  const texts = await Promise.all(
    [projectFile, programFile, logFile].map((name) => readFile(join(sources, name), 'utf8')),
  )
  const version = /<kafka\.version>(.+?)</.exec(texts[0] ?? '')?.[1] ?? 'unknown'
  const print = createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 8)
  const folder = join(cacheFolder(), 'kafka', `${version}-${print}`)
  if (!existsSync(folder)) {
    await ensureNeeds(brokerNeeds, say)
    say(`Fetching Apache Kafka ${version} (about 45 MB, once) …`)
  }
  await madeOnce(folder, (half) => fill(half, sources))
  return {
    version,
    classPath: [join(folder, 'classes'), join(folder, 'jars', '*')].join(':'),
    logSettings: join(folder, logFile),
  }
}
