import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import kafkajs from 'kafkajs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { installKafka } from '../../scripts/kafka/install.ts'
import { caseEvents } from '../support/case-events.ts'
import {
  kafkaAt,
  readWhole,
  scratchTopic,
  sharedBrokers,
  uniqueName,
  withAdmin,
} from '../support/kafka.ts'
import { endOf, idsIn, idsOf, openScratchPublisher as open, stored } from '../support/publisher.ts'

const appendTime = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }]

describe('an event that is published', () => {
  it('is in the log as it was sent, under its matter, received when the broker appended it', async () => {
    const topic = await scratchTopic('published', { numPartitions: 4, configEntries: appendTime })
    const publisher = await open(topic)
    const events = caseEvents(200, { matters: 30 })
    const before = Date.now()
    expect(await publisher.publish(events, stored)).toEqual({})
    const after = Date.now()
    const found = await readWhole(sharedBrokers(), topic)
    expect(new Set(found.map(({ message }) => `${message.key} ${message.value}`))).toEqual(
      new Set(events.map(({ subject, canonical }) => `${subject} ${canonical}`)),
    )
    expect(found).toHaveLength(events.length)
    for (const { message } of found) {
      expect(Number(message.timestamp)).toBeGreaterThanOrEqual(before)
      expect(Number(message.timestamp)).toBeLessThanOrEqual(after)
    }
  })

  it('is in the partition that Kafka’s own clients choose', async () => {
    const numPartitions = 50
    const topic = await scratchTopic('partitions', { numPartitions })
    const events = caseEvents(300)
    await (await open(topic)).publish(events, stored)
    const partitions = new Map(
      (await readWhole(sharedBrokers(), topic)).map(({ partition, message }) => [
        `${message.key}`,
        partition,
      ]),
    )
    const subjects = events.map(({ subject }) => subject)
    const program = join(import.meta.dirname, 'PartitionOf.java')
    const { classPath } = await installKafka(() => {})
    const { stdout } = await promisify(execFile)(
      'java',
      ['-cp', classPath, program, `${numPartitions}`, ...subjects],
      { timeout: 60_000 },
    )
    expect(subjects.map((subject) => partitions.get(subject))).toEqual(
      stdout.trim().split('\n').map(Number),
    )
  })

  it('goes with others of calls that arrive together', async () => {
    const topic = await scratchTopic('together')
    const sends: number[] = []
    const publisher = await open(topic, { observe: ({ events }) => sends.push(events) })
    await publisher.publish(caseEvents(1), stored)
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        publisher.publish(caseEvents(5, { from: 1 + 5 * n }), stored),
      ),
    )
    expect(sends.reduce((sum, events) => sum + events, 0)).toBe(201)
    expect(sends.length).toBeLessThan(8)
    expect(new Set(await idsIn(sharedBrokers(), topic)).size).toBe(201)
  })
})

describe('an event larger than the topic takes', () => {
  const wide = (n: number) =>
    caseEvents(1, {
      from: n,
      over: {
        data: {
          petitionId: `p${n}`,
          channel: 'visit',
          region: '430102',
          category: '住建/物业',
          petitioners: Array.from({ length: 100 }, () => 'a'.repeat(64)),
        },
      },
    })

  it('is refused before it is sent, and said to be too large', async () => {
    const configEntries = [{ name: 'max.message.bytes', value: '4000' }]
    const topic = await scratchTopic('wide', { configEntries })
    const publisher = await open(topic)
    const [event] = wide(1)
    if (event === undefined) throw new Error('there is no event')
    expect(publisher.refusal?.(event)).toMatchObject({
      code: 'TOO_LONG',
      message: expect.stringMatching(/^the event has 6\d{3} bytes and the log takes 3840/),
    })
    expect(caseEvents(1).map((small) => publisher.refusal?.(small))).toEqual([undefined])
    await expect(publisher.publish(wide(1), stored)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      retriable: false,
    })
    expect(await idsIn(sharedBrokers(), topic)).toEqual([])
    // many that fit go in sends that fit
    const many = caseEvents(100)
    await publisher.publish(many, stored)
    expect([...(await idsIn(sharedBrokers(), topic))].sort()).toEqual([...idsOf(many)].sort())
  })

  it('ends only its own call where the limit was lowered meanwhile', async () => {
    const topic = await scratchTopic('lowered')
    const publisher = await open(topic)
    await withAdmin(sharedBrokers(), (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: topic,
            configEntries: [{ name: 'max.message.bytes', value: '4000' }],
          },
        ],
      }),
    )
    const calls = [
      caseEvents(2, { from: 100 }),
      [...wide(1), ...caseEvents(1, { from: 200 })],
      caseEvents(2, { from: 300 }),
    ]
    const ends = await Promise.all(calls.map((events) => endOf(publisher.publish(events, stored))))
    expect(ends).toEqual(['acknowledged', 'LIMIT_EXCEEDED', 'acknowledged'])
    expect(new Set(await idsIn(sharedBrokers(), topic))).toEqual(
      new Set(['e100', 'e101', 'e200', 'e300', 'e301']),
    )
  })
})

describe('a call that waits until figures count its events', () => {
  it('waits for the positions the consumer group has committed', async () => {
    const topic = await scratchTopic('settled', { numPartitions: 3 })
    const groupId = uniqueName('group')
    const publisher = await open(topic, { groupId })
    await publisher.settled()
    const member = kafkaAt().consumer({ groupId, maxWaitTimeInMs: 200 })
    await member.connect()
    onTestFinished(() => member.disconnect())
    await member.subscribe({ topics: [topic] })
    await member.run({ autoCommit: false, eachBatch: async () => {} })
    /** Commits the ends, but for the last `short` positions of one partition. */
    const commit = async (short: number): Promise<void> => {
      const ends = await withAdmin(sharedBrokers(), (admin) => admin.fetchTopicOffsets(topic))
      await member.commitOffsets(
        ends.map(({ partition, high }) => ({
          topic,
          partition,
          offset: String(Number(high) - (partition === 1 ? short : 0)),
        })),
      )
    }
    let visible = false
    const call = publisher.publish(caseEvents(60)).then(() => {
      visible = true
    })
    await expect.poll(() => idsIn(sharedBrokers(), topic), { timeout: 20_000 }).toHaveLength(60)
    await commit(1)
    await sleep(500)
    expect(visible).toBe(false)
    await commit(0)
    await call
  })

  it('is told by how much the consumer is behind, and the events are in the log', async () => {
    const topic = await scratchTopic('behind', { numPartitions: 2 })
    const groupId = uniqueName('group')
    const publisher = await open(topic, { groupId, settleStallMs: 300 })
    const call = publisher.publish(caseEvents(50))
    await expect(call).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', retriable: true })
    await expect(call).rejects.toThrow(
      `consumer group ${groupId} is 50 positions behind in 2 partitions and has not moved for`,
    )
    expect(await idsIn(sharedBrokers(), topic)).toHaveLength(50)
  })
})

describe('a publisher that is closed', () => {
  it('has sent what waited, and takes no more', async () => {
    const topic = await scratchTopic('closed')
    const publisher = await open(topic)
    const call = endOf(publisher.publish(caseEvents(100), stored))
    await publisher.close()
    expect(await call).toBe('acknowledged')
    expect(await endOf(publisher.publish(caseEvents(1), stored))).toBe('LOG_UNAVAILABLE')
    expect(await idsIn(sharedBrokers(), topic)).toHaveLength(100)
  })
})
