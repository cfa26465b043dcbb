import { randomUUID } from 'node:crypto'
import { createConservationSeries } from '../../consumers/conservation/series.ts'
import { createConsumerSeries } from '../../consumers/log/series.ts'
import type { OnStep } from '../../consumers/log/steps.ts'
import { verifyStore } from '../../consumers/verify-store.ts'
import { createTelemetry } from '../../dashboards/api/telemetry.ts'
import { PulseError } from '../../schemas/errors.ts'
import { openKafka } from '../../schemas/log/kafka/connection.ts'
import { ensureTopics } from '../../schemas/log/kafka/ensure-topics.ts'
import { topicsOf } from '../../schemas/log/topics.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { openConsumer } from '../access/open-consumer.ts'
import { answersQuery, nameOfStore, withOpenStore } from '../access/open-store.ts'
import type { CommandContext } from '../context.ts'
import type { Io } from '../io.ts'
import { type Hosting, host, type Part } from '../serve/host.ts'
import { lineTo } from '../serve/log-to.ts'
import { watchedRoutes } from '../serve/routes.ts'
import { CONSUME_PORT, settingsFor } from './common-options.ts'
import type { ConsumeOptions } from './consume.ts'

const CLIENT_ID = 'pulse-consume'

const missing = (name: string, what: string): PulseError =>
  new PulseError('CONFIG_INVALID', `${name} is not set. Set it to ${what}.`)

const openPart = (
  settings: Settings,
  io: Io,
  { fail, closing }: Hosting,
  onStep: OnStep | undefined,
): Promise<Part> => {
  const { kafka, clickhouse, timezone } = settings
  if (kafka === undefined) throw missing('KAFKA_BROKERS', 'the brokers, such as 127.0.0.1:9092')
  if (clickhouse === undefined)
    throw missing(
      'CLICKHOUSE_URL',
      'the server, such as http://127.0.0.1:8123; with a directory instead, `pulse up` consumes by itself',
    )
  return withOpenStore(settings, async (store) => {
    await verifyStore(store, timezone)
    await ensureTopics(
      openKafka(kafka, { clientId: CLIENT_ID }),
      Object.values(topicsOf(kafka)),
      (notice) => io.note(`notice: ${notice}`),
    )
    let trouble = (): string | undefined => 'starting'
    const probes = {
      store: () => answersQuery(store),
      log: async () => trouble() === undefined,
    }
    const telemetry = createTelemetry(probes, [])
    createConservationSeries(telemetry.registry, store)
    const consumer = await openConsumer(store, settings, {
      kafka,
      clientId: CLIENT_ID,
      series: createConsumerSeries(telemetry.registry),
      log: lineTo(io),
      onFatal: fail,
      ...(onStep === undefined ? {} : { onStep }),
    })
    closing(store.close)
    closing(consumer.stop)
    trouble = consumer.trouble
    return {
      name: `${nameOfStore(settings)} and group ${kafka.groupId}`,
      routes: watchedRoutes({ instance: randomUUID(), telemetry, probes }),
      telemetry,
    }
  })
}

/** `pulse consume`: stores and folds until it is asked to stop. */
export const runConsume = async (
  { io, exitWith, onStep }: CommandContext,
  options: ConsumeOptions,
): Promise<void> => {
  const port = options.port ?? io.env['PULSE_PORT'] ?? CONSUME_PORT
  const settings = await settingsFor(io, { ...options, port })
  const code = await host({
    settings,
    io,
    command: 'pulse consume',
    open: (hosting) => openPart(settings, io, hosting, onStep),
  })
  if (code !== 0) exitWith(1)
}
