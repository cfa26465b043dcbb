import { randomUUID } from 'node:crypto'
import { logSeries } from '../../dashboards/api/log-series.ts'
import { createTelemetry } from '../../dashboards/api/telemetry.ts'
import type { KafkaPublisher } from '../../producers/log/kafka-publisher.ts'
import { receivedClock } from '../../schemas/log/received-clock.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { ledgerStore } from '../access/ledger-store.ts'
import { openLog } from '../access/open-log.ts'
import type { Io } from '../io.ts'
import { type Hosting, host, type Part } from './host.ts'
import { type IntakeStep, intakeRoutes } from './intake-routes.ts'

type IntakeSettings = Settings & Required<Pick<Settings, 'kafka'>>

export type IntakeOptions = {
  /** Hears of the steps of every request for events; only tests give one. */
  readonly onStep?: (step: IntakeStep) => void | Promise<void>
}

const openPart = async (
  settings: IntakeSettings,
  io: Io,
  { closing }: Hosting,
  { onStep }: IntakeOptions,
): Promise<Part> => {
  const { kafka, clickhouse, maxBodyBytes } = settings
  let log: KafkaPublisher | undefined
  const probes = { log: async () => (await log?.answers()) ?? false }
  const telemetry = createTelemetry(probes, ['logged'])
  log = await openLog(kafka, {
    clientId: 'pulse-intake',
    note: io.note,
    observe: logSeries(telemetry.registry, () => log?.waiting() ?? 0),
  })
  const ledgers =
    clickhouse === undefined ? undefined : ledgerStore({ ...settings, clickhouse }, log)
  if (ledgers !== undefined) closing(ledgers.close)
  closing(log.close)
  return {
    name: 'Kafka behind it',
    routes: intakeRoutes({
      edge: { log, receivedClock: receivedClock() },
      ledgers,
      probes,
      telemetry,
      instance: randomUUID(),
      maxBodyBytes,
      ...(onStep === undefined ? {} : { onStep }),
    }),
    telemetry,
  }
}

/**
 * `pulse intake`: opens the log and answers until the process is asked to stop; then takes no more, has
 * the log acknowledge what was taken, within its bounds, and closes. Resolves with the exit code: 1
 * where the port is taken.
 */
export const serveIntake = (
  settings: IntakeSettings,
  io: Io,
  options: IntakeOptions = {},
): Promise<0 | 1> =>
  host({
    settings,
    io,
    command: 'pulse intake',
    beyond:
      'warning: listening beyond this machine, and there is no sign-in: whoever reaches the address can send events.',
    open: (hosting) => openPart(settings, io, hosting, options),
  })
