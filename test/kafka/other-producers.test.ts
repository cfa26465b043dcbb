import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { beforeAll, describe, expect, it } from 'vitest'
import { openPublisher } from '../../producers/log/kafka-publisher.ts'
import type { CaseEvent } from '../../schemas/events/event.ts'
import { parseEventText } from '../../schemas/events/parse.ts'
import { openKafka } from '../../schemas/log/kafka/connection.ts'
import { cacheFolder } from '../../scripts/needs/checkout.ts'
import { madeOnce } from '../../scripts/needs/made-once.ts'
import { runCommand } from '../../scripts/needs/run-command.ts'
import {
  kafkaSettings,
  readWhole,
  receive,
  scratchTopic,
  sharedBrokers,
  uniqueName,
} from '../support/kafka.ts'

const folder = 'docs/producers'
const limitMs = 60_000
const installLimitMs = 240_000

type Ended = { readonly code: number; readonly out: string; readonly notes: string }

/** In the plainest of locales: no example may lean on the machine's. */
const run = (command: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const [file = '', ...args] = command
    const env = { ...process.env, LC_ALL: 'C' }
    execFile(file, args, { timeout: limitMs, env }, (error, out, notes) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? Number.NaN), out, notes }),
    )
  })

/** What a list of packages asks for, fetched the first time. */
const fetched = async (list: string, fill: (folder: string) => Promise<void>): Promise<string> => {
  const print = createHash('sha256')
    .update(await readFile(list))
    .digest('hex')
    .slice(0, 8)
  const place = join(cacheFolder(), 'producers', `${basename(dirname(list))}-${print}`)
  await madeOnce(place, fill)
  return place
}

/** Python with the packages of requirements.txt, in an environment of its own. */
const pythonWith = async (requirements: string): Promise<string> => {
  const environment = await fetched(requirements, async (half) => {
    await runCommand(['python3', '-m', 'venv', half], { limitMs: installLimitMs })
    const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '-r', requirements]
    await runCommand([join(half, 'bin', 'python'), ...pip], { limitMs: installLimitMs })
  })
  return join(environment, 'bin', 'python')
}

/** A folder of the jars that pom.xml asks for. */
const jarsOf = (project: string): Promise<string> =>
  fetched(project, (half) =>
    runCommand(
      [
        ...(['mvn', 'dependency:copy-dependencies', '--batch-mode', '--quiet'] as const),
        ...['--file', project, `-DoutputDirectory=${half}`],
      ],
      { limitMs: installLimitMs },
    ),
  )

const commands: Record<string, readonly string[]> = {}

beforeAll(async () => {
  const python = await pythonWith(join(folder, 'python/requirements.txt'))
  const jars = await jarsOf(join(folder, 'java/pom.xml'))
  commands['python'] = [python, join(folder, 'python/producer.py')]
  commands['java'] = [
    ...['java', '-Dfile.encoding=UTF-8', '-cp', join(jars, '*')],
    join(folder, 'java/Producer.java'),
  ]
}, installLimitMs * 2)

const produce = (language: string, ...args: readonly string[]): Promise<Ended> =>
  run([...(commands[language] ?? []), ...args])

const appendTime = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }]
const brokers = () => sharedBrokers().join(',')

const expected = [
  { language: 'python', type: 'petition.registered.v1', words: '城乡建设/征地拆迁' },
  { language: 'java', type: 'matter.accepted.v1', words: '岳麓区住房和城乡建设局' },
] as const

/** Where the system's own producer puts the matter of an event. */
const ownPartition = async (topic: string, event: CaseEvent): Promise<number | undefined> => {
  const kafka = openKafka(kafkaSettings(), { clientId: 'test' })
  const publisher = await openPublisher(kafka, topic, { groupId: 'none' })
  await publisher.publish([{ ...event, receivedTime: 0 }], { waitFor: 'stored' })
  await publisher.close()
  // both messages are of one matter: were they in two partitions, this would find the other one too
  const found = (await readWhole(sharedBrokers(), topic)).map(({ partition }) => partition)
  return found.every((partition) => partition === found[0]) ? found[0] : undefined
}

describe.each(expected)('the producer in $language', ({ language, type, words }) => {
  it('puts a matter in the partition in which the system puts it', async () => {
    const topic = await scratchTopic(language, { numPartitions: 50 })
    const { out } = await produce(language, brokers(), topic)
    const [{ partition, message } = { partition: -1, message: undefined }] = await readWhole(
      sharedBrokers(),
      topic,
    )
    expect(out).toBe(`${topic} ${partition} 0\n`)
    const parsed = parseEventText(message?.value ?? '', { receivedTime: 'refused' })
    if (!parsed.ok) throw new Error('the event is sound')
    expect(await ownPartition(topic, parsed.event)).toBe(partition)
    expect(await readWhole(sharedBrokers(), topic)).toHaveLength(2)
  })

  it('sends an event the system can use, keyed by its matter, received when it was appended', async () => {
    const topic = await scratchTopic(language, { numPartitions: 4, configEntries: appendTime })
    const before = Date.now()
    const { code, out, notes } = await produce(language, brokers(), topic)
    const after = Date.now()
    expect({ code, notes }).toMatchObject({ code: 0 })
    expect(out).toMatch(new RegExp(`^${topic} \\d 0\n$`))

    const [message] = await receive(sharedBrokers(), topic, 1)
    const bytes = message?.value ?? Buffer.alloc(0)
    expect(Buffer.from(bytes.toString('utf8')).equals(bytes)).toBe(true)
    expect(bytes.toString('utf8')).toContain(words)
    const parsed = parseEventText(bytes, { receivedTime: 'refused' })
    expect(parsed).toMatchObject({ ok: true, event: { type } })
    expect(`${message?.key}`).toBe(parsed.ok ? parsed.event.subject : '')
    expect(`${message?.headers?.['content-type']}`).toBe(
      'application/cloudevents+json; charset=UTF-8',
    )
    expect(Number(message?.timestamp)).toBeGreaterThanOrEqual(before)
    expect(Number(message?.timestamp)).toBeLessThanOrEqual(after)
  })

  it('sends the same event when it is run again', async () => {
    const topic = await scratchTopic(language, { configEntries: appendTime })
    await produce(language, brokers(), topic)
    await produce(language, brokers(), topic)
    const hashes = (await receive(sharedBrokers(), topic, 2)).map(({ value }) => {
      const parsed = parseEventText(value ?? '', { receivedTime: 'refused' })
      return parsed.ok ? parsed.event.contentHash : undefined
    })
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(hashes[1]).toBe(hashes[0])
  })

  it('says so when the broker refuses', async () => {
    const configEntries = [{ name: 'max.message.bytes', value: '100' }]
    const topic = await scratchTopic(language, { configEntries })
    const { code, out, notes } = await produce(language, brokers(), topic)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(notes).toMatch(/^The broker did not take the event: .*(?:too large|larger than)/m)
  })

  it('gives up on a topic that is not there, and on a broker that is not', async () => {
    const missing = await Promise.all([
      produce(language, brokers(), uniqueName('not-there')),
      produce(language, '127.0.0.1:1', 'petition.case-events'),
    ])
    expect(missing.map(({ code, out }) => ({ code, out }))).toEqual([
      { code: 1, out: '' },
      { code: 1, out: '' },
    ])
    for (const { notes } of missing)
      expect(notes).toMatch(/did not take the event|Nothing was sent/)
  })

  it('says how it is called', async () => {
    expect(await produce(language)).toMatchObject({
      code: 1,
      notes: expect.stringContaining('BROKERS [TOPIC]'),
    })
  })
})
