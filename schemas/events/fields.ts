/**
 * The kinds of fields an event's `data` is made of. A field is plain data, so the parser, the static
 * types and the JSON Schema all come from the one table in definitions.ts.
 */

/** Text of 1–128 characters after trimming. */
export type TextField = { readonly kind: 'text' }
/** A matterId: 1–64 characters of `[A-Za-z0-9._:/|-]`. */
export type MatterIdField = { readonly kind: 'matterId' }
/** A URI reference of 1–128 characters. */
export type UriReferenceField = { readonly kind: 'uriReference' }
/** RFC 3339 with an offset on the wire, epoch milliseconds once parsed. */
export type StampField = { readonly kind: 'stamp' }
export type BooleanField = { readonly kind: 'boolean' }
/** A whole number, bounds included. */
export type IntegerField = {
  readonly kind: 'integer'
  readonly least: number
  readonly greatest: number
}
/** One word of a closed list. */
export type ChoiceField<V extends string = string> = {
  readonly kind: 'choice'
  readonly values: readonly V[]
}
/** A subset of a closed list; a word given twice counts once. */
export type SubsetField<V extends string = string> = {
  readonly kind: 'subset'
  readonly values: readonly V[]
}
/** Pseudonymous keys of 16–64 hexadecimal digits; lower-case once parsed, each once. */
export type KeysField = { readonly kind: 'keys' }

export type FieldKind =
  | TextField
  | MatterIdField
  | UriReferenceField
  | StampField
  | BooleanField
  | IntegerField
  | ChoiceField
  | SubsetField
  | KeysField

/** `default` is what the parsed event says where the field was not sent. */
export type Field = FieldKind & {
  readonly presence: 'required' | 'optional' | 'defaulted'
  readonly default?: unknown
}

export type EventDefinition = {
  readonly about: string
  readonly fields: Readonly<Record<string, Field>>
  /** At least one of these fields must be sent. */
  readonly needsOneOf?: readonly string[]
}

export const text = { kind: 'text', presence: 'required' } as const
export const matterId = { kind: 'matterId', presence: 'required' } as const
export const uriReference = { kind: 'uriReference', presence: 'required' } as const
export const stamp = { kind: 'stamp', presence: 'required' } as const
export const boolean = { kind: 'boolean', presence: 'required' } as const
export const keys = { kind: 'keys', presence: 'required' } as const

/** A whole number from `least` to `greatest`, both included. */
export const integer = (least: number, greatest: number) =>
  ({ kind: 'integer', presence: 'required', least, greatest }) as const

/** 1 township or street, 2 county or district, 3 city, 4 province, 5 nation. */
export const level = integer(1, 5)

export const choice = <const V extends string>(...values: V[]) =>
  ({ kind: 'choice', presence: 'required', values }) as const

export const subset = <const V extends string>(...values: V[]) =>
  ({ kind: 'subset', presence: 'required', values }) as const

/** The field may be left out; the parsed event then does not have it. */
export const optional = <F extends FieldKind>(field: F) =>
  ({ ...field, presence: 'optional' }) as Omit<F, 'presence'> & { readonly presence: 'optional' }

/** The field may be left out; the parsed event then has `value`, which all such events share. */
export const defaulted = <F extends FieldKind>(field: F, value: Value<F>) =>
  ({ ...field, presence: 'defaulted', default: Object.freeze(value) as Value<F> }) as Omit<
    F,
    'presence'
  > & {
    readonly presence: 'defaulted'
    readonly default: Value<F>
  }

/** The static type of a field as sent. */
export type WireValue<F> = F extends { kind: 'integer' }
  ? number
  : F extends { kind: 'boolean' }
    ? boolean
    : F extends { kind: 'choice'; values: readonly (infer V)[] }
      ? V
      : F extends { kind: 'subset'; values: readonly (infer V)[] }
        ? readonly V[]
        : F extends { kind: 'keys' }
          ? readonly string[]
          : string

/** The static type of a field once parsed. */
export type Value<F> = F extends { kind: 'stamp' } ? number : WireValue<F>

type Flat<T> = { [K in keyof T]: T[K] }
type NamesWith<D, P extends Field['presence']> = {
  [K in keyof D]: D[K] extends { presence: P } ? K : never
}[keyof D]

/** The static type of `data` as sent, of a definition's fields. */
export type WireDataOf<D> = Flat<
  { readonly [K in NamesWith<D, 'required'>]: WireValue<D[K]> } & {
    readonly [K in NamesWith<D, 'optional' | 'defaulted'>]?: WireValue<D[K]> | undefined
  }
>

/** The static type of `data` once parsed: defaults are filled in, other absent fields stay absent. */
export type DataOf<D> = Flat<
  { readonly [K in NamesWith<D, 'required' | 'defaulted'>]: Value<D[K]> } & {
    readonly [K in NamesWith<D, 'optional'>]?: Value<D[K]> | undefined
  }
>
