import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventRowColumns, eventRows } from '../../../consumers/sink/event-rows.ts'
import { parseEvent } from '../../../schemas/events/parse.ts'
import { type EventType, eventTypes, rankOf } from '../../../schemas/events/types.ts'
import type { ReceivedEvent } from '../../../schemas/log/port.ts'
import { anyEvent, sampleData, sentEvent } from '../events/arbitraries.ts'
import { readRowBinary } from './row-binary-reader.ts'

const received = (wire: unknown, receivedTime: number): ReceivedEvent => {
  const parsed = parseEvent(wire, { receivedTime: 'refused' })
  if (!parsed.ok) throw new Error(`unusable: ${JSON.stringify(parsed.errors)}`)
  return { ...parsed.event, receivedTime }
}

const rowsOf = (events: readonly ReceivedEvent[], storedAt = 9) =>
  readRowBinary(eventRows(events, storedAt), eventRowColumns)

const rowOf = (type: EventType, data: object, more: object = {}) =>
  rowsOf([received(sentEvent(type, data, more), 5)])[0] ?? {}

/** Columns that tell who, what and when, not what of. */
const always = new Set<string>([
  ...['subject', 'source', 'id', 'content_hash', 'type_rank', 'time'],
  ...['recorded_at', 'received_at', 'stored_at', 'event'],
])

const filled = (row: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(row).filter(
      ([name, value]) =>
        !always.has(name) &&
        value !== '' &&
        value !== 0 &&
        value !== null &&
        !(Array.isArray(value) && value.length === 0),
    ),
  )

/** What is sent of each type with every field it may have, and the columns that hold it. */
const facts: Readonly<Record<EventType, { readonly sent: object; readonly columns: object }>> = {
  'petition.registered.v1': {
    sent: sampleData['petition.registered.v1'],
    columns: {
      petition_id: 'P-1',
      channel: 'visit',
      region: '430102',
      category: '城乡建设/房屋征收',
      people: 1,
      purpose: 'appeal',
    },
  },
  'petition.voided.v1': {
    sent: { petitionId: 'P-1', reason: 'twice' },
    columns: { petition_id: 'P-1', detail: 'twice' },
  },
  'matter.forwarded.v1': {
    sent: { toOrg: '教育局', mode: 'assign', byLevel: 3 },
    columns: { to_org: '教育局', kind: 'assign', level: 3 },
  },
  'matter.accepted.v1': {
    sent: {
      org: '教育局',
      route: 'party',
      notifiedAt: '2024-03-02T00:00:00Z',
      dueAt: '2024-05-01T00:00:00Z',
    },
    columns: {
      org: '教育局',
      kind: 'party',
      notified_at: Date.parse('2024-03-02T00:00:00Z'),
      due_at: Date.parse('2024-05-01T00:00:00Z'),
    },
  },
  'matter.declined.v1': { sent: { reason: 'late' }, columns: { detail: 'late' } },
  'matter.leadAssigned.v1': { sent: { leadLevel: 3 }, columns: { level: 3 } },
  'matter.supervised.v1': { sent: { byLevel: 4 }, columns: { level: 4 } },
  'matter.extended.v1': { sent: { days: 30 }, columns: { days: 30 } },
  'matter.closed.v1': {
    sent: { outcome: 'mediated', org: '法院' },
    columns: { kind: 'mediated', org: '法院' },
  },
  'matter.reopened.v1': { sent: { reason: 'again' }, columns: { detail: 'again' } },
  'matter.evaluated.v1': {
    sent: { target: 'unit', rating: 'basic' },
    columns: { kind: 'unit', detail: 'basic' },
  },
  'matter.reviewRequested.v1': { sent: { stage: 'review' }, columns: { kind: 'review' } },
  'matter.reviewDecided.v1': {
    sent: { stage: 'recheck', result: 'upheld' },
    columns: { kind: 'recheck', detail: 'upheld' },
  },
  'matter.terminated.v1': { sent: {}, columns: {} },
  'matter.backlogListed.v1': {
    sent: { campaign: '2024', cohort: 'stock', reason: 'repeat' },
    columns: { campaign: '2024', kind: 'stock', detail: 'repeat' },
  },
  'matter.backlogResolved.v1': { sent: { campaign: '2024' }, columns: { campaign: '2024' } },
  'matter.settled.v1': { sent: {}, columns: {} },
  'matter.reclassified.v1': {
    sent: { region: '430103', category: '教育', org: '教育局', competentLevel: 2 },
    columns: { region: '430103', category: '教育', org: '教育局', competent_level: 2 },
  },
  'matter.withdrawn.v1': { sent: { reason: 'asked' }, columns: { detail: 'asked' } },
  'matter.merged.v1': { sent: { into: 'M-2' }, columns: { merged_into: 'M-2' } },
  'matter.unmerged.v1': { sent: { into: 'M-2' }, columns: { merged_into: 'M-2' } },
  'matter.relief.v1': { sent: { amountFen: 2 ** 40 }, columns: { amount_fen: 2 ** 40 } },
  'event.retracted.v1': {
    sent: { source: '/offices/430100', id: 'e-0', reason: 'wrong' },
    columns: { retracts_source: '/offices/430100', retracts_id: 'e-0', detail: 'wrong' },
  },
}

describe('rows of events', () => {
  it('of any events read back as what the events are', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 5 }), fc.nat(), (wires, storedAt) => {
        const events = wires.map((wire, n) => received(wire, n))
        expect(rowsOf(events, storedAt)).toEqual(
          events.map((event) =>
            expect.objectContaining({
              subject: event.subject,
              source: event.source,
              id: event.id,
              content_hash: event.contentHash,
              type_rank: rankOf[event.type],
              time: event.time,
              recorded_at: event.recordedTime ?? event.receivedTime,
              received_at: event.receivedTime,
              stored_at: storedAt,
              event: event.canonical,
            }),
          ),
        )
      }),
      { numRuns: 100 },
    )
  })

  it.each(eventTypes)('of %s hold its facts and no others', (type) => {
    const { sent, columns } = facts[type]
    expect(filled(rowOf(type, sent))).toEqual(columns)
  })

  it('hold every fact a registration may have', () => {
    const data = {
      ...sampleData['petition.registered.v1'],
      people: 6,
      receivedLevel: 4,
      competentLevel: 2,
      homeLevel: 1,
      org: '信访局',
      purpose: 'report',
      petitioners: ['0123456789abcdef'],
      flags: ['litigation', 'crossRegion'],
      supplement: true,
      leaderReception: true,
    }
    expect(filled(rowOf('petition.registered.v1', data))).toEqual({
      petition_id: 'P-1',
      channel: 'visit',
      region: '430102',
      category: '城乡建设/房屋征收',
      people: 6,
      received_level: 4,
      competent_level: 2,
      home_level: 1,
      org: '信访局',
      purpose: 'report',
      petitioners: ['0123456789abcdef'],
      flags: ['litigation', 'crossRegion'],
      supplement: 1,
      leader_reception: 1,
    })
  })

  it('tell a stamp that is absent from one at 1970', () => {
    const at = { notifiedAt: '1970-01-01T00:00:00Z' }
    const row = rowOf('matter.accepted.v1', { org: '局', ...at })
    expect(row).toMatchObject({ notified_at: 0, due_at: null })
  })

  it('say when the office recorded it, before receipt or after', () => {
    const recordedtime = '1969-12-31T23:59:59.999Z'
    const row = rowOf('matter.settled.v1', {}, { recordedtime })
    expect(row).toMatchObject({ recorded_at: -1, received_at: 5 })
  })
})
