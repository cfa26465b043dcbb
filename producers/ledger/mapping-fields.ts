import type { Field } from '../../schemas/events/fields.ts'
import type { Conversion, DataMapping, FieldMapping, ValueSource } from './mapping.ts'
import { type Problems, readList, readObject, readText } from './yaml-reader.ts'

/** Checks a literal of the mapping (`const`, `default`, a value of `map`); the message, or undefined. */
export type LiteralCheck = (text: string) => string | undefined

/** What a field expects of its mapping. */
export type Target = {
  readonly as: Conversion
  readonly check: LiteralCheck
  /** Whether the key of an identity may stand here. */
  readonly hmac: boolean
}

const conversions = ['string', 'integer', 'boolean', 'datetime'] as const

const readColumns = (value: unknown, path: string, problems: Problems): readonly string[] =>
  (readList(value, path, problems) ?? []).flatMap(
    (item, index) => readText(item, `${path}[${index}]`, problems) ?? [],
  )

const kinds = 'a column name, {column: …}, {concat: […]} or {const: …}'

/** A source without `map`, `default` and `as`: a part of a concat or of an id. */
export const readPart = (
  value: unknown,
  path: string,
  hmac: boolean,
  problems: Problems,
): ValueSource | undefined => {
  if (typeof value !== 'object' || value === null) {
    const column = readText(value, path, problems)
    return column === undefined ? undefined : { kind: 'column', column }
  }
  return readSource(value, path, [], hmac, problems)
}

const readSource = (
  value: unknown,
  path: string,
  more: readonly string[],
  hmac: boolean,
  problems: Problems,
): ValueSource | undefined => {
  const given = ['column', 'concat', 'const', 'hmac'].filter(
    (key) => typeof value === 'object' && value !== null && key in value,
  )
  if (Array.isArray(value) || given.length !== 1) {
    problems.add(path, `must be ${kinds}, and one of these only`)
    return undefined
  }
  const kind = given[0] ?? ''
  const allowed = kind === 'concat' ? ['concat', 'separator', ...more] : [kind, ...more]
  const object = readObject(value, path, allowed, problems) ?? {}
  if (kind === 'column') {
    const column = readText(object['column'], `${path}.column`, problems)
    return column === undefined ? undefined : { kind, column }
  }
  if (kind === 'const') {
    const text = readText(object['const'], `${path}.const`, problems)
    return text === undefined ? undefined : { kind, text }
  }
  if (kind === 'hmac') {
    if (!hmac)
      problems.add(path, 'the key of an identity may stand in petitioners, row, id or subject only')
    return { kind, columns: readColumns(object['hmac'], `${path}.hmac`, problems) }
  }
  const separator = object['separator'] ?? ''
  if (typeof separator !== 'string') problems.add(`${path}.separator`, 'must be text')
  const parts = (readList(object['concat'], `${path}.concat`, problems) ?? []).flatMap(
    (part, index) => readPart(part, `${path}.concat[${index}]`, hmac, problems) ?? [],
  )
  return { kind: 'concat', parts, separator: String(separator) }
}

const readMap = (
  value: unknown,
  path: string,
  check: LiteralCheck,
  problems: Problems,
): ReadonlyMap<string, string> => {
  const map = new Map<string, string>()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.add(path, 'must be an object: {text of the cell: value, …}')
    return map
  }
  for (const [cell, to] of Object.entries(value)) {
    const text = readText(to, `${path}.${cell}`, problems)
    const wrong = text === undefined ? undefined : check(text)
    if (wrong !== undefined) problems.add(`${path}.${cell}`, wrong)
    if (text !== undefined) map.set(cell.trim(), text)
  }
  return map
}

/** A field: a column name, or an object with a source and `map`, `default`, `as`. */
export const readField = (
  value: unknown,
  path: string,
  target: Target,
  problems: Problems,
): FieldMapping | undefined => {
  if (typeof value !== 'object' || value === null) {
    const from = readPart(value, path, target.hmac, problems)
    return from === undefined ? undefined : { from, as: target.as }
  }
  const from = readSource(value, path, ['map', 'default', 'as'], target.hmac, problems)
  if (from === undefined) return undefined
  const { map, default: fallback, as } = value as Record<string, unknown>
  const conversion = conversions.find((known) => known === as)
  if (as !== undefined && conversion === undefined)
    problems.add(`${path}.as`, `must be one of ${conversions.join(', ')}`)
  const check = (text: string | undefined, at: string): void => {
    const wrong = text === undefined ? undefined : target.check(text)
    if (wrong !== undefined) problems.add(at, wrong)
  }
  if (from.kind === 'const') check(from.text, `${path}.const`)
  const defaultText =
    fallback === undefined ? undefined : readText(fallback, `${path}.default`, problems)
  check(defaultText, `${path}.default`)
  return {
    from,
    // A field that is no text has one conversion that makes sense, whether it is written or not.
    as: target.as === 'string' ? (conversion ?? 'string') : target.as,
    ...(map === undefined ? {} : { map: readMap(map, `${path}.map`, target.check, problems) }),
    ...(defaultText === undefined ? {} : { default: defaultText }),
  }
}

const oneOf =
  (values: readonly string[]): LiteralCheck =>
  (text) =>
    values.includes(text) ? undefined : `must be one of ${values.join(', ')}`

const wholeNumber =
  (least: number, greatest: number): LiteralCheck =>
  (text) =>
    /^-?\d+$/.test(text) && Number(text) >= least && Number(text) <= greatest
      ? undefined
      : `must be a whole number from ${least} to ${greatest}`

/** What each kind of field of an event expects; `isDatetime` says whether a text is a stamp. */
export const targetOf = (field: Field, isDatetime: (text: string) => boolean): Target => {
  const anything: LiteralCheck = () => undefined
  switch (field.kind) {
    case 'integer':
      return { as: 'integer', hmac: false, check: wholeNumber(field.least, field.greatest) }
    case 'boolean':
      return { as: 'boolean', hmac: false, check: oneOf(['true', 'false']) }
    case 'stamp':
      return {
        as: 'datetime',
        hmac: false,
        check: (text) => (isDatetime(text) ? undefined : 'fits none of the `datetime` patterns'),
      }
    case 'choice':
    case 'subset':
      return { as: 'string', hmac: false, check: oneOf(field.values) }
    case 'keys':
      return { as: 'string', hmac: true, check: anything }
    case 'text':
    case 'matterId':
    case 'uriReference':
      return { as: 'string', hmac: false, check: anything }
  }
}

/** One field of `data`; array fields take a list of fields, or one field for one element. */
export const readDataField = (
  name: string,
  value: unknown,
  path: string,
  field: Field,
  isDatetime: (text: string) => boolean,
  problems: Problems,
): DataMapping => {
  const target = targetOf(field, isDatetime)
  const list = field.kind === 'keys' || field.kind === 'subset'
  if (!list || !Array.isArray(value)) {
    const item = readField(value, path, target, problems)
    return { name, list, items: item === undefined ? [] : [item] }
  }
  const items = value.flatMap(
    (item, index) => readField(item, `${path}[${index}]`, target, problems) ?? [],
  )
  return { name, list, items }
}
