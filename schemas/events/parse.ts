import { canonicalJson, sha256Hex } from './canonical.ts'
import { canonicalEvent } from './canonical-event.ts'
import { definitions } from './definitions.ts'
import type { CaseEvent } from './event.ts'
import { decodeJson, formFault, isShallow } from './json-text.ts'
import { readData, searchData } from './read-data.ts'
import { readMatterId, readStamp, readText, readUriReference } from './read-text.ts'
import type { Refusal } from './reasons.ts'
import { type Faults, refuse } from './refuse.ts'
import type { EventType } from './types.ts'
import { upcasters as shippedUpcasters, type Upcasters } from './upcast.ts'

export type ParseOptions = {
  /**
   * `refused`: the event comes from a client, which may not set `receivedtime`. `carried`: it comes
   * from the system's own log, where the edge set it.
   */
  readonly receivedTime: 'refused' | 'carried'
  /** Older types that are still read. Default: those of upcast.ts. */
  readonly upcasters?: Upcasters
}

/**
 * `verbatim`: the text that was read is the event's canonical form, byte by byte. `id` is the refused
 * event's own, given only where it is sound and holds no identity number.
 */
export type ParseResult =
  | { readonly ok: true; readonly event: CaseEvent; readonly verbatim?: true }
  | { readonly ok: false; readonly errors: readonly Refusal[]; readonly id?: string | undefined }

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isEventType = (type: string): type is EventType => Object.hasOwn(definitions, type)

const readAttribute = <V>(
  raw: Json,
  name: string,
  wanted: string,
  faults: Faults,
  read: (value: unknown, path: string, faults: Faults) => V | undefined,
): V | undefined => {
  const value = raw[name]
  if (value === undefined) {
    return refuse(faults, name, 'MISSING', `is missing; send ${wanted}`)
  }
  return read(value, name, faults)
}

const readSource = (value: unknown, path: string, faults: Faults) =>
  readUriReference(value, path, faults, { identity: false })

const checkSpecversion = (value: unknown, path: string, faults: Faults): undefined =>
  value === '1.0'
    ? undefined
    : refuse(faults, path, 'UNSUPPORTED_SPECVERSION', 'is not supported; send the text "1.0"')

/** The type as sent; its definition is looked up by the caller. */
const readType = (value: unknown, path: string, faults: Faults): string | undefined =>
  typeof value === 'string'
    ? value
    : refuse(faults, path, 'WRONG_TYPE', 'is not text; send one of the event types')

const readReceivedTime = (raw: Json, options: ParseOptions, faults: Faults) => {
  const value = raw['receivedtime']
  if (value === undefined) return undefined
  if (options.receivedTime === 'carried') return readStamp(value, 'receivedtime', faults)
  return refuse(
    faults,
    'receivedtime',
    'RECEIVED_TIME_REFUSED',
    'is set by the system when it accepts an event; leave it out',
  )
}

/**
 * Checks one event against contract §2 and gives it back normalised. Never throws on what
 * JSON.parse can give. Reports every fault it finds (at most 20), none of which repeats a value
 * that was sent. Attributes that are not in the contract are ignored, fields of `data` are not.
 */
export const parseEvent = (raw: unknown, options: ParseOptions): ParseResult => {
  if (!isObject(raw)) {
    const message = 'the event is not an object; send one CloudEvents 1.0 object'
    return { ok: false, errors: [{ field: '', code: 'NOT_AN_OBJECT', message }] }
  }
  const sentTime = raw['time']
  const faults: Faults = { errors: [], time: typeof sentTime === 'string' ? sentTime : '' }

  readAttribute(raw, 'specversion', 'the text "1.0"', faults, checkSpecversion)
  const id = readAttribute(raw, 'id', '1–128 characters', faults, readText)
  const source = readAttribute(raw, 'source', 'the office as a URI reference', faults, readSource)
  const sentType = readAttribute(raw, 'type', 'one of the event types', faults, readType)
  const subject = readAttribute(raw, 'subject', 'the matterId', faults, readMatterId)
  const time = readAttribute(raw, 'time', 'when it happened, RFC 3339', faults, readStamp)
  const recordedTime =
    raw['recordedtime'] === undefined
      ? undefined
      : readStamp(raw['recordedtime'], 'recordedtime', faults)
  const receivedTime = readReceivedTime(raw, options, faults)

  const upcaster =
    sentType === undefined ? undefined : (options.upcasters ?? shippedUpcasters).get(sentType)
  const type = upcaster?.to ?? sentType
  const sentData = raw['data']
  let data: Json | undefined
  if (sentData === undefined) {
    refuse(
      faults,
      'data',
      'MISSING',
      'is missing; send an object, {} where there is nothing to say',
    )
  } else if (!isObject(sentData)) {
    refuse(faults, 'data', 'NOT_AN_OBJECT', 'is not an object; send an object')
  } else if (type === undefined || !isEventType(type)) {
    searchData(sentData, faults)
  } else {
    data = readData(type, upcaster === undefined ? sentData : upcaster.upcast(sentData), faults)
  }
  if (type !== undefined && !isEventType(type)) {
    const message =
      'is not a known event type; see the list of types, and mind upper and lower case'
    refuse(faults, 'type', 'UNKNOWN_TYPE', message)
  }

  if (
    faults.errors.length > 0 ||
    id === undefined ||
    source === undefined ||
    type === undefined ||
    subject === undefined ||
    time === undefined ||
    data === undefined
  ) {
    return { ok: false, errors: faults.errors, id }
  }
  const canonical =
    upcaster === undefined ? canonicalEvent(raw, type as EventType) : canonicalJson(contentOf(raw))
  const event = {
    type,
    source,
    id,
    subject,
    time,
    recordedTime,
    receivedTime,
    data,
    canonical,
    contentHash: sha256Hex(canonical),
  }
  // The table of definitions, which read `data`, is also where the static type comes from.
  return { ok: true, event: event as CaseEvent }
}

/** The content of an event: the contract's attributes as sent, without `receivedtime`. */
const contentOf = (raw: Json): Json => ({
  specversion: raw['specversion'],
  id: raw['id'],
  source: raw['source'],
  type: raw['type'],
  subject: raw['subject'],
  time: raw['time'],
  recordedtime: raw['recordedtime'],
  data: raw['data'],
})

/**
 * The same from one event's JSON text or UTF-8 bytes. Text that is not one JSON value, or names a
 * field twice, is refused with a single error on the event as a whole (field '').
 */
export const parseEventText = (text: string | Uint8Array, options: ParseOptions): ParseResult => {
  const json = decodeJson(text)
  if (!json.ok) return { ok: false, errors: [json.error] }
  let result: ParseResult | undefined
  if (isShallow(json.text)) {
    result = parseEvent(json.value, options)
    // the text is what its fields make: none of them stands there twice
    if (result.ok && result.event.canonical === json.text)
      return json.marked ? result : { ok: true, event: result.event, verbatim: true }
  }
  const error = formFault(json.text, json.value)
  return error === undefined
    ? (result ?? parseEvent(json.value, options))
    : { ok: false, errors: [error] }
}
