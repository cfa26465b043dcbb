import { definitions } from './definitions.ts'
import { type EventType, eventTypes } from './types.ts'

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : 1)

/** Field names of each type as RFC 8785 sorts them. */
const sortedNames: ReadonlyMap<EventType, readonly string[]> = new Map(
  eventTypes.map((type) => [type, Object.keys(definitions[type].fields).sort(byCodeUnits)]),
)

/**
 * `canonicalJson` of an event's content (its attributes of contract §2 as sent, without
 * `receivedtime`), for an event that has been checked: its names are known, so nothing needs
 * sorting, and its strings are well-formed. Property tests hold it equal to `canonicalJson`.
 */
export const canonicalEvent = (raw: Readonly<Record<string, unknown>>, type: EventType): string => {
  const data = raw['data'] as Readonly<Record<string, unknown>>
  let members = ''
  for (const name of sortedNames.get(type) ?? []) {
    const value = data[name]
    if (value === undefined) continue
    members += `${members === '' ? '' : ','}"${name}":${JSON.stringify(value)}`
  }
  // Only `id` can hold a character that JSON escapes: the others have been checked against narrower sets.
  const recorded = raw['recordedtime']
  return (
    `{"data":{${members}},"id":${JSON.stringify(raw['id'])},` +
    (recorded === undefined ? '' : `"recordedtime":"${recorded}",`) +
    `"source":"${raw['source']}","specversion":"1.0","subject":"${raw['subject']}",` +
    `"time":"${raw['time']}","type":"${type}"}`
  )
}
