/**
 * How many events a second `pulse intake` takes over HTTP, in batches, through to the broker's
 * acknowledgement, on a broker that is started for it.
 *
 * npm run bench:intake -- [--events N] [--batch N] [--senders N] [--rounds N]
 */
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { topicsOf } from '../../schemas/log/topics.ts'
import { startBroker } from '../../scripts/kafka/broker.ts'
import { describeMachine, load, median, report } from '../measure.ts'
import { cityEvents } from './city-events.ts'
import { startCommand } from './measured-process.ts'
import { postAll } from './post-all.ts'
import { usageOf } from './process-usage.ts'
import { topicSize } from './topic-size.ts'

const TARGET = 15_000

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '300000' },
    batch: { type: 'string', default: '1000' },
    senders: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
  },
})
const whole = (name: keyof typeof values): number => {
  const value = Number(values[name])
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`--${name} must be a whole number above 0`)
}
const [events, batch, senders, rounds] = [
  whole('events'),
  whole('batch'),
  whole('senders'),
  whole('rounds'),
]

const forms = [
  { type: 'application/cloudevents-batch+json', body: (all: readonly string[]) => `[${all}]` },
  { type: 'application/x-ndjson', body: (all: readonly string[]) => all.join('\n') },
] as const

const canonical = [...cityEvents(events)].map((event) => event.canonical)
const bodiesOf = (body: (all: readonly string[]) => string): readonly Buffer[] =>
  Array.from({ length: Math.ceil(events / batch) }, (_, n) =>
    Buffer.from(body(canonical.slice(n * batch, (n + 1) * batch))),
  )

const broker = await startBroker({ say: console.log, readyLimitMs: 60_000 })
try {
  console.log(describeMachine('none'))
  const bytes = canonical.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / events
  console.log(
    `${events} events of ${bytes.toFixed(0)} bytes in batches of ${batch}, ${senders} senders`,
  )
  for (const { type, body } of forms) {
    const bodies = bodiesOf(body)
    const rates: number[] = []
    for (let round = 1; round <= rounds; round++) {
      const topicPrefix = `${randomUUID()}.`
      const intake = startCommand(['intake', '--port', '0'], {
        KAFKA_BROKERS: broker.brokers.join(','),
        KAFKA_TOPIC_PREFIX: topicPrefix,
      })
      try {
        const [, url = ''] = await intake.said(/ is up at (http:\S+?)\/ /)
        const before = { intake: await usageOf(intake.pid), broker: await usageOf(broker.pid) }
        const begun = performance.now()
        const accepted = await postAll(url, type, bodies, senders)
        const seconds = (performance.now() - begun) / 1000
        const used = { intake: await usageOf(intake.pid), broker: await usageOf(broker.pid) }
        const stored = await topicSize(broker.brokers, topicsOf({ topicPrefix }).caseEvents.name)
        if (accepted !== events || stored !== events)
          throw new Error(`${accepted} accepted and ${stored} in the log, of ${events}`)
        rates.push(events / seconds)
        const cpu = (of: 'intake' | 'broker') =>
          (((used[of].cpuSeconds - before[of].cpuSeconds) / events) * 1e6).toFixed(1)
        console.log(
          `  ${type}: ${(events / seconds).toFixed(0)} events/s; CPU s a million: intake ${cpu('intake')}, broker ${cpu('broker')}; intake's peak ${used.intake.peakMb.toFixed(0)} MB (${load()})`,
        )
      } finally {
        await intake.end()
      }
    }
    report(`intake, ${type}`, median(rates), 'events/s', { target: { least: TARGET } })
  }
} finally {
  await broker.stop()
}
