import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PlanOptions, planImport } from '../../../producers/ledger/plan-import.ts'
import type { CaseEvent } from '../../../schemas/events/event.ts'
import { rowMapper } from './support.ts'

type Row = { 编号: string; 时间: string; 类别: string; 办结: string; 金额: string }
type Version = readonly Row[]
const header = ['编号', '时间', '类别', '办结', '金额']
const day = 86_400_000
const firstImport = Date.UTC(2025, 0, 1)

const yaml = (identity: string) => `
timezone: UTC
source: /s
${identity}
events:
  - type: petition.registered.v1
    id: [编号]
    time: 时间
    subject: 编号
    data: {petitionId: 编号, channel: {const: letter}, region: {const: "1"}, category: 类别}
  - {type: matter.closed.v1, when: 办结, time: 办结, subject: 编号, data: {outcome: {const: supported}}}
  - {type: matter.relief.v1, when: 金额, time: 时间, subject: {concat: [编号, 类别], separator: "-"}, data: {amountFen: 金额}}
`
const byNumber = yaml('row: 编号')
const byContent = yaml('')

/** What one import sends for a version, given what is stored. */
const planned = (
  mapping: string,
  version: Version,
  stored: readonly CaseEvent[],
  options: Partial<PlanOptions> = {},
) => {
  const map = rowMapper(mapping, header)
  const plan = planImport(stored, { source: '/s', importTime: firstImport, ...options })
  const sent = version.flatMap((row) => plan.take(map(row)))
  sent.push(...plan.finish())
  // Asked twice, as a report may do: the answer stays.
  plan.counts()
  return { sent, counts: plan.counts() }
}

const knownAt = (stored: readonly CaseEvent[], asOf: number): readonly CaseEvent[] => {
  const known = stored.filter((event) => (event.recordedTime ?? 0) <= asOf && event.time <= asOf)
  const retracted = new Set(
    known.flatMap((event) =>
      event.type === 'event.retracted.v1' ? [`${event.subject} ${event.data.id}`] : [],
    ),
  )
  return known.filter(
    ({ type, subject, id }) => type !== 'event.retracted.v1' && !retracted.has(`${subject} ${id}`),
  )
}

/** Facts without what an import adds to them. */
const facts = (events: readonly CaseEvent[]): readonly string[] =>
  events.map(({ type, subject, time, data }) => JSON.stringify([type, subject, time, data])).sort()

const row = fc.record({
  编号: fc.constantFrom('A', 'B', 'C', 'D', ''),
  时间: fc.constantFrom('2024-01-05', '2024-02-06', 'broken'),
  类别: fc.constantFrom('x', 'y'),
  办结: fc.constantFrom('', '2024-03-01', '2024-03-02'),
  金额: fc.constantFrom('', '5', '7'),
})
const version = fc.array(row, { maxLength: 7 })
const versions = fc.array(version, { minLength: 1, maxLength: 5 })
const now = firstImport + 400 * day

describe('later versions of a ledger', () => {
  it.each([
    ['rows with a number', byNumber],
    ['rows known by their content', byContent],
  ])('leave the facts of a clean import of the last version: %s', (_, mapping) => {
    fc.assert(
      fc.property(versions, (history) => {
        const stored: CaseEvent[] = []
        const snapshots: CaseEvent[][] = []
        for (const [index, current] of history.entries()) {
          const importTime = firstImport + index * day
          const options = { importTime, removeMissing: true, finishedBefore: index > 0 }
          stored.push(...planned(mapping, current, stored, options).sent)
          snapshots.push([...stored])
          expect(facts(knownAt(stored, now))).toEqual(facts(planned(mapping, current, []).sent))
        }
        // Between two imports the figures are what they were before the later one.
        for (const [index, snapshot] of snapshots.entries()) {
          const asOf = firstImport + index * day + day / 2
          expect(facts(knownAt(stored, asOf))).toEqual(facts(knownAt(snapshot, asOf)))
        }
      }),
      { numRuns: 100 },
    )
  })

  it('change nothing when imported again', () => {
    fc.assert(
      fc.property(version, (current) => {
        const stored = planned(byNumber, current, []).sent
        const again = planned(byNumber, current, stored, { finishedBefore: true })
        expect(again.sent).toEqual([])
        expect(again.counts).toMatchObject({ changed: 0, retracted: 0, missing: [] })
        expect(again.counts.duplicates).toBe(again.counts.events)
      }),
    )
  })

  it('go on exactly where a killed first import stopped', () => {
    const known = fc.uniqueArray(row, { maxLength: 7, selector: (r) => r.编号 })
    fc.assert(
      fc.property(known, fc.nat(), fc.boolean(), (current, cut, told) => {
        const clean = planned(byContent, current, []).sent
        // A batch holds whole rows: the cut falls between two matters.
        const subjects = [
          ...new Set(
            clean.map(({ data, subject }) => ('petitionId' in data ? subject : subject.charAt(0))),
          ),
        ]
        const before = subjects.slice(0, cut % (subjects.length + 1))
        const stored = clean.filter(({ subject }) => before.includes(subject.charAt(0)))
        const rest = planned(byContent, current, stored, {
          importTime: firstImport + day,
          ...(told ? { finishedBefore: false } : {}),
        }).sent
        expect([...stored, ...rest].map(({ canonical }) => canonical).sort()).toEqual(
          clean.map(({ canonical }) => canonical).sort(),
        )
      }),
    )
  })

  it('go on where a killed later import stopped', () => {
    fc.assert(
      fc.property(version, version, fc.nat(), (first, second, cut) => {
        const stored = planned(byNumber, first, []).sent.slice()
        const options = { removeMissing: true, finishedBefore: true }
        const sent = planned(byNumber, second, stored, {
          ...options,
          importTime: firstImport + day,
        }).sent
        stored.push(...sent.slice(0, cut % (sent.length + 1)))
        stored.push(
          ...planned(byNumber, second, stored, { ...options, importTime: firstImport + 2 * day })
            .sent,
        )
        expect(facts(knownAt(stored, now))).toEqual(facts(planned(byNumber, second, []).sent))
      }),
    )
  })
})

