import { isPetitionerKey } from './characters.ts'
import type { Field } from './fields.ts'
import {
  isFreeOfIdentity,
  readMatterId,
  readStamp,
  readText,
  readUriReference,
  wrongType,
} from './read-text.ts'
import { type Faults, refuse } from './refuse.ts'

const readInteger = (
  value: unknown,
  path: string,
  faults: Faults,
  least: number,
  greatest: number,
): number | undefined => {
  if (typeof value !== 'number') return wrongType(value, path, faults, 'a whole number')
  if (Number.isInteger(value) && value >= least && value <= greatest) {
    // Minus zero is zero, and is stored and hashed as such.
    return value === 0 ? 0 : value
  }
  return refuse(
    faults,
    path,
    'OUT_OF_RANGE',
    `is not a whole number from ${least} to ${greatest}; send one`,
  )
}

const readChoice = (
  value: unknown,
  path: string,
  faults: Faults,
  values: readonly string[],
): string | undefined => {
  if (typeof value === 'string' && values.includes(value)) return value
  const wanted = `one of ${values.join(', ')}`
  if (typeof value !== 'string') return wrongType(value, path, faults, wanted)
  isFreeOfIdentity(value, path, faults)
  return refuse(faults, path, 'NOT_IN_LIST', `is not in the list; send ${wanted}`)
}

const readSubset = (
  value: unknown,
  path: string,
  faults: Faults,
  values: readonly string[],
): readonly string[] | undefined => {
  if (!Array.isArray(value)) {
    return wrongType(value, path, faults, `a list of words from ${values.join(', ')}`)
  }
  for (let i = 0; i < value.length; i += 1) {
    if (readChoice(value[i], `${path}[${i}]`, faults, values) === undefined) return undefined
  }
  return value.length < 2 ? [...value] : [...new Set<string>(value)]
}

const readKeys = (value: unknown, path: string, faults: Faults): readonly string[] | undefined => {
  if (!Array.isArray(value)) return wrongType(value, path, faults, 'a list of pseudonymous keys')
  const seen = new Set<string>()
  for (let i = 0; i < value.length; i += 1) {
    const key: unknown = value[i]
    if (typeof key !== 'string') {
      return wrongType(key, `${path}[${i}]`, faults, 'a pseudonymous key as text')
    }
    if (!isPetitionerKey(key)) {
      return refuse(
        faults,
        `${path}[${i}]`,
        'NOT_A_KEY',
        'is not a pseudonymous key; send 16–64 hexadecimal digits, made with a secret and never from plain text',
      )
    }
    seen.add(key.toLowerCase())
  }
  return [...seen]
}

/** Completes "send …" for a field that is missing. */
export const wantedOf = (field: Field): string => {
  switch (field.kind) {
    case 'text':
      return '1–128 characters of text'
    case 'matterId':
      return 'a matterId'
    case 'uriReference':
      return 'a URI reference'
    case 'stamp':
      return 'RFC 3339 text such as 2024-03-01T09:30:00+08:00'
    case 'boolean':
      return 'true or false'
    case 'integer':
      return `a whole number from ${field.least} to ${field.greatest}`
    case 'choice':
      return `one of ${field.values.join(', ')}`
    case 'subset':
      return `a list of words from ${field.values.join(', ')}`
    case 'keys':
      return 'a list of pseudonymous keys'
    default:
      return field satisfies never
  }
}

/**
 * Reads one field that was sent (`value` is not undefined). Returns its parsed value, or undefined
 * with the faults recorded. A list reports its first faulty item.
 */
export const readField = (field: Field, value: unknown, path: string, faults: Faults): unknown => {
  switch (field.kind) {
    case 'text':
      return readText(value, path, faults)
    case 'matterId':
      return readMatterId(value, path, faults)
    case 'uriReference':
      return readUriReference(value, path, faults, { identity: true })
    case 'stamp':
      if (typeof value === 'string') isFreeOfIdentity(value, path, faults)
      return readStamp(value, path, faults)
    case 'boolean':
      return typeof value === 'boolean' ? value : wrongType(value, path, faults, 'true or false')
    case 'integer':
      return readInteger(value, path, faults, field.least, field.greatest)
    case 'choice':
      return readChoice(value, path, faults, field.values)
    case 'subset':
      return readSubset(value, path, faults, field.values)
    case 'keys':
      return readKeys(value, path, faults)
    default:
      return field satisfies never
  }
}
