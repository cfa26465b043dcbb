import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { startServing, type Up } from './cli-child.ts'
import { sharedBrokers, uniqueName } from './kafka.ts'

/** Settings of one deployment on the broker of the run. */
export const kafkaOf = (name: string): Record<string, string> => ({
  KAFKA_BROKERS: sharedBrokers().join(','),
  KAFKA_TOPIC_PREFIX: `${uniqueName(name)}.`,
  KAFKA_GROUP_ID: uniqueName(name),
  KAFKA_PARTITIONS: '3',
  KAFKA_SESSION_TIMEOUT_MS: '6000',
})

export const topicOf = (env: Readonly<Record<string, string>>) =>
  `${env['KAFKA_TOPIC_PREFIX']}petition.case-events`

/** Asks until the answer is wanted, or for a minute; gives the last. */
export const eventually = async <T>(
  work: () => Promise<T>,
  wanted: (value: T) => boolean,
): Promise<T> => {
  for (const until = Date.now() + 60_000; ; await sleep(100)) {
    const value = await work()
    if (wanted(value) || Date.now() > until) return value
  }
}

/** A command that serves, gone with the test however that ends. */
export const serving = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Up> => {
  const up = await startServing(args, env)
  onTestFinished(async () => {
    await up.end('SIGKILL')
  })
  return up
}
