import fc from 'fast-check'
import { type ParseResult, parseEvent } from '../../schemas/events/parse.ts'
import type { EventType } from '../../schemas/events/types.ts'
import type { WireEvent } from '../../schemas/events/wire.ts'
import {
  anchors,
  awkwardDueTimes,
  boundariesAround,
  earliestStamp,
  latestStamp,
} from './boundary-instants.ts'
import { hostileData, hostileTypes } from './hostile-facts.ts'
import type { ReceivedEvent } from './known-events.ts'

/** One delivery: an event as sent, and when (epoch ms) the system's edge accepted this copy of it. */
export type SentEvent = { wire: WireEvent; receivedTime: number }

export type History = {
  timezone: string
  sent: SentEvent[]
  /** Epoch ms, ascending: where this history has its edges, to cut it by asOf and receivedBy. */
  instants: number[]
}

/** Ends of matterIds; their order by byte is not the order they are written in. */
const matterNames = ['m1', 'm10', 'M2', 'm-3', 'm|4', 'm_5']
const ghostName = 'never-seen'
const sources = ['/offices/430102', '/offices/430100']
const sharedIds = ['e1', 'e2', 'e10', '～', '😀']

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0')

/** RFC 3339 of an instant as an office in another zone, or with a finer clock, would write it. */
export const stampText = (at: number, offsetMinutes: number, finer: string): string => {
  const shifted = new Date(at + offsetMinutes * 60_000)
  const year = shifted.getUTCFullYear()
  if (offsetMinutes === 0 || year < 1900 || year > 2199) {
    return new Date(at).toISOString().replace('Z', `${finer}Z`)
  }
  const minutes = Math.abs(offsetMinutes)
  const offset = `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`
  return shifted.toISOString().replace('Z', `${finer}${offset}`)
}

const stampOf = (at: fc.Arbitrary<number>): fc.Arbitrary<string> =>
  fc
    .tuple(at, fc.constantFrom(0, 0, 480, -300, 330), fc.constantFrom('', '', '0', '999999'))
    .map(([instant, offset, finer]) => stampText(instant, offset, finer))

/** One step of a history, before the other steps it refers to are known. */
type Step = {
  kind: 'own' | 'conflict' | 'copy'
  /** Which step it is in conflict with, copies, or retracts. */
  other: number
  matter: string
  type: EventType
  data: object
  id: string | null
  source: string
  time: string
  recorded: string | null
  receivedTime: number
}

const stepOf = (
  types: fc.Arbitrary<EventType>,
  pool: readonly number[],
  names: readonly string[],
  timezone: string,
) => {
  const instant = fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...pool) },
    { weight: 1, arbitrary: fc.constantFrom(earliestStamp, latestStamp) },
  )
  const around = {
    stamp: stampOf(fc.oneof(instant, fc.constantFrom(...awkwardDueTimes(timezone)))),
    matterId: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...names) },
      { weight: 1, arbitrary: fc.constant(ghostName) },
    ),
  }
  return types.chain((type) =>
    fc.record<Step>({
      kind: fc.constantFrom('own', 'own', 'own', 'own', 'own', 'own', 'conflict', 'copy'),
      other: fc.nat(1000),
      // One matter in each history is busy, so that long lives come about.
      matter: fc.oneof(
        { weight: 2, arbitrary: fc.constant(names[0] ?? ghostName) },
        { weight: 1, arbitrary: fc.constantFrom(...names) },
      ),
      type: fc.constant(type),
      data: hostileData(type, around),
      id: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom(...sharedIds) },
      ),
      source: fc.constantFrom(...sources),
      time: stampOf(instant),
      recorded: fc.option(stampOf(instant), { freq: 2 }),
      receivedTime: instant,
    }),
  )
}

type Identity = { subject: string; source: string; id: string }

const named = (prefix: string, name: string): string => `${prefix}.${name}`

