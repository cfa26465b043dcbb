import { PulseError } from '../../schemas/errors.ts'
import type { CaseEvent } from '../../schemas/events/event.ts'
import { parseEvent } from '../../schemas/events/parse.ts'
import type { WireEvent } from '../../schemas/events/wire.ts'
import {
  eventId,
  indexOfForm,
  type LedgerId,
  readLedgerId,
  retractionId,
  rowOfForm,
  slotOfForm,
} from './event-identity.ts'
import type { LedgerEvent, MappedRow } from './map-row.ts'
import { type MissingRow, missingRows } from './missing-rows.ts'

export type { MissingRow }

/**
 * An event stored earlier under the source and id prefix (`ledgerPrefix`) of a ledger, retractions
 * included. Its id says all that planning needs.
 */
export type PriorLedgerEvent = { readonly subject: string; readonly id: string }

export type PlanOptions = {
  readonly source: string
  /** When this import happens, epoch ms: one moment for the whole import. */
  readonly importTime: number
  /** Retract the events of rows that are no longer there. Default: only list them. */
  readonly removeMissing?: boolean
  /** Indexes of the mapping's events with an `id`: they are no rows of their own where rows are listed. */
  readonly sharedIndexes?: ReadonlySet<string>
  /**
   * Whether an import of this ledger came to its end before. After that every event that was not
   * there is news of this import and recorded at its time; before, an interrupted import goes on and
   * events are recorded as a first import records them. Left out: taken for interrupted while what
   * is stored is exactly how the file begins.
   */
  readonly finishedBefore?: boolean
}

export type PlanCounts = {
  /** Events of the rows that were taken. */
  readonly events: number
  /** Of these, already stored in this form, or given by an earlier row too. */
  readonly duplicates: number
  /** Stored events whose row is still there, but no longer gives them in that form. */
  readonly changed: number
  /** Retractions, of changed and of removed events. */
  readonly retracted: number
  readonly missing: readonly MissingRow[]
}

/**
 * Compares a version of a ledger, row by row, with what was imported before. `take` gives the events
 * to send for a row, `finish` (once, after the last row) the retractions to send after them.
 *
 * A refused row gives no events, so what it gave before is retracted, as in a clean import of the
 * version; its identity is there, so it is not missing. Sent again after a crash the same plan comes
 * out: nothing is kept but what is stored.
 */
export type ImportPlan = {
  readonly take: (row: MappedRow) => readonly CaseEvent[]
  readonly finish: () => readonly CaseEvent[]
  /** Complete after `finish`. */
  readonly counts: () => PlanCounts
}

/** A form that was imported before. `live`: revisions that no import has retracted. */
type Stored = {
  readonly subject: string
  next: number
  live: readonly number[]
}

/** Shared: nearly every form is in its first revision. */
const onlyFirst: readonly number[] = [0]

const storedForms = (prior: readonly PriorLedgerEvent[]): ReadonlyMap<string, Stored> => {
  const forms = new Map<string, Stored>()
  const retracted: LedgerId[] = []
  for (const { subject, id: text } of prior) {
    const id = readLedgerId(text)
    if (id === undefined) continue
    const { form, revision } = id
    if (id.retraction) {
      retracted.push(id)
      continue
    }
    const stored = forms.get(form)
    if (stored === undefined)
      forms.set(form, {
        subject,
        next: revision + 1,
        live: revision === 0 ? onlyFirst : [revision],
      })
    else if (!stored.live.includes(revision)) {
      stored.live = [...stored.live, revision]
      stored.next = Math.max(stored.next, revision + 1)
    }
  }
  for (const { form, revision } of retracted) {
    const stored = forms.get(form)
    if (stored !== undefined) stored.live = stored.live.filter((live) => live !== revision)
  }
  return forms
}

const parsed = (wire: WireEvent): CaseEvent => {
  const result = parseEvent(wire, { receivedTime: 'refused' })
  if (result.ok) return result.event
  throw new PulseError('INPUT_INVALID', `An event of the ledger became invalid: ${wire.id}`, {
    details: { errors: result.errors },
  })
}

/** What is stored, prepared for looking up; `matched` counts the forms found again. */
const lookUp = (prior: readonly PriorLedgerEvent[]) => {
  const forms = storedForms(prior)
  const rows = new Set<string>()
  const slots = new Set<string>()
  let live = 0
  for (const [form, stored] of forms) {
    rows.add(rowOfForm(form))
    if (stored.live.length === 0) continue
    slots.add(slotOfForm(form))
    live += 1
  }
  return { forms, rows, slots, live, hasRetractions: live < forms.size }
}

/** Plans an import against what is stored. Pure but for the state of the plan itself. */
export const planImport = (
  prior: readonly PriorLedgerEvent[],
  options: PlanOptions,
): ImportPlan => {
  const { forms, rows, slots, live, hasRetractions } = lookUp(prior)
  const importStamp = new Date(options.importTime).toISOString()
  const seen = new Set<string>()
  const present = new Set<string>()
  const gone = missingRows()
  const count = { events: 0, duplicates: 0, changed: 0, retracted: 0 }
  let matched = 0

  const isLaterVersion = (row: string): boolean => {
    if (live === 0 && !hasRetractions) return options.finishedBefore ?? false
    return options.finishedBefore ?? (hasRetractions || matched < live || rows.has(row))
  }
  const isNews = ({ row, slot, ownRecordedTime }: LedgerEvent): boolean =>
    slots.has(slot) || (isLaterVersion(row) && (!ownRecordedTime || rows.has(row)))
  const send = (ledgerEvent: LedgerEvent): readonly CaseEvent[] => {
    const { form, wire, event } = ledgerEvent
    count.events += 1
    // Forms are looked up as the id of their first revision, which is made already.
    if (seen.has(wire.id)) {
      count.duplicates += 1
      return []
    }
    seen.add(wire.id)
    const stored = forms.size === 0 ? undefined : forms.get(form)
    if (stored !== undefined && stored.live.length > 0) {
      count.duplicates += 1
      matched += 1
      return []
    }
    if (stored !== undefined)
      return [parsed({ ...wire, id: eventId(form, stored.next), recordedtime: importStamp })]
    return [isNews(ledgerEvent) ? parsed({ ...wire, recordedtime: importStamp }) : event]
  }
  const retract = (form: string, { subject, live: revisions }: Stored, reason: string) =>
    revisions.map((revision): CaseEvent => {
      const retracted = eventId(form, revision)
      count.retracted += 1
      return parsed({
        specversion: '1.0',
        id: retractionId(retracted),
        source: options.source,
        type: 'event.retracted.v1',
        subject,
        time: importStamp,
        recordedtime: importStamp,
        data: { source: options.source, id: retracted, reason },
      })
    })

  return {
    take: (row) => {
      if (forms.size > 0) for (const key of row.keys) present.add(key)
      return row.ok ? row.events.flatMap(send) : []
    },
    finish: () => {
      const retractions: CaseEvent[] = []
      for (const [form, stored] of forms) {
        if (stored.live.length === 0 || seen.has(eventId(form, 0))) continue
        const row = rowOfForm(form)
        if (present.has(row)) {
          count.changed += 1
          retractions.push(...retract(form, stored, 'changed'))
          continue
        }
        gone.add(row, stored.subject, options.sharedIndexes?.has(indexOfForm(form)) ?? false)
        if (options.removeMissing === true) retractions.push(...retract(form, stored, 'missing'))
      }
      return retractions
    },
    counts: () => ({ ...count, missing: gone.list() }),
  }
}
