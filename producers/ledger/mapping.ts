import type { EventType } from '../../schemas/events/types.ts'
import type { DatetimePattern } from './datetime-pattern.ts'

/** How the text of a cell becomes a value. `datetime` gives an instant. */
export type Conversion = 'string' | 'integer' | 'boolean' | 'datetime'

/** Where a value comes from. `hmac` is the pseudonymous key of the identity in these columns. */
export type ValueSource =
  | { readonly kind: 'column'; readonly column: string }
  | { readonly kind: 'concat'; readonly parts: readonly ValueSource[]; readonly separator: string }
  | { readonly kind: 'const'; readonly text: string }
  | { readonly kind: 'hmac'; readonly columns: readonly string[] }

/** `map` and `default` hold text as written; it is converted like the text of a cell. */
export type FieldMapping = {
  readonly from: ValueSource
  readonly as: Conversion
  readonly map?: ReadonlyMap<string, string>
  readonly default?: string
}

/** One field of `data`. `list`: the field is an array, one element an item that is not absent. */
export type DataMapping = {
  readonly name: string
  readonly list: boolean
  readonly items: readonly FieldMapping[]
}

/** All that is given must hold. `in` and `matches` never hold for an empty cell, `notIn` always does. */
export type Condition = {
  readonly column: string
  readonly empty?: boolean
  readonly in?: ReadonlySet<string>
  readonly notIn?: ReadonlySet<string>
  readonly matches?: RegExp
}

export type EventMapping = {
  readonly type: EventType
  /** `rank-ordinal`: which of the mapping's events of this type it is. Part of the event's id. */
  readonly index: string
  /** Every condition must hold, or the row has no such event. */
  readonly when: readonly Condition[]
  readonly time: FieldMapping
  readonly recordedTime?: FieldMapping
  readonly subject: FieldMapping
  /** The event's identity is that of these values instead of the row's. */
  readonly id?: readonly ValueSource[]
  readonly data: readonly DataMapping[]
}

/** A mapping file, checked: how the rows of a ledger become events (contract §6). */
export type Mapping = {
  /** For messages. */
  readonly fileName: string
  readonly format: 'csv' | 'xlsx'
  /** Name, or number counted from 1. */
  readonly sheet?: string | number
  readonly encoding: 'utf-8' | 'gb18030'
  readonly delimiter: string
  readonly timezone: string
  readonly datetime: readonly DatetimePattern[]
  /** The patterns as written, for messages. */
  readonly datetimePatterns: readonly string[]
  readonly source: string
  readonly ledger: string
  /** Absent: a row is identified by its content. */
  readonly row?: FieldMapping
  readonly events: readonly EventMapping[]
}

const sourceColumns = (from: ValueSource): readonly string[] => {
  switch (from.kind) {
    case 'column':
      return [from.column]
    case 'concat':
      return from.parts.flatMap(sourceColumns)
    case 'hmac':
      return from.columns
    case 'const':
      return []
  }
}

/** The columns a field reads, in order. */
export const columnsOf = (field: FieldMapping): readonly string[] => sourceColumns(field.from)

/** The columns of the identities whose keys a source takes in. */
export const identityColumnsOf = (from: ValueSource): readonly string[] => {
  if (from.kind === 'hmac') return from.columns
  return from.kind === 'concat' ? from.parts.flatMap(identityColumnsOf) : []
}

const fieldsOf = (event: EventMapping): readonly FieldMapping[] => [
  event.subject,
  event.time,
  ...(event.recordedTime === undefined ? [] : [event.recordedTime]),
  ...event.data.flatMap((field) => field.items),
]

const sourcesOf = (mapping: Mapping): readonly ValueSource[] => [
  ...(mapping.row === undefined ? [] : [mapping.row.from]),
  ...mapping.events.flatMap((event) => [
    ...fieldsOf(event).map((field) => field.from),
    ...(event.id ?? []),
  ]),
]

/** Every column the mapping names, each once. */
export const mappedColumns = (mapping: Mapping): ReadonlySet<string> =>
  new Set([
    ...sourcesOf(mapping).flatMap(sourceColumns),
    ...mapping.events.flatMap((event) => event.when.map((condition) => condition.column)),
  ])

/** Columns that hold identities: those any `hmac` reads. */
export const identityColumns = (mapping: Mapping): ReadonlySet<string> =>
  new Set(sourcesOf(mapping).flatMap(identityColumnsOf))
