import type { CaseEvent } from '../../schemas/events/event.ts'
import { rankOf } from '../../schemas/events/types.ts'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { rowBinaryWriter, TIME } from '../../schemas/store/row-binary.ts'

/** Columns of `case_events` in the order `eventRows` writes them (migration 0001). */
export const eventRowColumns = [
  { name: 'subject', type: 'String' },
  { name: 'source', type: 'String' },
  { name: 'id', type: 'String' },
  { name: 'content_hash', type: 'FixedString(32)' },
  { name: 'type_rank', type: 'UInt8' },
  { name: 'time', type: TIME },
  { name: 'recorded_at', type: TIME },
  { name: 'received_at', type: TIME },
  { name: 'stored_at', type: TIME },
  { name: 'petition_id', type: 'String' },
  { name: 'channel', type: 'String' },
  { name: 'region', type: 'String' },
  { name: 'category', type: 'String' },
  { name: 'people', type: 'UInt32' },
  { name: 'received_level', type: 'UInt8' },
  { name: 'competent_level', type: 'UInt8' },
  { name: 'home_level', type: 'UInt8' },
  { name: 'org', type: 'String' },
  { name: 'purpose', type: 'String' },
  { name: 'petitioners', type: 'Array(String)' },
  { name: 'flags', type: 'Array(String)' },
  { name: 'supplement', type: 'UInt8' },
  { name: 'leader_reception', type: 'UInt8' },
  { name: 'to_org', type: 'String' },
  { name: 'kind', type: 'String' },
  { name: 'detail', type: 'String' },
  { name: 'level', type: 'UInt8' },
  { name: 'notified_at', type: `Nullable(${TIME})` },
  { name: 'due_at', type: `Nullable(${TIME})` },
  { name: 'days', type: 'UInt8' },
  { name: 'campaign', type: 'String' },
  { name: 'merged_into', type: 'String' },
  { name: 'amount_fen', type: 'UInt64' },
  { name: 'retracts_source', type: 'String' },
  { name: 'retracts_id', type: 'String' },
  { name: 'event', type: 'String' },
] as const

/** What an event says beyond who, what and when; absent means the column's empty value. */
type Facts = {
  petitionId?: string
  channel?: string
  region?: string | undefined
  category?: string | undefined
  people?: number
  receivedLevel?: number | undefined
  competentLevel?: number | undefined
  homeLevel?: number | undefined
  org?: string | undefined
  purpose?: string
  petitioners?: readonly string[]
  flags?: readonly string[]
  supplement?: boolean
  leaderReception?: boolean
  toOrg?: string
  kind?: string
  detail?: string | undefined
  level?: number | undefined
  notifiedAt?: number | undefined
  dueAt?: number | undefined
  days?: number
  campaign?: string
  into?: string
  amountFen?: number
  retracts?: { source: string; id: string }
}

const factsOf = (event: CaseEvent): Facts => {
  switch (event.type) {
    case 'petition.registered.v1':
      return event.data
    case 'petition.voided.v1':
      return { petitionId: event.data.petitionId, detail: event.data.reason }
    case 'matter.forwarded.v1':
      return { toOrg: event.data.toOrg, kind: event.data.mode, level: event.data.byLevel }
    case 'matter.accepted.v1':
      return {
        org: event.data.org,
        kind: event.data.route,
        notifiedAt: event.data.notifiedAt,
        dueAt: event.data.dueAt,
      }
    case 'matter.declined.v1':
    case 'matter.reopened.v1':
    case 'matter.withdrawn.v1':
      return { detail: event.data.reason }
    case 'matter.leadAssigned.v1':
      return { level: event.data.leadLevel }
    case 'matter.supervised.v1':
      return { level: event.data.byLevel }
    case 'matter.extended.v1':
      return { days: event.data.days }
    case 'matter.closed.v1':
      return { kind: event.data.outcome, org: event.data.org }
    case 'matter.evaluated.v1':
      return { kind: event.data.target, detail: event.data.rating }
    case 'matter.reviewRequested.v1':
      return { kind: event.data.stage }
    case 'matter.reviewDecided.v1':
      return { kind: event.data.stage, detail: event.data.result }
    case 'matter.backlogListed.v1':
      return {
        campaign: event.data.campaign,
        kind: event.data.cohort,
        detail: event.data.reason,
      }
    case 'matter.backlogResolved.v1':
      return { campaign: event.data.campaign }
    case 'matter.reclassified.v1':
      return event.data
    case 'matter.merged.v1':
    case 'matter.unmerged.v1':
      return { into: event.data.into }
    case 'matter.relief.v1':
      return { amountFen: event.data.amountFen }
    case 'event.retracted.v1':
      return {
        retracts: { source: event.data.source, id: event.data.id },
        detail: event.data.reason,
      }
    case 'matter.terminated.v1':
    case 'matter.settled.v1':
      return {}
    default:
      return event satisfies never
  }
}

/** Rows of `case_events` being written, one event after another. */
export type EventRows = {
  /** `canonical`: the bytes of the event's canonical form, where they are at hand. */
  readonly add: (event: ReceivedEvent, canonical?: Uint8Array) => void
  /** Those written so far; it must not be used again. */
  readonly bytes: () => Uint8Array<ArrayBuffer>
}

/** Of most events, so that room is made once. */
const BYTES_A_ROW = 700

/**
 * Events as rows of `case_events`. `recordedtime` absent: the time of receipt. `storedAt` (epoch
 * ms) is the batch's mark, by which a restart finds what may not have been folded.
 */
export const createEventRows = (storedAt: number, expected: number): EventRows => {
  const row = rowBinaryWriter(expected * BYTES_A_ROW + 1024)
  return {
    add: (event, canonical) => {
      const facts = factsOf(event)
      row.string(event.subject)
      row.string(event.source)
      row.string(event.id)
      row.hex(event.contentHash)
      row.u8(rankOf[event.type])
      row.time(event.time)
      row.time(event.recordedTime ?? event.receivedTime)
      row.time(event.receivedTime)
      row.time(storedAt)
      row.string(facts.petitionId ?? '')
      row.string(facts.channel ?? '')
      row.string(facts.region ?? '')
      row.string(facts.category ?? '')
      row.u32(facts.people ?? 0)
      row.u8(facts.receivedLevel ?? 0)
      row.u8(facts.competentLevel ?? 0)
      row.u8(facts.homeLevel ?? 0)
      row.string(facts.org ?? '')
      row.string(facts.purpose ?? '')
      row.strings(facts.petitioners ?? [])
      row.strings(facts.flags ?? [])
      row.u8(facts.supplement === true ? 1 : 0)
      row.u8(facts.leaderReception === true ? 1 : 0)
      row.string(facts.toOrg ?? '')
      row.string(facts.kind ?? '')
      row.string(facts.detail ?? '')
      row.u8(facts.level ?? 0)
      row.timeOrNull(facts.notifiedAt)
      row.timeOrNull(facts.dueAt)
      row.u8(facts.days ?? 0)
      row.string(facts.campaign ?? '')
      row.string(facts.into ?? '')
      row.u64(facts.amountFen ?? 0)
      row.string(facts.retracts?.source ?? '')
      row.string(facts.retracts?.id ?? '')
      if (canonical === undefined) row.string(event.canonical)
      else row.binary(canonical)
    },
    bytes: row.bytes,
  }
}

/** The same of a list. */
export const eventRows = (events: readonly ReceivedEvent[], storedAt: number): Uint8Array => {
  const rows = createEventRows(storedAt, events.length)
  for (const event of events) rows.add(event)
  return rows.bytes()
}
