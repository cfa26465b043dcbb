/**
 * How fast one core checks events, step by step: JSON.parse alone, then parseEvent (checks,
 * normalisation, canonical form and hash), then all from text; and canonical form and hash alone,
 * from which the rest of parseEvent follows. Arguments: [events] (default 100000).
 */
import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import { sha256Hex } from '../schemas/events/canonical.ts'
import { canonicalEvent } from '../schemas/events/canonical-event.ts'
import { parseEvent, parseEventText } from '../schemas/events/parse.ts'
import type { EventType } from '../schemas/events/types.ts'
import type { WireEvent } from '../schemas/events/wire.ts'

const ROUNDS = 7
const options = { receivedTime: 'refused' } as const

/** The life of a matter in seven events, spread over districts and years; about 260 bytes each. */
const eventOf = (n: number): WireEvent => {
  const matter = Math.floor(n / 7)
  const kind = n % 7
  const day = new Date(Date.UTC(2021, 0, 1) + ((matter * 7919) % 1200) * 86_400_000 + kind * 7e8)
  const time = `${day.toISOString().slice(0, 19)}+08:00`
  const district = `4301${String(2 + (matter % 9)).padStart(2, '0')}`
  const head = {
    specversion: '1.0',
    id: `${day.toISOString().slice(0, 10)}-${String(n).padStart(10, '0')}`,
    source: `/offices/${district}`,
    subject: `M-2024-${String(matter).padStart(8, '0')}`,
    time,
    recordedtime: time,
  } as const
  const registered = {
    petitionId: `P${String(n).padStart(12, '0')}`,
    channel: (['letter', 'visit', 'call', 'online'] as const)[matter % 4] ?? 'visit',
    region: `${district}001`,
    category: '城乡建设/房屋征收',
    people: 1 + (matter % 7),
    receivedLevel: 2,
    competentLevel: 2,
    purpose: 'appeal',
  }
  const types: [EventType, object][] = [
    ['petition.registered.v1', registered],
    ['matter.forwarded.v1', { toOrg: '住房和城乡建设局', mode: 'transfer', byLevel: 2 }],
    ['matter.accepted.v1', { org: '住房和城乡建设局', route: 'petition', notifiedAt: time }],
    ['petition.registered.v1', { ...registered, flags: ['crossRegion'], petitioners: [KEY] }],
    ['matter.supervised.v1', { byLevel: 3 }],
    ['matter.closed.v1', { outcome: 'supported', org: '住房和城乡建设局' }],
    ['matter.evaluated.v1', { target: 'unit', rating: 'satisfied' }],
  ]
  const [type, data] = types[kind] ?? ['matter.settled.v1', {}]
  return { ...head, type, data }
}
const KEY = '9f86d081884c7d659a2feaa0c55ad015'

/** Events a second of the best round: the one that other work on the machine disturbed least. */
const rate = (count: number, run: () => void): number => {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now()
    run()
    best = Math.min(best, performance.now() - start)
  }
  return (count / best) * 1000
}

const count = Number(process.argv[2] ?? 100_000)
const texts = Array.from({ length: count }, (_, n) => JSON.stringify(eventOf(n)))
const bytes = texts.map((text) => Buffer.from(text))
const values = texts.map((text): Readonly<Record<string, unknown>> => JSON.parse(text))
const refused = values.filter((value) => !parseEvent(value, options).ok).length
if (refused > 0) throw new Error(`${refused} events of the benchmark are not valid`)

let sink = 0
const canonical = rate(count, () => {
  for (const value of values) sink += canonicalEvent(value, value['type'] as EventType).length
})
const canonicalAndHash = rate(count, () => {
  for (const value of values) {
    sink += sha256Hex(canonicalEvent(value, value['type'] as EventType)).length
  }
})
const whole = rate(count, () => {
  for (const value of values) sink += parseEvent(value, options).ok ? 1 : 0
})
const results = {
  'JSON.parse': rate(count, () => {
    for (const text of texts) sink += JSON.parse(text) === null ? 0 : 1
  }),
  canonical,
  'canonical and hash': canonicalAndHash,
  'checks and normalisation (parseEvent less canonical and hash)':
    1 / (1 / whole - 1 / canonicalAndHash),
  parseEvent: whole,
  'parseEventText of a string': rate(count, () => {
    for (const text of texts) sink += parseEventText(text, options).ok ? 1 : 0
  }),
  'parseEventText of bytes': rate(count, () => {
    for (const text of bytes) sink += parseEventText(text, options).ok ? 1 : 0
  }),
}
const size = bytes.reduce((sum, { length }) => sum + length, 0) / count
console.log(
  `${cpus()[0]?.model}, Node ${process.version}, ${count} events of ${size.toFixed(0)} bytes`,
)
for (const [step, perSecond] of Object.entries(results)) {
  console.log(
    `${Math.round(perSecond / 1000)
      .toString()
      .padStart(6)} k events/s  ${step}`,
  )
}
if (sink === 0) throw new Error('nothing was measured')
