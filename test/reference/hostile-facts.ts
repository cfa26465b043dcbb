import fc from 'fast-check'
import { definitions } from '../../schemas/events/definitions.ts'
import { type EventType, eventTypes } from '../../schemas/events/types.ts'

/** A few texts each, so that events meet; some sort otherwise by UTF-16 unit than by code point. */
export const petitionIds = ['p1', '～3', '😀4']
export const regions = ['430102', '430100', '43', '4301', '430102001', '430102001001', '东区']
export const categories = ['城建', '城建/物业', '城建/物业/停车', '劳动']
export const orgs = ['民政局', '住建局', '信访局']
const campaigns = ['清零', 'A']

/** What `data` needs from outside the one event: moments, and the names of other matters. */
export type Surroundings = {
  /** RFC 3339. */
  stamp: fc.Arbitrary<string>
  /** Any matter of the history, itself included, or one that never has an event. */
  matterId: fc.Arbitrary<string>
}

const vocabulary: Readonly<Record<string, readonly string[]>> = {
  petitionId: petitionIds,
  region: regions,
  category: categories,
  org: orgs,
  toOrg: orgs,
  campaign: campaigns,
}

/** Few values on purpose, with those at which a rule turns: 5 heads, 30 days, every level. */
const integers: Readonly<Record<string, readonly number[]>> = {
  people: [1, 4, 5, 6, 100_000],
  days: [1, 2, 15, 30],
  amountFen: [0, 1, 20_000, 20_001, Number.MAX_SAFE_INTEGER / 1024],
}

const fieldOf = (name: string, around: Surroundings): fc.Arbitrary<unknown> => {
  if (name === 'into') return around.matterId
  if (name === 'notifiedAt' || name === 'dueAt') return around.stamp
  if (name === 'petitioners') {
    return fc.subarray(['00112233445566aa', 'ffeeddccbbaa9988', 'abcdefabcdefabcdef'])
  }
  // The history puts the event it retracts in their place.
  if (name === 'source' || name === 'id') return fc.constant('x')
  if (name === 'reason') return fc.constantFrom('r1', 'r2')
  const words = vocabulary[name]
  if (words !== undefined) return fc.constantFrom(...words)
  const numbers = integers[name]
  if (numbers !== undefined) return fc.constantFrom(...numbers.map(Math.floor))
  throw new Error(`The histories do not know what to put into the field ${name}; say it here.`)
}

/** `data` of one type as sent. A field the table does not require is there half of the time. */
export const hostileData = (type: EventType, around: Surroundings): fc.Arbitrary<object> => {
  const definition = definitions[type]
  const model: Record<string, fc.Arbitrary<unknown>> = {}
  const required: string[] = []
  for (const [name, field] of Object.entries(definition.fields)) {
    if (field.presence === 'required') required.push(name)
    if (name === 'reason' && field.kind === 'choice') model[name] = fc.constantFrom(...field.values)
    else if (name === 'supplement') model[name] = fc.constantFrom(false, false, true)
    else if (name === 'route') model[name] = fc.constantFrom('petition', 'petition', 'litigation')
    else if (name === 'purpose') model[name] = fc.constantFrom('appeal', 'appeal', 'report')
    else if (field.kind === 'boolean') model[name] = fc.boolean()
    else if (field.kind === 'choice') model[name] = fc.constantFrom(...field.values)
    else if (field.kind === 'subset') model[name] = fc.subarray([...field.values], { maxLength: 2 })
    else if (field.kind === 'integer' && field.greatest === 5) {
      model[name] = fc.integer({ min: field.least, max: field.greatest })
    } else model[name] = fieldOf(name, around)
  }
  const data = fc.record(model, { requiredKeys: required })
  return 'needsOneOf' in definition ? data.filter((fields) => Object.keys(fields).length > 0) : data
}

type Weights = Partial<Record<EventType, number>>

/** How often each type is drawn, by what a history is about; what is not named is drawn seldom. */
const emphases: readonly Weights[] = [
  {
    'petition.registered.v1': 10,
    'petition.voided.v1': 5,
    'matter.accepted.v1': 7,
    'matter.extended.v1': 4,
    'matter.closed.v1': 7,
    'matter.reopened.v1': 4,
    'matter.backlogListed.v1': 2,
    'matter.backlogResolved.v1': 2,
    'matter.reclassified.v1': 3,
    'matter.merged.v1': 6,
    'matter.unmerged.v1': 3,
    'matter.relief.v1': 2,
    'event.retracted.v1': 3,
  },
  // Opening and closing, over and over.
  {
    'petition.registered.v1': 8,
    'matter.accepted.v1': 16,
    'matter.declined.v1': 6,
    'matter.extended.v1': 16,
    'matter.closed.v1': 16,
    'matter.reopened.v1': 16,
    'matter.withdrawn.v1': 6,
    'matter.merged.v1': 3,
    'matter.unmerged.v1': 6,
  },
  // Matters that are one, or are not.
  {
    'petition.registered.v1': 20,
    'petition.voided.v1': 12,
    'matter.accepted.v1': 8,
    'matter.reclassified.v1': 6,
    'matter.merged.v1': 24,
    'matter.unmerged.v1': 8,
    'matter.relief.v1': 6,
    'event.retracted.v1': 6,
  },
]

/** The type of an event in a history with one emphasis, chosen once for all its events. */
export const hostileTypes: fc.Arbitrary<fc.Arbitrary<EventType>> = fc
  .constantFrom(...emphases)
  .map((weights) =>
    fc.oneof(
      ...eventTypes.map((type) => ({ weight: weights[type] ?? 1, arbitrary: fc.constant(type) })),
    ),
  )