/** Ties the steps to each other; a step refers back, a retraction to any step, itself included. */
const sentEvents = (steps: readonly Step[], prefix: string): SentEvent[] => {
  const identities: Identity[] = []
  for (const [index, step] of steps.entries()) {
    const earlier = identities[step.other % Math.max(index, 1)]
    const own = {
      subject: named(prefix, step.matter),
      source: step.source,
      id: step.id ?? `u${index}`,
    }
    identities.push(step.kind === 'own' || earlier === undefined ? own : earlier)
  }
  const targetOf = (step: Step) => identities[step.other % steps.length]
  for (const [index, step] of steps.entries()) {
    const [identity, target] = [identities[index], targetOf(step)]
    if (step.kind !== 'own' || step.type !== 'event.retracted.v1') continue
    if (identity !== undefined && target !== undefined) identity.subject = target.subject
  }
  const sent: SentEvent[] = []
  for (const [index, step] of steps.entries()) {
    const { receivedTime } = step
    const earlier = sent[step.other % Math.max(index, 1)]
    if (step.kind === 'copy' && earlier !== undefined) {
      sent.push({ wire: earlier.wire, receivedTime })
      continue
    }
    const [identity, target] = [identities[index], targetOf(step)]
    if (identity === undefined || target === undefined) continue
    const wire: WireEvent = {
      specversion: '1.0',
      ...identity,
      type: step.type,
      time: step.time,
      ...(step.recorded === null ? {} : { recordedtime: step.recorded }),
      data: dataPointed(step, target, prefix),
    }
    sent.push({ wire, receivedTime })
  }
  return sent
}

/** `data` with the names of the other event or matter filled in. */
const dataPointed = ({ type, data }: Step, target: Identity, prefix: string): object => {
  if (type === 'event.retracted.v1') return { ...data, source: target.source, id: target.id }
  return 'into' in data ? { ...data, into: named(prefix, String(data.into)) } : data
}

/**
 * Hostile and valid histories: few matters, few moments and few ids, so that ties, conflicts,
 * duplicates, cycles and retractions are common. Every matterId begins with `prefix` and a dot, so
 * many histories can live in one store; two prefixes of one length sort their matters alike.
 */
export const historyOf = (options: {
  timezone: string
  prefix: string
  maxEvents?: number
}): fc.Arbitrary<History> => {
  const { timezone, prefix, maxEvents = 50 } = options
  const boundaries = fc
    .subarray(anchors(timezone), { minLength: 1, maxLength: 2 })
    .map((chosen) => chosen.flatMap((anchor) => boundariesAround(anchor, timezone)))
  return boundaries
    .chain((all) =>
      fc.tuple(fc.shuffledSubarray(all, { minLength: 3, maxLength: 12 }), namesUsed, hostileTypes),
    )
    .chain(([pool, names, types]) =>
      fc.record({
        pool: fc.constant(pool),
        steps: fc.array(stepOf(types, pool, names, timezone), {
          minLength: 3,
          maxLength: maxEvents,
          size: 'max',
        }),
      }),
    )
    .map(({ pool, steps }) => ({
      timezone,
      sent: sentEvents(steps, prefix),
      instants: [...new Set(pool)].sort((a, b) => a - b),
    }))
}

const namesUsed = fc.shuffledSubarray(matterNames, { minLength: 2, maxLength: 6 })

/** The history as the consumers see it, through the real parser; throws where it refuses one. */
export const receivedEvents = (sent: readonly SentEvent[]): ReceivedEvent[] =>
  sent.map(({ wire, receivedTime }) => {
    const parsed: ParseResult = parseEvent(wire, { receivedTime: 'refused' })
    if (parsed.ok) return { ...parsed.event, receivedTime }
    throw new Error(`The generated event is refused: ${JSON.stringify({ wire, ...parsed })}`)
  })

/** asOf and receivedBy to look at a history with: none, or at, just before or after an edge of it. */
export const cutsOf = (history: History): fc.Arbitrary<{ asOf?: number; receivedBy?: number }> => {
  const instant = fc
    .tuple(fc.constantFrom(...history.instants), fc.constantFrom(-1, 0, 0, 1))
    .map(([at, shift]) => at + shift)
  return fc.record({ asOf: instant, receivedBy: instant }, { requiredKeys: [] })
}
