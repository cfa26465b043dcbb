import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin, type Kafka } from 'kafkajs'
import { PulseError } from '../../errors.ts'
import { compareTopic, type FoundTopic } from '../compare-topic.ts'
import type { TopicPlan } from '../topics.ts'
import { kafkaError } from './kafka-error.ts'

const READY_LIMIT_MS = 30_000
const READY_PAUSE_MS = 100

const make = async (admin: Admin, plans: readonly TopicPlan[]): Promise<void> => {
  if (plans.length === 0) return
  try {
    await admin.createTopics({
      // its own waiting gives up when the broker has yet to hear of the topic from the controller
      waitForLeaders: false,
      timeout: READY_LIMIT_MS,
      topics: plans.map(({ name, partitions, replicationFactor, config }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
      })),
    })
  } catch (error) {
    const errors: readonly unknown[] =
      error instanceof kafkajs.KafkaJSAggregateError ? error.errors : [error]
    // another process may have made some of them meanwhile
    const refused = errors.find(
      (one) =>
        !(one instanceof kafkajs.KafkaJSProtocolError && one.type === 'TOPIC_ALREADY_EXISTS'),
    )
    if (refused !== undefined)
      throw kafkaError(refused, `Making the topics ${plans.map(({ name }) => name).join(', ')}`)
  }
}

const describe = async (admin: Admin, name: string): Promise<FoundTopic | undefined> => {
  const { topics } = await admin.fetchTopicMetadata({ topics: [name] })
  const partitions = topics.find((topic) => topic.name === name)?.partitions ?? []
  if (partitions.length === 0 || partitions.some(({ leader }) => leader < 0)) return undefined
  // a leader is named before it knows that it is one; asked for the ends, it says so
  await admin.fetchTopicOffsets(name)
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name }],
  })
  const entries = resources.flatMap(({ configEntries }) => configEntries)
  return {
    partitions: partitions.length,
    config: Object.fromEntries(entries.map((entry) => [entry.configName, entry.configValue])),
  }
}

/** Waits until every partition has a leader that answers. */
const describeWhenReady = async (admin: Admin, name: string): Promise<FoundTopic> => {
  for (const until = Date.now() + READY_LIMIT_MS; ; await sleep(READY_PAUSE_MS)) {
    let failed: unknown
    const found = await describe(admin, name).catch((error: unknown) => {
      failed = error
      return undefined
    })
    if (found !== undefined) return found
    const error = failed === undefined ? undefined : kafkaError(failed, `Reading topic ${name}`)
    if (error?.retriable === false) throw error
    if (Date.now() > until)
      throw (
        error ??
        new PulseError('LOG_UNAVAILABLE', `Topic ${name} has partitions without a leader.`, {
          retriable: true,
        })
      )
  }
}

/**
 * Makes the topics that are missing and verifies those that are there; resolves when all can be
 * written and read. `say` hears of differences that do no harm. Throws CONFIG_INVALID with all that
 * forbid the use of a topic, each with the command that mends it; LOG_UNAVAILABLE where the brokers
 * do not answer or do not allow it.
 */
export const ensureTopics = async (
  kafka: Kafka,
  plans: readonly TopicPlan[],
  say: (notice: string) => void,
): Promise<void> => {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const there = new Set(await admin.listTopics())
    await make(
      admin,
      plans.filter(({ name }) => !there.has(name)),
    )
    const problems: string[] = []
    for (const plan of plans) {
      const compared = compareTopic(plan, await describeWhenReady(admin, plan.name))
      problems.push(...compared.problems)
      compared.notices.forEach(say)
    }
    if (problems.length > 0) throw new PulseError('CONFIG_INVALID', `${problems.join('.\n')}.`)
  } catch (error) {
    throw kafkaError(error, 'Seeing to the topics')
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
