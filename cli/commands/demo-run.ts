import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { MAX_BATCH_EVENTS } from '../../producers/append/take-lines.ts'
import type { Delivery } from '../../producers/simulator/delivery.ts'
import { PulseError } from '../../schemas/errors.ts'
import { parseEvent } from '../../schemas/events/parse.ts'
import { describeRefusal } from '../../schemas/events/refuse.ts'
import { findServing } from '../../schemas/lock/serving.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { probeInstance } from '../access/probe.ts'
import type { Runtime } from '../access/runtime.ts'
import type { CommandContext } from '../context.ts'
import type { Io } from '../io.ts'
import { showProgress } from '../progress.ts'
import { serve } from '../serve/serve.ts'
import { settingsFor } from './common-options.ts'
import type { DemoOptions } from './demo.ts'

const cityOf = z.object({
  seed: z.int(),
  years: z.int(),
  matters: z.int(),
  /** The moment the history ends before, epoch ms: kept, so that an interrupted load goes on the same. */
  until: z.int(),
  complete: z.boolean(),
})
type City = z.infer<typeof cityOf>

const whole = (text: string, option: string, least: number, most: number): number => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new PulseError('USAGE', `${option} must be a whole number from ${least} to ${most}.`)
}

const noteOf = (directory: string): string => join(directory, 'demo.json')

const readCity = async (directory: string): Promise<City | undefined> => {
  try {
    return cityOf.parse(JSON.parse(await readFile(noteOf(directory), 'utf8')))
  } catch {
    return undefined
  }
}

const writeCity = async (directory: string, city: City): Promise<void> => {
  const draft = `${noteOf(directory)}.draft`
  await writeFile(draft, `${JSON.stringify(city)}\n`)
  await rename(draft, noteOf(directory))
}

const told = (city: Pick<City, 'seed' | 'years' | 'matters'>): string =>
  `--seed ${city.seed} --years ${city.years} --matters ${city.matters}`

const refuseOther = (directory: string, there: City, asked: City): void => {
  if (told(there) !== told(asked))
    throw new PulseError(
      'USAGE',
      `${directory} holds the demo of ${told(there)}. Give the same options, or another --data directory.`,
    )
}

/** The city to load, or undefined where it is all there. */
const cityToLoad = async (
  directory: string,
  runtime: Runtime,
  asked: City,
): Promise<City | undefined> => {
  const there = await readCity(directory)
  if (there === undefined) {
    if (await runtime.isEmpty()) return asked
    throw new PulseError(
      'USAGE',
      `${directory} holds a store that is not a demo. Use \`pulse up\` to serve it, or another --data directory for the demo.`,
    )
  }
  refuseOther(directory, there, asked)
  return there.complete ? undefined : there
}

/** Events gathered before they are stored: about 100 MB. */
const WINDOW_EVENTS = 100_000

/**
 * The events in stretches, each in the order of matters instead of that of receipt: a matter is
 * then folded once a stretch and not with every batch it has an event in, several times faster. The
 * times of receipt go with the events, so the figures are the same.
 */
function* byMatter(events: Iterable<Delivery>): Generator<readonly Delivery[]> {
  let window: Delivery[] = []
  const sorted = (): readonly Delivery[] =>
    window.sort((a, b) => (a.event.subject < b.event.subject ? -1 : 1))
  for (const delivery of events) {
    window.push(delivery)
    if (window.length < WINDOW_EVENTS) continue
    yield sorted()
    window = []
  }
  yield sorted()
}

const received = ({ event: wire, receivedTime }: Delivery): ReceivedEvent => {
  const parsed = parseEvent(wire, { receivedTime: 'refused' })
  if (parsed.ok) return { ...parsed.event, receivedTime }
  throw new Error(`the simulator made an unusable event: ${parsed.errors.map(describeRefusal)}`)
}

const load = async (runtime: Runtime, city: City, timezone: string, io: Io): Promise<void> => {
  const { simulate } = await import('../../producers/simulator/simulate.ts')
  const { expectedEvents, events, spikes } = simulate({ ...city, timezone })
  const progress = showProgress(io, 'simulating', 'events')
  let done = 0
  for (const window of byMatter(events))
    for (let from = 0; from < window.length; from += MAX_BATCH_EVENTS) {
      const batch = window.slice(from, from + MAX_BATCH_EVENTS).map(received)
      await runtime.edge.log.publish(batch, { waitFor: 'stored' })
      done += batch.length
      progress.at(done, Math.max(done, expectedEvents))
    }
  await runtime.edge.log.settled()
  progress.end()
  io.note(
    `A simulated city of ${city.matters} matters in ${done} events is loaded. Injected spikes:`,
  )
  for (const { metric, region, category, from, to, extra } of spikes)
    io.note(`  ${from} to ${to}  ${metric} +${extra}  region ${region}  ${category}`)
}

/** `pulse demo`: the simulated city, loaded once, then `up`. */
export const runDemo = async (
  { io, exitWith }: CommandContext,
  options: DemoOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  if (settings.clickhouse !== undefined || settings.kafka !== undefined)
    throw new PulseError(
      'CONFIG_INVALID',
      'The demo has a store of its own in --data: run it without CLICKHOUSE_URL and KAFKA_BROKERS.',
    )
  const asked: City = {
    years: whole(options.years, '--years', 1, 20),
    matters: whole(options.matters, '--matters', 100, 5_000_000),
    seed: whole(options.seed, '--seed', 0, 2 ** 31 - 1),
    until: Math.floor(Date.now() / 3_600_000) * 3_600_000,
    complete: false,
  }
  const there = await readCity(settings.data)
  if (there !== undefined) refuseOther(settings.data, there, asked)
  const serving = await findServing(settings.data, probeInstance)
  if (serving !== undefined && there?.complete === true) {
    io.note(`The demo is already up at ${serving.url}/ (process ${serving.pid}).`)
    return
  }
  const prepare = async (runtime: Runtime): Promise<void> => {
    const city = await cityToLoad(settings.data, runtime, asked)
    if (city === undefined) return
    await writeCity(settings.data, city)
    await load(runtime, city, settings.timezone, io)
    await writeCity(settings.data, { ...city, complete: true })
  }
  const code = await serve(settings, io, { prepare })
  if (code !== 0) exitWith(1)
}
