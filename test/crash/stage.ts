import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kafka } from 'kafkajs'
import type { RefoldAsked } from '../../consumers/replay/replay.ts'
import { openKafka } from '../../schemas/log/kafka/connection.ts'
import { freePorts } from '../../scripts/kafka/ports.ts'
import { pulse, type Ran } from '../support/cli-child.ts'
import { type Supervised, supervise } from './supervised.ts'
import { openSwallowingProxy, type SwallowingProxy } from './swallowing-proxy.ts'

/** The broker refuses less; a member that was killed holds up its group for so long. */
const SESSION_TIMEOUT_MS = 2_000
const PARTITIONS = 6

/**
 * `together`: `pulse up` with Kafka as its log, one process. `apart`: store front, intake, consumers
 * and figures in processes of their own; between them and the store lies a proxy.
 */
export type Topology = 'together' | 'apart'

export type Stage = {
  readonly directory: string
  readonly topic: string
  readonly partitions: number
  readonly groupId: string
  readonly kafka: Kafka
  /** Where clients send to: the intake itself, or the proxy before it. */
  readonly intakeUrl: string
  readonly figuresUrl: string
  readonly intake: Supervised
  readonly consumers: readonly Supervised[]
  /** Only apart. */
  readonly store?: Supervised
  readonly beforeStore?: SwallowingProxy
  readonly beforeIntake: SwallowingProxy
  /** A `pulse replay` on the store, started. */
  readonly replay: (from: ReplaySource) => Promise<Supervised>
  /** `pulse reconcile` of log and store. */
  readonly reconcile: () => Promise<Ran>
  /** Every process once, those that others need first. */
  readonly all: readonly Supervised[]
  /** Starts every process, in a store that has its tables. */
  readonly begin: () => Promise<void>
  readonly close: () => Promise<void>
}

const up = / is up at /

/** What is folded: what is stored, or also what the log holds beyond it. */
export type ReplaySource = RefoldAsked['from']

const startReplay = async (
  from: ReplaySource,
  env: Readonly<Record<string, string>>,
): Promise<Supervised> => {
  const args = ['replay', '--from', from]
  const replay = supervise({ name: 'replay', args, env, ready: /^/, endsItself: true })
  await replay.start()
  return replay
}

const reconcile = (env: Readonly<Record<string, string>>): Promise<Ran> =>
  pulse(['reconcile', '--format', 'json'], { env })

const withProxies = async (
  intakePort: number,
  storePort: number | undefined,
): Promise<Pick<Stage, 'beforeIntake' | 'beforeStore'>> => ({
  beforeIntake: await openSwallowingProxy(intakePort),
  ...(storePort === undefined ? {} : { beforeStore: await openSwallowingProxy(storePort) }),
})

/** Names and makes nothing but the directory and the proxies: no process runs yet. */
export const setStage = async (options: {
  readonly brokers: readonly string[]
  /** Unlike that of any other stage on the broker. */
  readonly name: string
  readonly work: string
  readonly timezone: string
  readonly topology: Topology
  readonly consumers: number
}): Promise<Stage> => {
  const { brokers, name, topology, timezone } = options
  const directory = join(options.work, 'store')
  await mkdir(options.work, { recursive: true })
  const [intakePort = 0, storePort = 0, figuresPort = 0] = await freePorts(3)
  const proxies = await withProxies(intakePort, topology === 'apart' ? storePort : undefined)
  const groupId = `${name}-group`
  const base = { PULSE_TIMEZONE: timezone }
  const log = {
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_TOPIC_PREFIX: `${name}.`,
    KAFKA_GROUP_ID: groupId,
    KAFKA_PARTITIONS: String(PARTITIONS),
    KAFKA_SESSION_TIMEOUT_MS: String(SESSION_TIMEOUT_MS),
  }
  const kafka = openKafka(
    { brokers, topicPrefix: '', groupId, sessionTimeoutMs: SESSION_TIMEOUT_MS },
    { clientId: 'crash-test' },
  )
  const shared = {
    directory,
    topic: `${name}.petition.case-events`,
    partitions: PARTITIONS,
    groupId,
    kafka,
    intakeUrl: proxies.beforeIntake.url,
    ...proxies,
    close: async () => {
      await proxies.beforeIntake.close()
      await proxies.beforeStore?.close()
    },
  }
  const on = (port: number) => ['--port', String(port)]
  if (topology === 'together') {
    const env = { ...base, ...log }
    const args = ['up', '--data', directory, ...on(intakePort)]
    const process = supervise({ name: 'up', args, env, ready: up })
    return {
      ...shared,
      replay: (from) => startReplay(from, { ...base, PULSE_DATA: directory }),
      reconcile: () => reconcile({ ...env, PULSE_DATA: directory }),
      figuresUrl: `http://127.0.0.1:${intakePort}`,
      intake: process,
      consumers: [process],
      all: [process],
      begin: () => process.start(),
    }
  }
  const env = { ...base, ...log, CLICKHOUSE_URL: proxies.beforeStore?.url ?? '' }
  const store = supervise({
    name: 'store',
    args: ['store', '--data', directory, ...on(storePort)],
    env: base,
    ready: up,
  })
  const intake = supervise({ name: 'intake', args: ['intake', ...on(intakePort)], env, ready: up })
  const consumers = Array.from({ length: options.consumers }, (_, index) =>
    supervise({ name: `consumer ${index + 1}`, args: ['consume', ...on(0)], env, ready: up }),
  )
  const figures = supervise({ name: 'serve', args: ['serve', ...on(figuresPort)], env, ready: up })
  return {
    ...shared,
    replay: (from) => startReplay(from, env),
    reconcile: () => reconcile(env),
    figuresUrl: `http://127.0.0.1:${figuresPort}`,
    intake,
    consumers,
    store,
    all: [store, intake, ...consumers, figures],
    begin: async () => {
      await store.start()
      const { code, notes } = await pulse(['migrate'], { env })
      if (code !== 0) throw new Error(`pulse migrate ended with ${code}: ${notes}`)
      for (const process of [intake, ...consumers, figures]) await process.start()
    },
  }
}
