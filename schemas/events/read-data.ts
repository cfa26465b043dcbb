import { definitions } from './definitions.ts'
import type { EventDefinition, Field } from './fields.ts'
import { readField, wantedOf } from './read-field.ts'
import { isFreeOfIdentity } from './read-text.ts'
import { type Faults, refuse } from './refuse.ts'
import { type EventType, eventTypes } from './types.ts'

type Json = Readonly<Record<string, unknown>>
type Step = { readonly name: string; readonly path: string; readonly field: Field }
type Plan = {
  readonly steps: readonly Step[]
  readonly names: ReadonlySet<string>
  readonly needsOneOf: readonly string[]
}

const planOf = (definition: EventDefinition): Plan => ({
  steps: Object.entries(definition.fields).map(([name, field]) => ({
    name,
    path: `data.${name}`,
    field,
  })),
  names: new Set(Object.keys(definition.fields)),
  needsOneOf: definition.needsOneOf ?? [],
})

/** By type, worked out once: the order of the definition is the order of the parsed fields. */
const plans: ReadonlyMap<string, Plan> = new Map(
  eventTypes.map((type) => [type, planOf(definitions[type])]),
)

/**
 * A field's name for a message, as it was sent, unless it is so long or so full of digits that it
 * may be a value in the wrong place.
 */
const shownName = (name: string): string =>
  [...name].length > 64 || /\d(?:\D{0,2}\d){5}/.test(name) || /[\p{C}]/u.test(name)
    ? '(name not shown)'
    : name

const refuseUnknownFields = (data: Json, plan: Plan, faults: Faults): void => {
  for (const name of Object.keys(data)) {
    if (plan.names.has(name) || data[name] === undefined) continue
    const path = `data.${shownName(name)}`
    refuse(faults, path, 'UNKNOWN_FIELD', unknownFieldMessage(plan))
    const value = data[name]
    if (typeof value === 'string') isFreeOfIdentity(value, path, faults)
  }
}

const unknownFieldMessage = (plan: Plan): string =>
  plan.names.size === 0
    ? 'is not a field of this type; it has none: send {}'
    : `is not a field of this type; leave it out (the fields are ${[...plan.names].join(', ')})`

/**
 * Reads `data` of a type: trimmed, stamps in epoch milliseconds, defaults filled in, fields that
 * were not sent absent. What is wrong is recorded in `faults`; the result is then of no use.
 */
export const readData = (type: EventType, data: Json, faults: Faults): Json => {
  const plan = plans.get(type) as Plan
  const result: Record<string, unknown> = {}
  let sent = 0
  for (const { name, path, field } of plan.steps) {
    const value = data[name]
    if (value !== undefined) {
      sent += 1
      result[name] = readField(field, value, path, faults)
    } else if (field.presence === 'defaulted') {
      result[name] = field.default
    } else if (field.presence === 'required') {
      refuse(faults, path, 'MISSING', `is missing; send ${wantedOf(field)}`)
    }
  }
  if (Object.keys(data).length !== sent) refuseUnknownFields(data, plan, faults)
  if (plan.needsOneOf.length > 0 && !plan.needsOneOf.some((name) => data[name] !== undefined)) {
    const names = plan.needsOneOf.join(', ')
    refuse(faults, 'data', 'NEEDS_ONE_OF', `changes nothing; send at least one of ${names}`)
  }
  return result
}

/** Searches the strings of `data` of an unknown type for identities; nothing else can be checked. */
export const searchData = (data: Json, faults: Faults): void => {
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'string') isFreeOfIdentity(value, `data.${shownName(name)}`, faults)
  }
}
