import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Names of the series the process exposes; alert rules and panels refer to these. */
export const seriesNames = {
  accepted: 'pulse_events_accepted_total',
  rejected: 'pulse_events_rejected_total',
  requests: 'pulse_http_request_duration_seconds',
  storeUp: 'pulse_store_up',
  logUp: 'pulse_log_up',
} as const

/** How events ended; `logged`: the log has them, and it is found later whether they are new. */
export type AcceptedOutcome = 'new' | 'duplicate' | 'conflict' | 'logged'

/** Asks a part the process depends on a real question; false where it does not answer. */
export type Probes = {
  readonly store?: () => Promise<boolean>
  readonly log?: () => Promise<boolean>
}

export type Telemetry = {
  /** For series of other parts of the process. */
  readonly registry: Registry
  /** Starts timing a request; call what comes back with the status when it ends. */
  readonly timeRequest: (method: string, route: string) => (status: number) => void
  /** Counts events taken in, by how they ended. */
  readonly accepted: (outcome: AcceptedOutcome, events: number) => void
  /** Counts events refused, by reason code. */
  readonly rejected: (reason: string, events: number) => void
  /** Prometheus text format and its content type. */
  readonly expose: () => Promise<{ readonly contentType: string; readonly text: string }>
}

/** The series of one process. The parts are asked when the series are read. */
export const createTelemetry = (
  probes: Probes,
  outcomes: readonly AcceptedOutcome[] = ['new', 'duplicate', 'conflict'],
): Telemetry => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const accepted = new Counter({
    name: seriesNames.accepted,
    help: 'Events taken in, by how they ended.',
    labelNames: ['outcome'],
    registers,
  })
  const rejected = new Counter({
    name: seriesNames.rejected,
    help: 'Events refused at the edge, by reason.',
    labelNames: ['reason'],
    registers,
  })
  const requests = new Histogram({
    name: seriesNames.requests,
    help: 'Duration of requests by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const up = (name: string, help: string, answers: (() => Promise<boolean>) | undefined): void => {
    if (answers === undefined) return
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set((await answers()) ? 1 : 0)
      },
    })
  }
  up(seriesNames.storeUp, 'Whether the store answers a query: 1 or 0.', probes.store)
  up(seriesNames.logUp, 'Whether the event log answers: 1 or 0.', probes.log)
  // present from the start, so that a rate over them exists before the first event
  for (const outcome of outcomes) accepted.inc({ outcome }, 0)
  return {
    registry,
    timeRequest: (method, route) => {
      const end = requests.startTimer({ method, route })
      return (status) => {
        end({ status: String(status) })
      }
    },
    accepted: (outcome, events) => accepted.inc({ outcome }, events),
    rejected: (reason, events) => rejected.inc({ reason }, events),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}
