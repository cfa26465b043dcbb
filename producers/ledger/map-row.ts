import { definitions } from '../../schemas/events/definitions.ts'
import type { CaseEvent } from '../../schemas/events/event.ts'
import type { EventDefinition } from '../../schemas/events/fields.ts'
import { parseEvent } from '../../schemas/events/parse.ts'
import type { WireEvent } from '../../schemas/events/wire.ts'
import type { Cell } from './cell.ts'
import { conditionReader } from './condition-reader.ts'
import { compilePattern } from './datetime-pattern.ts'
import {
  composedSubject,
  contentKey,
  eventId,
  ledgerPrefix,
  pseudonymousSubject,
  rowKey,
} from './event-identity.ts'
import {
  type Fault,
  type FieldReader,
  type FieldValue,
  fieldReader,
  isFault,
  type ReadingContext,
  stampReader,
  textReader,
} from './field-reader.ts'
import {
  columnsOf,
  type DataMapping,
  type EventMapping,
  type FieldMapping,
  identityColumns,
  identityColumnsOf,
  type Mapping,
} from './mapping.ts'
import { type Pseudonymizer, pseudonymizer } from './pseudonym.ts'
import { rowIdentity } from './row-identity.ts'
import { wallClock } from './wall-clock.ts'

/**
 * An event of a ledger in its first revision, as sent and as parsed. `recordedtime` is the ledger's
 * own, else the event's time.
 */
export type LedgerEvent = {
  /** Its id without the revision. */
  readonly form: string
  /** Identity of its row, or of its own `id`. */
  readonly row: string
  /** Row and index: the place in the ledger that the form fills. */
  readonly slot: string
  readonly ownRecordedTime: boolean
  readonly wire: WireEvent
  readonly event: CaseEvent
}

/**
 * What a row says: its events, or, if any of them is wrong, why the whole row is refused: half a row
 * would be a case without its end. `keys` are the identities (of the row, and of the events with an
 * `id` of their own) that could be read, also of a refused row: these are not missing.
 */
export type MappedRow =
  | { readonly ok: true; readonly keys: readonly string[]; readonly events: readonly LedgerEvent[] }
  | { readonly ok: false; readonly keys: readonly string[]; readonly faults: readonly Fault[] }

export type RowMapper = (cells: readonly Cell[]) => MappedRow

/** Date cells joined with others become text in these forms. */
const dateCells = ['yyyy-MM-dd HH:mm:ss', 'yyyy-MM-dd HH:mm:ss.SSS', 'yyyy-MM-dd'].map(
  compilePattern,
)

type DataValue = string | number | boolean | readonly (string | number | boolean)[]

/** Text fields that are read as a number or a truth are sent as text again. */
const sendable = (kind: string, value: FieldValue): FieldValue =>
  kind === 'integer' || kind === 'boolean' || value === undefined ? value : String(value)

type DataReader = (cells: readonly Cell[], faults: Fault[]) => DataValue | undefined

const dataReader = (
  mapping: DataMapping,
  definition: EventDefinition,
  context: ReadingContext,
): DataReader => {
  const field = definition.fields[mapping.name]
  const kind = field?.kind ?? 'text'
  const readers = mapping.items.map((item) =>
    fieldReader(item, field?.presence === 'required', context),
  )
  return (cells, faults) => {
    const values: (string | number | boolean)[] = []
    for (const read of readers) {
      const value = read(cells)
      if (isFault(value)) faults.push(value)
      else {
        const sent = sendable(kind, value)
        if (sent !== undefined) values.push(sent)
      }
    }
    if (!mapping.list) return values[0]
    return values.length === 0 ? undefined : values
  }
}

const subjectReader = (field: FieldMapping, context: ReadingContext): FieldReader => {
  const read = fieldReader(field, true, context)
  const personal = identityColumnsOf(field.from).length > 0
  if (!personal && field.from.kind !== 'concat') return read
  return (cells) => {
    const value = read(cells)
    if (isFault(value) || value === undefined) return value
    return personal ? pseudonymousSubject(String(value)) : composedSubject(String(value))
  }
}

const idReader = (event: EventMapping, context: ReadingContext) => {
  if (event.id === undefined) return undefined
  const readers = event.id.map((part) => textReader(part, context))
  const column = event.id.flatMap((from) => columnsOf({ from, as: 'string' }))[0] ?? ''
  return (cells: readonly Cell[]): string | Fault => {
    const texts = readers.map((read) => read(cells))
    return texts.every((text) => text === '')
      ? { column, reason: 'is empty, and the event takes its id from it' }
      : rowKey('id', texts)
  }
}

type EventReader = (
  cells: readonly Cell[],
  row: string | undefined,
  keys: string[],
  faults: Fault[],
) => LedgerEvent | undefined

