import { Registry } from 'prom-client'
import { onTestFinished } from 'vitest'
import { type LogConsumer, startLogConsumer } from '../../consumers/log/log-consumer.ts'
import { createConsumerSeries } from '../../consumers/log/series.ts'
import type { OnStep } from '../../consumers/log/steps.ts'
import { prepareStore } from '../../consumers/prepare-store.ts'
import { parseEventText } from '../../schemas/events/parse.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { kafkaAt, readWhole, scratchTopic, sharedBrokers } from './kafka.ts'
import { requireBuild } from './require-build.ts'
import { scratchDirectory } from './scratch-store.ts'

// the consumer's reading thread is the built one
requireBuild()

export const TIMEZONE = 'Asia/Shanghai'

/** A topic of case events as the system makes it, gone with the test. */
export const eventsTopic = (name: string, numPartitions = 4): Promise<string> =>
  scratchTopic(name, {
    numPartitions,
    configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
  })

/** A prepared store in a directory of its own, closed with the test. */
export const scratchStore = async (name: string): Promise<Store> => {
  const store = await openEmbedded({ directory: await scratchDirectory(name) })
  onTestFinished(() => store.close())
  await prepareStore(store, { timezone: TIMEZONE })
  return store
}

export type Consuming = LogConsumer & {
  readonly registry: Registry
  /** What it said. */
  readonly lines: readonly string[]
  readonly fatal: readonly Error[]
}

/** A consumer in this process, stopped with the test. */
export const consuming = async (
  store: Store,
  options: {
    readonly topic: string
    readonly groupId: string
    readonly deadLetterTopic?: string
    readonly brokers?: readonly string[]
    readonly onStep?: OnStep
  },
): Promise<Consuming> => {
  const registry = new Registry()
  const lines: string[] = []
  const fatal: Error[] = []
  const consumer = await startLogConsumer({
    store,
    timezone: TIMEZONE,
    kafka: kafkaAt(options.brokers ?? sharedBrokers()),
    topic: options.topic,
    groupId: options.groupId,
    sessionTimeoutMs: 6_000,
    series: createConsumerSeries(registry),
    log: (line) => lines.push(line),
    onFatal: (error) => fatal.push(error),
    ...(options.deadLetterTopic === undefined ? {} : { deadLetterTopic: options.deadLetterTopic }),
    ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
  })
  onTestFinished(() => consumer.stop())
  return { ...consumer, registry, lines, fatal }
}

/** The sound events of a topic as they were received: by the broker's append times. */
export const eventsOf = async (
  topic: string,
  brokers: readonly string[] = sharedBrokers(),
): Promise<readonly ReceivedEvent[]> =>
  (await readWhole(brokers, topic)).flatMap(({ message }) => {
    const parsed = parseEventText(message.value ?? '', { receivedTime: 'carried' })
    if (!parsed.ok) return []
    const appended = Number(message.timestamp)
    const receivedTime = Math.min(appended, parsed.event.receivedTime ?? appended)
    return [{ ...parsed.event, receivedTime }]
  })
