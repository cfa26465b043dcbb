import fc from 'fast-check'
import { definitions } from '../../../schemas/events/definitions.ts'
import type { EventDefinition, Field } from '../../../schemas/events/fields.ts'
import { findIdentity } from '../../../schemas/events/identity.ts'
import { EARLIEST_STAMP, END_OF_STAMPS } from '../../../schemas/events/stamps.ts'
import { type EventType, eventTypes } from '../../../schemas/events/types.ts'
import type { WireEvent } from '../../../schemas/events/wire.ts'

/** An event of the contract that nothing is wrong with. */
export const sentEvent = (type: EventType, data: object, more: object = {}) => ({
  specversion: '1.0',
  id: 'e-1',
  source: '/offices/430100',
  type,
  subject: 'M-1',
  time: '2024-03-01T09:30:00+08:00',
  data,
  ...more,
})

/** The smallest valid data of each type, and each field at a value it may have. */
export const sampleData: Readonly<Record<EventType, object>> = {
  'petition.registered.v1': {
    petitionId: 'P-1',
    channel: 'visit',
    region: '430102',
    category: '城乡建设/房屋征收',
  },
  'petition.voided.v1': { petitionId: 'P-1' },
  'matter.forwarded.v1': { toOrg: '教育局', mode: 'transfer' },
  'matter.accepted.v1': { org: '教育局' },
  'matter.declined.v1': { reason: 'not-competent' },
  'matter.leadAssigned.v1': { leadLevel: 3 },
  'matter.supervised.v1': {},
  'matter.extended.v1': { days: 30 },
  'matter.closed.v1': { outcome: 'supported' },
  'matter.reopened.v1': {},
  'matter.evaluated.v1': { target: 'unit', rating: 'basic' },
  'matter.reviewRequested.v1': { stage: 'review' },
  'matter.reviewDecided.v1': { stage: 'recheck', result: 'upheld' },
  'matter.terminated.v1': {},
  'matter.backlogListed.v1': { campaign: '2024', cohort: 'stock' },
  'matter.backlogResolved.v1': { campaign: '2024' },
  'matter.settled.v1': {},
  'matter.reclassified.v1': { region: '430103' },
  'matter.withdrawn.v1': {},
  'matter.merged.v1': { into: 'M-2' },
  'matter.unmerged.v1': { into: 'M-2' },
  'matter.relief.v1': { amountFen: 0 },
  'event.retracted.v1': { source: '/offices/430100', id: 'e-0' },
}

const clean = (text: string): boolean => findIdentity(text, '') === null

/** Any character but half of a surrogate pair. What fast-check has for it takes seconds to set up. */
export const anyCharacter = fc
  .oneof(fc.nat(0x7f), fc.nat(0xffff), fc.integer({ min: 0x10000, max: 0x10ffff }))
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))

/** Text of any characters with 1–128 of them once trimmed. */
const anyText = fc
  .oneof(
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 128 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      ' 来访 ',
      '\u0000',
      '😀'.repeat(128),
      'x'.repeat(128),
      '\u3000区\n',
      '"\\\u2028',
    ),
  )
  .filter((text) => text.trim() !== '' && [...text.trim()].length <= 128 && clean(text))

const anyMatterId = fc
  .stringMatching(/^[A-Za-z0-9._:/|-]{1,64}$/)
  .filter((text) => text.length <= 64 && clean(text))

const anySource = fc.constantFrom(
  '/offices/430100',
  'https://office.example/43?x=1#top',
  'urn:office:430100',
  '/%E9%95%BF%E6%B2%99',
  'offices',
)

const twoDigits = (n: number): string => String(n).padStart(2, '0')

/** RFC 3339 text of an instant, at an offset, with more fraction digits than are kept. */
export const stampText = (time: number, offsetMinutes: number, finer: string): string => {
  const local = new Date(time + offsetMinutes * 60_000).toISOString().slice(0, 23)
  const size = Math.abs(offsetMinutes)
  const sign = offsetMinutes < 0 ? '-' : '+'
  return `${local}${finer}${sign}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`
}

// A day off the ends of the range, so that the local date stays within four digits and the range.
const DAY = 86_400_000
export const anyStamp = fc
  .tuple(
    fc.integer({ min: EARLIEST_STAMP + DAY, max: END_OF_STAMPS - DAY }),
    fc.integer({ min: -1439, max: 1439 }),
    fc.constantFrom('', '9', '999999'),
  )
  .map(([time, offset, finer]) => stampText(time, offset, finer))

export const fieldValue = (field: Field): fc.Arbitrary<unknown> => {
  switch (field.kind) {
    case 'text':
      return anyText
    case 'matterId':
      return anyMatterId
    case 'uriReference':
      return anySource
    case 'stamp':
      return anyStamp
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.oneof(
        fc.constantFrom(field.least, field.greatest),
        fc.integer({ min: field.least, max: Math.min(field.greatest, 2 ** 31 - 1) }),
      )
    case 'choice':
      return fc.constantFrom(...field.values)
    case 'subset':
      return fc.array(fc.constantFrom(...field.values), { maxLength: 10 })
    case 'keys':
      return fc.array(
        fc.stringMatching(/^[0-9A-Fa-f]{16,64}$/).map((key) => key.slice(0, 64)),
        {
          maxLength: 3,
        },
      )
    default:
      return field satisfies never
  }
}

export const dataOfType = (type: EventType): fc.Arbitrary<Record<string, unknown>> => {
  const { fields, needsOneOf = [] }: EventDefinition = definitions[type]
  const entries = Object.entries(fields)
  return fc
    .record(Object.fromEntries(entries.map(([name, field]) => [name, fieldValue(field)])), {
      requiredKeys: entries
        .filter(([, { presence }]) => presence === 'required')
        .map(([name]) => name),
      noNullPrototype: true,
    })
    .filter((data) => needsOneOf.length === 0 || needsOneOf.some((name) => name in data))
}

/** Any valid event of any type, names in any order. */
export const anyEvent: fc.Arbitrary<WireEvent> = fc.constantFrom(...eventTypes).chain((type) =>
  fc.record(
    {
      specversion: fc.constant('1.0' as const),
      id: anyText,
      source: anySource,
      type: fc.constant(type),
      subject: anyMatterId,
      time: anyStamp,
      recordedtime: anyStamp,
      data: dataOfType(type),
    },
    {
      requiredKeys: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'data'],
      noNullPrototype: true,
    },
  ),
)