/** Which column feeds an attribute or field of an event, for faults found in the finished event. */
const blame = (event: EventMapping): ReadonlyMap<string, string> =>
  new Map([
    ['subject', columnsOf(event.subject)[0] ?? ''],
    ['time', columnsOf(event.time)[0] ?? ''],
    ['recordedtime', columnsOf(event.recordedTime ?? event.time)[0] ?? ''],
    ...event.data.map(
      ({ name, items }) =>
        [`data.${name}`, items.flatMap((item) => columnsOf(item))[0] ?? ''] as const,
    ),
  ])

const eventReader = (
  mapping: Mapping,
  event: EventMapping,
  context: ReadingContext,
): EventReader => {
  const prefix = ledgerPrefix(mapping.source, mapping.ledger)
  const applies = conditionReader(event.when, context.at)
  const readTime = fieldReader(event.time, true, context)
  const readSubject = subjectReader(event.subject, context)
  const readId = idReader(event, context)
  const readRecorded =
    event.recordedTime === undefined ? undefined : fieldReader(event.recordedTime, false, context)
  const readData = event.data.map(
    (field) => [field.name, dataReader(field, definitions[event.type], context)] as const,
  )
  const columns = blame(event)
  return (cells, rowOfCells, keys, faults) => {
    if (!applies(cells)) return undefined
    const before = faults.length
    const take = (value: FieldValue | Fault): FieldValue => {
      if (!isFault(value)) return value
      faults.push(value)
      return undefined
    }
    const ownKey = readId === undefined ? rowOfCells : take(readId(cells))
    if (readId !== undefined && typeof ownKey === 'string') keys.push(ownKey)
    const subject = take(readSubject(cells))
    const time = take(readTime(cells))
    const recorded = take(readRecorded?.(cells))
    const data: Record<string, DataValue> = {}
    for (const [name, read] of readData) {
      const value = read(cells, faults)
      if (value !== undefined) data[name] = value
    }
    if (faults.length > before || ownKey === undefined) return undefined
    const content = contentKey([event.type, subject, time, recorded ?? null, data])
    const row = String(ownKey)
    const slot = `${row}.${event.index}`
    const form = `${prefix}${slot}.${content}`
    const wire: WireEvent = {
      specversion: '1.0',
      id: eventId(form, 0),
      source: mapping.source,
      type: event.type,
      subject: String(subject),
      time: String(time),
      recordedtime: String(recorded ?? time),
      data,
    }
    const parsed = parseEvent(wire, { receivedTime: 'refused' })
    if (parsed.ok)
      return { form, row, slot, ownRecordedTime: recorded !== undefined, wire, event: parsed.event }
    for (const { field, message } of parsed.errors) {
      // Copied from the time, which has said the same.
      if (field === 'recordedtime' && recorded === undefined) continue
      faults.push({
        column: columns.get(field.replace(/\[\d+\]$/, '')) ?? '',
        reason: `${message} (${field} of ${event.type})`,
      })
    }
    return undefined
  }
}

/**
 * How a mapping makes keys of identities. Throws CONFIG_INVALID where it has any to make and the
 * secret of PULSE_PSEUDONYM_KEY is missing or wrong.
 */
export const pseudonymizerOf = (mapping: Mapping, secret: string | undefined): Pseudonymizer =>
  identityColumns(mapping).size === 0 ? () => '' : pseudonymizer(secret)

/**
 * Compiles a mapping for a file with this header (every column of the mapping must be in it). The
 * mapper is to be called once a row, in the order of the file: rows without an identity of their own
 * are told apart by counting equal ones.
 */
export const compileRowMapper = (
  mapping: Mapping,
  header: readonly string[],
  pseudonym: Pseudonymizer,
): RowMapper => {
  const places = new Map(header.map((name, index) => [name, index]))
  const clock = wallClock(mapping.timezone)
  const patterns =
    mapping.format === 'xlsx' ? [...mapping.datetime, ...dateCells] : mapping.datetime
  const context: ReadingContext = {
    at: (column) => places.get(column) ?? -1,
    clock,
    stamp: stampReader(patterns, clock),
    datetimePatterns: mapping.datetimePatterns,
    pseudonym,
  }
  const identify = rowIdentity(mapping, header, context)
  const readers = mapping.events.map((event) => eventReader(mapping, event, context))
  return (cells) => {
    const identity = identify(cells)
    const row = typeof identity === 'string' ? identity : undefined
    const keys = row === undefined ? [] : [row]
    const faults: Fault[] = typeof identity === 'string' ? [] : [identity]
    const events = readers.flatMap((read) => read(cells, row, keys, faults) ?? [])
    return faults.length === 0 ? { ok: true, keys, events } : { ok: false, keys, faults }
  }
}
