import { randomUUID } from 'node:crypto'
import { createApp, hostRule, listensBeyond } from '../../dashboards/api/app.ts'
import { logSeries, type Sent } from '../../dashboards/api/log-series.ts'
import { createTelemetry } from '../../dashboards/api/telemetry.ts'
import type { KafkaPublisher } from '../../producers/log/kafka-publisher.ts'
import { receivedClock } from '../../schemas/log/received-clock.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { type LedgerStore, ledgerStore } from '../access/ledger-store.ts'
import { openLog } from '../access/open-log.ts'
import type { Io } from '../io.ts'
import { bind } from './bind.ts'
import { type IntakeStep, intakeRoutes } from './intake-routes.ts'
import { logTo } from './log-to.ts'

type IntakeSettings = Settings & Required<Pick<Settings, 'kafka'>>

type Opened = { readonly log: KafkaPublisher; readonly ledgers: LedgerStore | undefined }

const open = async (
  settings: IntakeSettings,
  io: Io,
  observe: (sent: Sent) => void,
): Promise<Opened> => {
  const { kafka, clickhouse } = settings
  const log = await openLog(kafka, { clientId: 'pulse-intake', note: io.note, observe })
  const ledgers =
    clickhouse === undefined ? undefined : ledgerStore({ ...settings, clickhouse }, log)
  return { log, ledgers }
}

/**
 * `pulse intake`: binds the port, opens the log, answers until the process is asked to stop; then takes
 * no more, has the log acknowledge what was taken, within its bounds, and closes. Resolves with the
 * exit code: 1 where the port is taken.
 */
export const serveIntake = async (
  settings: IntakeSettings,
  io: Io,
  { onStep }: { readonly onStep?: (step: IntakeStep) => void | Promise<void> } = {},
): Promise<0 | 1> => {
  const listening = await bind(settings, io)
  if (listening === undefined) return 1
  let opened: Opened | undefined
  let ending: Promise<void> | undefined
  const stop = (): Promise<void> => {
    ending ??= listening
      .stop()
      .then(() => opened?.log.close())
      .then(() => opened?.ledgers?.close())
    return ending
  }
  const stopped = new Promise<void>((done) => {
    io.onStop(async () => {
      await stop()
      done()
    }, 0)
  })
  try {
    const probes = { log: async () => opened?.log.answers() ?? false }
    const telemetry = createTelemetry(probes, ['logged'])
    opened = await open(
      settings,
      io,
      logSeries(telemetry.registry, () => opened?.log.waiting() ?? 0),
    )
    const routes = intakeRoutes({
      edge: { log: opened.log, receivedClock: receivedClock() },
      ledgers: opened.ledgers,
      probes,
      telemetry,
      instance: randomUUID(),
      maxBodyBytes: settings.maxBodyBytes,
      ...(onStep === undefined ? {} : { onStep }),
    })
    const hostAllowed = hostRule(settings.host, settings.allowedHosts)
    listening.answerWith(createApp({ routes, telemetry, hostAllowed, log: logTo(io) }))
  } catch (error) {
    await stop()
    throw error
  }
  if (listensBeyond(settings.host))
    io.note(
      'warning: listening beyond this machine, and there is no sign-in: whoever reaches the address can send events.',
    )
  io.note(`pulse intake is up at ${listening.url}/ in front of Kafka. Stop it with Ctrl-C.`)
  await stopped
  return 0
}
