import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FOREVER } from '../../../schemas/tables/rows.ts'
import { referenceFold } from '../../reference/fold.ts'
import { historyOf, receivedEvents } from '../../reference/histories.ts'
import { knownEvents } from '../../reference/known-events.ts'
import {
  accepted,
  at,
  closed,
  matterAfter,
  merged,
  registered,
  told,
  unmerged,
} from '../../reference/told-events.ts'

const spells = (...events: Parameters<typeof matterAfter>[0]) => matterAfter(events).openSpells
/** Without a limit, so that only opening and ending show. */
const start = accepted('2024-01-10', { route: 'party' })
const span = (from: string, until: string | null) => ({
  opened: at(from),
  ended: until === null ? FOREVER : at(until),
  due: null,
})

describe('the spells a matter was open', () => {
  it('run from the acceptance to the closing, and on from a reopening', () => {
    expect(spells(start)).toEqual([span('2024-01-10', null)])
    const events = [start, closed('2024-02-01'), told('matter.reopened.v1', '2024-03-01', {})]
    expect(spells(...events)).toEqual([span('2024-01-10', '2024-02-01'), span('2024-03-01', null)])
  })

  it('do not begin where the closing came before the acceptance', () => {
    expect(spells(closed('2024-01-01'), start)).toEqual([])
  })

  it('are joined where a closing and a reopening share their moment', () => {
    const events = [start, closed('2024-02-01'), told('matter.reopened.v1', '2024-02-01', {})]
    expect(spells(...events)).toEqual([span('2024-01-10', null)])
  })

  it('leave out the time it was declined or withdrawn', () => {
    const events = [
      start,
      told('matter.declined.v1', '2024-02-01', { reason: 'r' }),
      accepted('2024-02-10'),
      told('matter.withdrawn.v1', '2024-03-01', {}),
      told('matter.reopened.v1', '2024-03-05', {}),
    ]
    expect(spells(...events)).toEqual([
      span('2024-01-10', '2024-02-01'),
      span('2024-02-10', '2024-03-01'),
      span('2024-03-05', null),
    ])
  })

  it('leave out the time it was merged away, and stay those of the matter itself', () => {
    const events = [start, merged('A', 'B', '2024-02-01'), unmerged('A', 'B', '2024-03-01')]
    expect(spells(...events)).toEqual([span('2024-01-10', '2024-02-01'), span('2024-03-01', null)])
    expect(matterAfter(events, { matterId: 'B' }).openSpells).toEqual([])
  })

  it('follow a cycle as it comes and goes: its smallest matter is not merged away', () => {
    const events = [
      start,
      accepted('2024-01-10', { route: 'party' }, { subject: 'B' }),
      merged('A', 'B', '2024-02-01'),
      merged('B', 'A', '2024-03-01'),
      unmerged('A', 'B', '2024-04-01'),
    ]
    expect(spells(...events)).toEqual([span('2024-01-10', '2024-02-01'), span('2024-03-01', null)])
    expect(matterAfter(events, { matterId: 'B' }).openSpells).toEqual([
      span('2024-01-10', '2024-03-01'),
    ])
  })

  it('carry the due time as it stood, which an extension changes from its approval on', () => {
    const events = [
      accepted('2024-01-10'),
      told('matter.extended.v1', '2024-03-01', { days: 10 }),
      told('matter.extended.v1', '2024-03-05', { days: 5 }),
      told('matter.extended.v1', '2024-03-15', { days: 30 }),
    ]
    const due = (date: string) => at(`${date} 23:59:59.999`)
    expect(spells(...events)).toEqual([
      { opened: at('2024-01-10'), ended: at('2024-03-01'), due: due('2024-03-10') },
      { opened: at('2024-03-01'), ended: FOREVER, due: due('2024-03-20') },
    ])
  })

  it('take the purpose of the first petition as it is known, not as of then', () => {
    const events = [accepted('2024-01-10'), registered('2024-05-01', { purpose: 'report' })]
    expect(spells(...events)).toEqual([span('2024-01-10', null)])
  })

  it('do not mind the voiding of every petition', () => {
    const voiding = told('petition.voided.v1', '2024-01-20', { petitionId: 'p1' })
    expect(spells(registered('2024-01-01'), start, voiding)).toEqual([span('2024-01-10', null)])
  })
})

describe('the spells of a hostile history', () => {
  it('say at every moment what the events before it alone would say', () => {
    const timezone = 'America/New_York'
    const history = historyOf({ timezone, prefix: 'h', maxEvents: 40 })
    fc.assert(
      fc.property(history, ({ sent, instants }) => {
        const events = receivedEvents(sent)
        const { matters } = referenceFold(events, { timezone })
        const known = knownEvents(events, {}).map((event) => ({ ...event, receivedTime: 0 }))
        for (const moment of instants.flatMap((instant) => [instant, instant + 1])) {
          const before = known.filter(({ time }) => time < moment)
          const states = new Map(
            referenceFold(before, { timezone }).matters.map((row) => [row.matterId, row]),
          )
          for (const { matterId, openSpells, purpose } of matters) {
            const spell = openSpells.find(({ opened, ended }) => opened < moment && moment <= ended)
            const state = states.get(matterId)
            if (state?.inScope && state.acceptedAt !== null && state.closedAt === null) {
              expect(spell).toBeDefined()
              if (state.purpose === purpose) expect(spell?.due).toBe(state.dueAt)
            } else {
              expect(spell).toBeUndefined()
            }
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})
