import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { installKafka } from '../../scripts/kafka/install.ts'
import {
  kafkaAt,
  makeTopic,
  ownBroker,
  receive,
  scratchTopic,
  send,
  sharedBrokers,
} from '../support/kafka.ts'
import { scratchDirectory } from '../support/scratch-store.ts'

const chinese = '岳麓区信访局：扬尘扰民，已受理'
const messages = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ key: `m-${n % 7}`, value: `${chinese} ${n}` }))

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the broker of the run', () => {
  it('gives back Chinese text as it was sent', async () => {
    const topic = await scratchTopic('text', { numPartitions: 3 })
    await send(sharedBrokers(), topic, messages(50))
    const received = await receive(sharedBrokers(), topic, 50)
    const text = (key: unknown, value: unknown) => `${key}: ${value}`
    expect(new Set(received.map(({ key, value }) => text(key, value)))).toEqual(
      new Set(messages(50).map(({ key, value }) => text(key, value))),
    )
  })

  it('makes no topic that nobody made', async () => {
    const producer = kafkaAt().producer({ allowAutoTopicCreation: true, retry: { retries: 1 } })
    await producer.connect()
    onTestFinished(() => producer.disconnect())
    await expect(
      producer.send({ topic: 'nobody-made-this', messages: messages(1) }),
    ).rejects.toThrow(/does not host this topic-partition/)
  })
})

/** The codec in the header of the first batch of a topic: the low bits of its attributes. */
const storedCodec = async (directory: string, topic: string): Promise<number> => {
  const segment = join(directory, 'log', `${topic}-0`, `${'0'.repeat(20)}.log`)
  return (await readFile(segment)).readInt16BE(21) & 0b111
}

const readBack = async (address: string, topics: readonly string[]): Promise<readonly string[]> => {
  const { classPath } = await installKafka(() => {})
  const program = join(import.meta.dirname, 'ReadBack.java')
  const { stdout } = await promisify(execFile)(
    'java',
    ['-cp', classPath, program, address, ...topics],
    { timeout: 60_000 },
  )
  return stdout.trimEnd().split('\n')
}

describe('a broker of one’s own', () => {
  it('compresses with every codec, and gives the text back', async () => {
    const codecs = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 }
    const own = await ownBroker()
    for (const codec of Object.keys(codecs)) {
      const configEntries = [{ name: 'compression.type', value: codec }]
      await makeTopic(own.brokers, { topic: codec, numPartitions: 1, configEntries })
      await send(own.brokers, codec, messages(50))
      expect(await storedCodec(own.directory, codec)).toBe(codecs[codec as keyof typeof codecs])
    }
    const sent = messages(50).map(({ value }) => value)
    expect(await readBack(own.brokers[0] ?? '', Object.keys(codecs))).toEqual(
      Object.keys(codecs).flatMap(() => sent),
    )
  })

  it('keeps what it acknowledged, stopped or killed', async () => {
    const own = await ownBroker()
    await makeTopic(own.brokers, { topic: 'kept', numPartitions: 2 })
    const pids = [own.pid]
    await send(own.brokers, 'kept', messages(200))
    await own.restart()
    pids.push(own.pid)
    expect(await receive(own.brokers, 'kept', 200)).toHaveLength(200)
    await send(own.brokers, 'kept', messages(100))
    await own.kill()
    await own.restart()
    pids.push(own.pid)
    expect(await receive(own.brokers, 'kept', 300)).toHaveLength(300)
    expect(new Set(pids).size).toBe(3)
    expect(pids.map(isAlive)).toEqual([false, false, true])
  })

  it('serves a directory again on other ports', async () => {
    const directory = await scratchDirectory('broker')
    const first = await ownBroker({ directory })
    await makeTopic(first.brokers, { topic: 'moved' })
    await send(first.brokers, 'moved', messages(10))
    await first.stop()
    const second = await ownBroker({ directory })
    expect(second.brokers).not.toEqual(first.brokers)
    expect(await receive(second.brokers, 'moved', 10)).toHaveLength(10)
  })

  it('leaves nothing of a temporary directory behind', async () => {
    const own = await ownBroker()
    expect(existsSync(own.directory)).toBe(true)
    await own.stop()
    expect(existsSync(own.directory)).toBe(false)
    expect(isAlive(own.pid)).toBe(false)
  })
})

describe('a broker that cannot start', () => {
  it('says that the port is taken, and leaves the one there alone', async () => {
    const port = Number(sharedBrokers()[0]?.split(':')[1])
    await expect(ownBroker({ port })).rejects.toThrow(
      `127.0.0.1:${port} is taken, perhaps by another broker. End what listens there, or choose another port.`,
    )
    const topic = await scratchTopic('still-there')
    await send(sharedBrokers(), topic, messages(1))
  })

  it('says that another is at work in its directory, and leaves that one alone', async () => {
    const directory = await scratchDirectory('broker')
    const first = await ownBroker({ directory })
    await expect(ownBroker({ directory })).rejects.toThrow(
      `Another broker is at work in ${directory}; end it first.`,
    )
    await makeTopic(first.brokers, { topic: 'still-there' })
    await send(first.brokers, 'still-there', messages(1))
  })

  it('says why, in the broker’s own words', async () => {
    const directory = await scratchDirectory('broker')
    await mkdir(join(directory, 'log'))
    await writeFile(join(directory, 'log', 'meta.properties'), 'version=9\ncluster.id=broken\n')
    await expect(ownBroker({ directory })).rejects.toThrow(
      /ended while it started\. The end of what it said:\n[\s\S]*meta\.properties/,
    )
  })

  it('takes no accounts into a directory that was begun without', async () => {
    const directory = await scratchDirectory('broker')
    await (await ownBroker({ directory })).stop()
    await expect(ownBroker({ directory, secure: true })).rejects.toThrow(
      /was begun without accounts/,
    )
  })
})

describe('a starter that is killed', () => {
  it('takes its broker with it', async () => {
    const directory = await scratchDirectory('broker')
    const starter = spawn(
      process.execPath,
      ['scripts/run-typescript.mjs', 'test/kafka/hold-broker.ts', directory],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    onTestFinished(() => {
      starter.kill('SIGKILL')
    })
    const [printed] = await once(starter.stdout, 'data')
    const pid = Number(printed)
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    })
    expect(isAlive(pid)).toBe(true)
    starter.kill('SIGKILL')
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false)
  })
})
