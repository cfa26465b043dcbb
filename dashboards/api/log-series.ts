import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Names of the series about the log a process writes to; alert rules and panels refer to these. */
export const logSeriesNames = {
  sendEvents: 'pulse_log_send_events',
  sendSeconds: 'pulse_log_send_seconds',
  failedSends: 'pulse_log_failed_sends_total',
  waiting: 'pulse_log_waiting_events',
} as const

/** A send to the log that ended. */
export type Sent = {
  readonly events: number
  readonly seconds: number
  /** Else nobody knows what became of it. */
  readonly acknowledged: boolean
}

/** Registers the series; call what comes back with every send that ended. `waiting` is asked when they are read. */
export const logSeries = (registry: Registry, waiting: () => number): ((sent: Sent) => void) => {
  const registers = [registry]
  const events = new Histogram({
    name: logSeriesNames.sendEvents,
    help: 'Events that went into the log with one send.',
    buckets: [1, 10, 50, 100, 500, 1_000, 2_500, 5_000],
    registers,
  })
  const seconds = new Histogram({
    name: logSeriesNames.sendSeconds,
    help: 'Time until the log acknowledged a send, repetitions included.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers,
  })
  const failed = new Counter({
    name: logSeriesNames.failedSends,
    help: 'Sends that the log did not acknowledge in time.',
    registers,
  })
  new Gauge({
    name: logSeriesNames.waiting,
    help: 'Events in hand or waiting to be sent to the log.',
    registers,
    collect() {
      this.set(waiting())
    },
  })
  return (sent) => {
    if (!sent.acknowledged) {
      failed.inc()
      return
    }
    events.observe(sent.events)
    seconds.observe(sent.seconds)
  }
}
