import { definitions } from '../../schemas/events/definitions.ts'
import type { EventDefinition } from '../../schemas/events/fields.ts'
import { type EventType, eventTypes, rankOf } from '../../schemas/events/types.ts'
import type { Condition, DataMapping, EventMapping } from './mapping.ts'
import { readDataField, readField, readPart, type Target } from './mapping-fields.ts'
import { type Problems, readList, readObject, readText, suggestion } from './yaml-reader.ts'

const conditionKeys = ['column', 'in', 'notIn', 'empty', 'matches']

const readTexts = (value: unknown, path: string, problems: Problems): ReadonlySet<string> =>
  new Set(
    (readList(value, path, problems) ?? []).flatMap(
      (item, index) => readText(item, `${path}[${index}]`, problems) ?? [],
    ),
  )

const readPattern = (value: unknown, path: string, problems: Problems): RegExp => {
  const text = readText(value, path, problems) ?? ''
  try {
    return new RegExp(text, 'u')
  } catch {
    problems.add(path, 'is not a regular expression')
    return /(?:)/
  }
}

const readCondition = (value: unknown, path: string, problems: Problems): Condition | undefined => {
  if (typeof value !== 'object' || value === null) {
    const column = readText(value, path, problems)
    return column === undefined ? undefined : { column, empty: false }
  }
  const object = readObject(value, path, conditionKeys, problems)
  if (object === undefined) return undefined
  const column = readText(object['column'], `${path}.column`, problems)
  if (column === undefined) return undefined
  const { in: among, notIn, empty, matches } = object
  if (empty !== undefined && typeof empty !== 'boolean')
    problems.add(`${path}.empty`, 'must be true or false')
  if (among === undefined && notIn === undefined && empty === undefined && matches === undefined)
    return { column, empty: false }
  return {
    column,
    ...(among === undefined ? {} : { in: readTexts(among, `${path}.in`, problems) }),
    ...(notIn === undefined ? {} : { notIn: readTexts(notIn, `${path}.notIn`, problems) }),
    ...(typeof empty === 'boolean' ? { empty } : {}),
    ...(matches === undefined
      ? {}
      : { matches: readPattern(matches, `${path}.matches`, problems) }),
  }
}

const readWhen = (value: unknown, path: string, problems: Problems): readonly Condition[] => {
  if (value === undefined) return []
  if (!Array.isArray(value)) return [readCondition(value, path, problems) ?? []].flat()
  return value.flatMap((item, index) => readCondition(item, `${path}[${index}]`, problems) ?? [])
}

const readData = (
  value: unknown,
  path: string,
  definition: EventDefinition,
  isDatetime: (text: string) => boolean,
  problems: Problems,
): readonly DataMapping[] => {
  const names = Object.keys(definition.fields)
  const object = value === undefined ? {} : (readObject(value, path, names, problems) ?? {})
  for (const name of names)
    if (definition.fields[name]?.presence === 'required' && object[name] === undefined)
      problems.add(`${path}.${name}`, 'is required: say where it comes from')
  const needed = definition.needsOneOf
  if (needed !== undefined && !needed.some((name) => object[name] !== undefined))
    problems.add(path, `needs at least one of ${needed.join(', ')}`)
  // By name, so that the same facts give the same event id however the mapping orders its fields.
  return names.toSorted().flatMap((name) => {
    const field = definition.fields[name]
    if (field === undefined || object[name] === undefined) return []
    return [readDataField(name, object[name], `${path}.${name}`, field, isDatetime, problems)]
  })
}

const eventKeys = ['type', 'when', 'time', 'recordedtime', 'subject', 'id', 'data']

const readType = (value: unknown, path: string, problems: Problems): EventType | undefined => {
  const text = readText(value, path, problems)
  if (text === undefined) return undefined
  const type = eventTypes.find((known) => known === text)
  if (type === undefined) problems.add(path, `is not an event type${suggestion(text, eventTypes)}`)
  return type
}

const readId = (value: unknown, path: string, problems: Problems) => {
  const list = Array.isArray(value) ? readList(value, path, problems) : [value]
  return (list ?? []).flatMap(
    (item, index) => readPart(item, `${path}[${index}]`, true, problems) ?? [],
  )
}

/** The events of a mapping file; mistakes go to `problems`, what is sound is returned. */
export const readEvents = (
  value: unknown,
  isDatetime: (text: string) => boolean,
  problems: Problems,
): readonly EventMapping[] => {
  const subject: Target = { as: 'string', hmac: true, check: () => undefined }
  const stamp: Target = {
    as: 'datetime',
    hmac: false,
    check: (text) => (isDatetime(text) ? undefined : 'fits none of the `datetime` patterns'),
  }
  const ordinals = new Map<EventType, number>()
  return (readList(value, 'events', problems) ?? []).flatMap((item, index) => {
    const path = `events[${index}]`
    const object = readObject(item, path, eventKeys, problems)
    if (object === undefined) return []
    const type = readType(object['type'], `${path}.type`, problems)
    const time = readField(object['time'], `${path}.time`, stamp, problems)
    const about = readField(object['subject'], `${path}.subject`, subject, problems)
    const when = readWhen(object['when'], `${path}.when`, problems)
    const { recordedtime, id } = object
    const recorded =
      recordedtime === undefined
        ? undefined
        : readField(recordedtime, `${path}.recordedtime`, stamp, problems)
    if (type === undefined) return []
    const data = readData(object['data'], `${path}.data`, definitions[type], isDatetime, problems)
    if (time === undefined || about === undefined) return []
    const ordinal = ordinals.get(type) ?? 0
    ordinals.set(type, ordinal + 1)
    return [
      {
        type,
        index: `${rankOf[type]}-${ordinal}`,
        when,
        time,
        subject: about,
        data,
        ...(recorded === undefined ? {} : { recordedTime: recorded }),
        ...(id === undefined ? {} : { id: readId(id, `${path}.id`, problems) }),
      },
    ]
  })
}
