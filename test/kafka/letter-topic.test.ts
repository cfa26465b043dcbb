import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { DeadLetter } from '../../consumers/dead-letters/letter.ts'
import { openLetterTopic } from '../../consumers/log/letter-topic.ts'
import { openKafka } from '../../schemas/log/kafka/connection.ts'
import {
  kafkaSettings,
  makeTopic,
  patienceMs,
  receive,
  scratchTopic,
  send,
  sharedBrokers,
  uniqueName,
  withAdmin,
} from '../support/kafka.ts'
import { consuming, eventsTopic, scratchStore } from '../support/log-consumer.ts'

const patience = { timeout: patienceMs, interval: 200 }

const errors = [{ field: '', code: 'NOT_JSON', message: 'the text is not JSON' }] as const
const letter = (position: number, value: string | Uint8Array, more: object = {}): DeadLetter => ({
  message: {
    origin: 'petition.case-events/3',
    position,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    receivedTime: Date.UTC(2024, 5, 1),
    ...more,
  },
  errors,
})

const opened = (topic: string) => {
  const letters = openLetterTopic(openKafka(kafkaSettings(), { clientId: 'letters' }), topic)
  onTestFinished(letters.close)
  return letters
}

describe('the topic of dead letters', () => {
  it('has each letter with its key, bytes and where it stood, and no identity', async () => {
    const topic = await scratchTopic('letters')
    const bytes = Buffer.from([0xff, 0x00, 0x31])
    await opened(topic).publish(
      [
        letter(17, bytes, {
          key: Buffer.from('m1'),
          headers: [
            ['trace', Buffer.from('a')],
            ['trace', Buffer.from('b')],
            ['position', Buffer.from('said by the sender')],
          ],
        }),
        letter(18, '电话 13812345678', { key: Buffer.from('m-13812345678') }),
      ],
      Date.UTC(2024, 5, 2),
    )
    const [first, second] = await receive(kafkaSettings().brokers, topic, 2)
    expect(first?.value).toEqual(bytes)
    expect(first?.key?.toString()).toBe('m1')
    const text = (header: unknown) =>
      Array.isArray(header) ? header.map(String) : String(header as Buffer)
    expect(
      Object.fromEntries(
        Object.entries(first?.headers ?? {}).map(([name, value]) => [name, text(value)]),
      ),
    ).toEqual({
      trace: ['a', 'b'],
      reason: 'NOT_JSON',
      errors: JSON.stringify(errors),
      origin: 'petition.case-events/3',
      position: '17',
      receivedtime: '2024-06-01T00:00:00.000Z',
      parkedtime: '2024-06-02T00:00:00.000Z',
    })
    expect(JSON.stringify([second?.value, second?.key].map(String))).not.toContain('13812345678')
    expect(String(second?.headers?.['identityremoved'])).toBe('true')
  })

  it('takes many at once, and of one too large for it all but the bytes', async () => {
    const topic = await scratchTopic('letters', {
      configEntries: [{ name: 'max.message.bytes', value: '2000000' }],
    })
    const large = Buffer.alloc(2_100_000, 'x')
    await opened(topic).publish(
      [letter(1, Buffer.alloc(800_000, 'y')), letter(2, large), letter(3, Buffer.alloc(800_000))],
      0,
    )
    const received = await receive(kafkaSettings().brokers, topic, 3)
    expect(
      received
        .map(({ value, headers }) => [
          String(headers?.['position']),
          value?.length ?? null,
          headers?.['valueomitted'] === undefined ? '' : 'omitted',
        ])
        .sort(),
    ).toEqual([
      ['1', 800_000, ''],
      ['2', null, 'omitted'],
      ['3', 800_000, ''],
    ])
  })
})

describe('a consumer', () => {
  it('commits a message that cannot be used only once the topic of dead letters has it', async () => {
    const topic = await eventsTopic('with-letters', 1)
    const deadLetterTopic = uniqueName('letters-made-later')
    const groupId = uniqueName('group')
    const store = await scratchStore('letters')
    await send(sharedBrokers(), topic, [{ key: 'm1', value: 'no event' }])
    const consumer = await consuming(store, { topic, groupId, deadLetterTopic })
    const committed = () =>
      withAdmin(sharedBrokers(), async (admin) => {
        const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
        return Number(found?.partitions[0]?.offset)
      })
    await vi.waitFor(() => expect(consumer.lines.join()).toContain(deadLetterTopic), patience)
    expect(await committed()).toBe(-1)
    await makeTopic(sharedBrokers(), { topic: deadLetterTopic, numPartitions: 1 })
    onTestFinished(() =>
      withAdmin(sharedBrokers(), (admin) => admin.deleteTopics({ topics: [deadLetterTopic] })),
    )
    const [first] = await receive(sharedBrokers(), deadLetterTopic, 1, { limitMs: patienceMs })
    expect(first?.key?.toString()).toBe('m1')
    expect(String(first?.headers?.['origin'])).toBe(`${topic}/0`)
    await vi.waitFor(async () => expect(await committed()).toBe(1), patience)
    const [row] = await store.query<{ reason: string; key: string }>(
      'SELECT reason, key FROM dead_letters LIMIT 1',
    )
    expect(row).toEqual({ reason: 'NOT_JSON', key: 'm1' })
    expect(consumer.fatal).toEqual([])
  })
})
