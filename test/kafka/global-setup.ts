import process from 'node:process'
import type { TestProject } from 'vitest/node'
import { startBroker } from '../../scripts/kafka/broker.ts'
import { ensureNeeds } from '../../scripts/needs/ensure.ts'
import { testNeeds } from '../../scripts/needs/needs.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of the broker that all tests of the run share. */
    kafkaBrokers: readonly string[]
  }
}

/** The machine may be busy with other tests. */
const readyLimitMs = 45_000

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** One broker for the run; or the one TEST_KAFKA_BROKERS names, which is left as it is. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  await ensureNeeds(testNeeds, say)
  const given = process.env['TEST_KAFKA_BROKERS']
  if (given !== undefined && given !== '') {
    project.provide('kafkaBrokers', given.split(','))
    return async () => {}
  }
  const broker = await startBroker({ say, readyLimitMs })
  project.provide('kafkaBrokers', broker.brokers)
  return broker.stop
}