const a: Row = { 编号: 'A', 时间: '2024-01-05', 类别: 'x', 办结: '', 金额: '' }
const b: Row = { ...a, 编号: 'B' }

describe('a row', () => {
  const first = planned(byNumber, [a, b], []).sent

  it('that changed has its old form retracted and the new one sent, at import time', () => {
    const importTime = firstImport + day
    const { sent, counts } = planned(byNumber, [{ ...a, 类别: 'y' }, b], first, { importTime })
    expect(sent.map(({ type, recordedTime }) => [type, recordedTime])).toEqual([
      ['petition.registered.v1', importTime],
      ['event.retracted.v1', importTime],
    ])
    expect(sent[1]).toMatchObject({ subject: 'A', data: { source: '/s', id: first[0]?.id } })
    expect(counts).toMatchObject({ changed: 1, retracted: 1, duplicates: 1, missing: [] })
  })

  it('whose empty cell was filled is news of that import', () => {
    const importTime = firstImport + day
    const earlier = [{ ...a, 办结: '2024-03-01' }, b]
    const last = [a, { ...b, 办结: '2024-03-01' }]
    const told = { importTime, finishedBefore: true }
    for (const { sent } of [
      planned(byNumber, earlier, first, { importTime }),
      planned(byNumber, last, first, told),
    ])
      expect(sent.map(({ recordedTime }) => recordedTime)).toEqual([importTime])
  })

  it('that comes back in an old form comes under a new revision', () => {
    const stored = [...first]
    stored.push(...planned(byNumber, [{ ...a, 类别: 'y' }, b], stored).sent)
    const { sent } = planned(byNumber, [a, b], stored, { importTime: firstImport + day })
    expect(sent[0]?.id).toBe(first[0]?.id.replace(/0$/, '1'))
  })

  it('that is gone is listed, and retracted only when asked', () => {
    const listed = planned(byNumber, [a], first)
    expect(listed.sent).toEqual([])
    expect(listed.counts.missing).toEqual([{ subjects: ['B'], events: 1 }])
    const removed = planned(byNumber, [a], first, { removeMissing: true })
    expect(removed.sent.map(({ type, subject }) => [type, subject])).toEqual([
      ['event.retracted.v1', 'B'],
    ])
    const stored = [...first, ...removed.sent]
    expect(planned(byNumber, [a], stored).counts.missing).toEqual([])
  })

  it('is listed once when it is gone with an event that has an id of its own', () => {
    const stored = planned(byNumber, [a, { ...b, 办结: '2024-03-01' }], []).sent
    const { counts } = planned(byNumber, [a], stored, { sharedIndexes: new Set(['1-0']) })
    expect(counts.missing).toEqual([{ subjects: ['B'], events: 2 }])
    const { counts: alone } = planned(byNumber, [a], first, { sharedIndexes: new Set(['1-0']) })
    expect(alone.missing).toEqual([{ subjects: ['B'], events: 1 }])
  })

  it('that is refused loses its events, as in a clean import, and is not missing', () => {
    const { sent, counts } = planned(byNumber, [a, { ...b, 时间: 'broken' }], first)
    expect(sent.map(({ type, subject }) => [type, subject])).toEqual([['event.retracted.v1', 'B']])
    expect(counts).toMatchObject({ changed: 1, missing: [] })
  })

  it('whose event an office retracted is not brought back by importing it again', () => {
    // Such a retraction has an id of its own, not one of this ledger's.
    const stored = [...first, { subject: 'A', id: 'office-77' }]
    const map = rowMapper(byNumber, header)
    const plan = planImport(stored, { source: '/s', importTime: firstImport })
    expect([a, b].flatMap((cells) => plan.take(map(cells)))).toEqual([])
    expect(plan.finish()).toEqual([])
  })
})
