import { sha256Hex } from '../../schemas/events/canonical.ts'

/*
 * The id of a ledger's event says where it came from, so that a later version of the ledger can be
 * compared with what is stored by ids alone:
 *
 *   <ledger>.<row>.<index>.<content>.<revision>      and for its retraction  <that>.x
 *
 * ledger    12 hex digits of the source and the ledger's name
 * row       16 of the row's identity (or of the event's own `id` columns)
 * index     which event of the mapping: rank of the type, and the ordinal among those of the type
 * content   16 of type, subject, time, data, and the recorded time where the ledger has one
 * revision  0, or n where the form comes back after n retractions by an import
 *
 * A part of 12 or 16 digits is never taken for a mobile number (11) or an ID-card number (18).
 */

const digest = (parts: unknown, digits: number): string =>
  sha256Hex(JSON.stringify(parts)).slice(0, digits)

/** What every event id of a ledger begins with, dot included: select what is stored by (source, this). */
export const ledgerPrefix = (source: string, ledger: string): string =>
  `${digest([source, ledger], 12)}.`

/** A row or an `id` of a mapping as a short key; `kind` keeps the two apart. */
export const rowKey = (kind: 'row' | 'content' | 'id', identity: readonly unknown[]): string =>
  digest([kind, ...identity], 16)

export const contentKey = (content: readonly unknown[]): string => digest(content, 16)

/** The id of a revision of a form; `form` is `<ledger>.<row>.<index>.<content>`. */
export const eventId = (form: string, revision: number): string => `${form}.${revision}`

export const retractionId = (retracted: string): string => `${retracted}.x`

/** What an id of a ledger says of its event. */
export type LedgerId = {
  readonly form: string
  readonly revision: number
  /** The id is that of the retraction of the event described. */
  readonly retraction: boolean
}

const shape = /^[0-9a-f]{12}\.[0-9a-f]{16}\.\d+-\d+\.[0-9a-f]{16}\.(\d+)(\.x)?$/

/** Undefined for an id that no import made. */
export const readLedgerId = (id: string): LedgerId | undefined => {
  const found = shape.exec(id)
  if (found === null) return undefined
  const [, revision = '', retraction = ''] = found
  return {
    // Slices, not copies: there may be millions of ids.
    form: id.slice(0, id.length - revision.length - retraction.length - 1),
    revision: Number(revision),
    retraction: retraction !== '',
  }
}

/** The parts of a form; the slot is row and index, the place in the ledger that the form fills. */
export const rowOfForm = (form: string): string => form.slice(13, 29)
export const indexOfForm = (form: string): string => form.slice(30, -17)
export const slotOfForm = (form: string): string => form.slice(13, -17)

const fits = /^[A-Za-z0-9._:/|-]{1,64}$/

/**
 * A matterId from several columns: the text itself where it keeps the rule of a subject, else what of
 * it does, cut, and a digest of the whole. Columns such as a place and a category are rarely ASCII.
 */
export const composedSubject = (text: string): string => {
  if (fits.test(text)) return text
  const readable = text
    .replace(/[^A-Za-z0-9._:/|-]+/g, '-')
    .slice(0, 40)
    .replace(/-+$/, '')
  return `${readable}:${digest(['subject', text], 16)}`
}

/** A matterId from an identity: never the key itself, which no page may show. */
export const pseudonymousSubject = (text: string): string => `p:${digest(['person', text], 32)}`
