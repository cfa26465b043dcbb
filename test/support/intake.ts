import { onTestFinished } from 'vitest'
import { topicsOf } from '../../schemas/log/topics.ts'
import { wireEvent } from '../unit/intake/memory-log.ts'
import { startServing, type Up } from './cli-child.ts'
import { kafkaAt, sharedBrokers, uniqueName, withAdmin } from './kafka.ts'
import { idsIn } from './publisher.ts'

export type Environment = Readonly<Record<string, string>>

/** Topics and a group of a test's own on the broker of the run, gone with it. */
export const scratchEnvironment = (): Environment => {
  const prefix = `${uniqueName('intake')}.`
  onTestFinished(() =>
    withAdmin(sharedBrokers(), async (admin) => {
      const made = (await admin.listTopics()).filter((name) => name.startsWith(prefix))
      if (made.length > 0) await admin.deleteTopics({ topics: made })
    }),
  )
  return {
    KAFKA_BROKERS: sharedBrokers().join(','),
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_GROUP_ID: uniqueName('group'),
    KAFKA_PARTITIONS: '3',
  }
}

const topicIn = (env: Environment): string =>
  topicsOf({ topicPrefix: env['KAFKA_TOPIC_PREFIX'] ?? '' }).caseEvents.name

export const startIntake = async (env: Environment): Promise<Up> => {
  const intake = await startServing(['intake'], env)
  onTestFinished(async () => {
    await intake.end('SIGKILL')
  })
  return intake
}

/** Takes the place of the consumer: commits whatever the topic holds. */
export const follow = async (env: Environment): Promise<void> => {
  const consumer = kafkaAt().consumer({
    groupId: env['KAFKA_GROUP_ID'] ?? '',
    maxWaitTimeInMs: 200,
  })
  await consumer.connect()
  onTestFinished(() => consumer.disconnect())
  await consumer.subscribe({ topics: [topicIn(env)], fromBeginning: true })
  await consumer.run({
    autoCommitThreshold: 1,
    eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary }) => {
      resolveOffset(batch.lastOffset())
      await commitOffsetsIfNecessary()
    },
  })
}

export const post = (url: string, body: string, type = 'application/x-ndjson', query = '') =>
  fetch(`${url}/api/v1/events${query}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })

export const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify(wireEvent(from + n))}\n`).join('')

/** Ids of the events in the log of an environment. */
export const loggedIds = (env: Environment): Promise<readonly string[]> =>
  idsIn((env['KAFKA_BROKERS'] ?? '').split(','), topicIn(env))

/** Ids of the events of `lines`. */
export const lineIds = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `e${from + n}`)
