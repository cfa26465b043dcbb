import { describe, expect, it } from 'vitest'
import {
  accepted,
  at,
  closed,
  matterAfter,
  petitionsAfter,
  registered,
  retraction,
  told,
} from '../../reference/told-events.ts'

describe('what is known at asOf', () => {
  const late = closed('2024-01-10', 'supported', { recorded: '2024-01-20' })
  const early = closed('2024-01-20', 'supported', { recorded: '2024-01-10' })

  it.each([
    ['recorded later than it happened', late],
    ['recorded before it happened', early],
  ])('needs both times to have come: %s', (_, event) => {
    const cutoff = at('2024-01-20')
    expect(matterAfter([event], { asOf: cutoff - 1 }).closedAt).toBeNull()
    expect(matterAfter([event], { asOf: cutoff }).closedAt).toBe(event.time)
  })

  it('takes the time of receipt where the office gave none, that of the earliest copy', () => {
    const first = closed('2024-01-10', 'supported', { recorded: null, received: '2024-01-12' })
    const again = { ...first, receivedTime: at('2024-01-30') }
    for (const copies of [
      [first, again],
      [again, first],
    ]) {
      expect(matterAfter(copies, { asOf: at('2024-01-12') }).closedAt).toBe(first.time)
      expect(matterAfter(copies, { asOf: at('2024-01-12') - 1 }).closedAt).toBeNull()
    }
  })

  it('is cut by receipt whatever the office says', () => {
    const event = closed('2024-01-10', 'supported', { received: '2024-03-01' })
    expect(matterAfter([event], { receivedBy: at('2024-03-01') - 1 }).closedAt).toBeNull()
    expect(matterAfter([event], { receivedBy: at('2024-03-01') }).closedAt).toBe(event.time)
  })

  it('leaves a row of a matter and a petition not known yet, with nothing in it', () => {
    const events = [registered('2024-05-01'), accepted('2024-05-02')]
    const row = matterAfter(events, { asOf: at('2024-04-01') })
    expect(row).toMatchObject({ present: false, inScope: false, registeredAt: null, region: '' })
    const [petition] = petitionsAfter(events, { asOf: at('2024-04-01') })
    expect(petition).toMatchObject({ present: false, matterId: '', time: 0, people: 0 })
  })
})

describe('two contents under one (subject, source, id)', () => {
  it('keep the one recorded first', () => {
    const first = closed('2024-01-10', 'partly', { id: 'x', recorded: '2024-01-11' })
    const second = closed('2024-01-09', 'supported', { id: 'x', recorded: '2024-01-12' })
    expect(matterAfter([second, first]).outcome).toBe('partly')
  })

  it('recorded at once keep the one with the lesser hash', () => {
    const outcomes = ['supported', 'partly', 'notSupported', 'mediated', 'redirected'] as const
    const contents = outcomes.map((outcome) => closed('2024-01-10', outcome, { id: 'x' }))
    const least = [...contents].sort((a, b) => (a.contentHash < b.contentHash ? -1 : 1))[0]
    expect(matterAfter(contents).outcome).toBe(
      least?.type === 'matter.closed.v1' ? least.data.outcome : 'none',
    )
  })

  it('are cut before the choice', () => {
    const announced = closed('2024-02-01', 'partly', { id: 'x', recorded: '2024-01-05' })
    const done = closed('2024-01-07', 'supported', { id: 'x', recorded: '2024-01-08' })
    expect(matterAfter([announced, done], { asOf: at('2024-01-10') }).outcome).toBe('supported')
    expect(matterAfter([announced, done], { asOf: at('2024-03-01') }).outcome).toBe('partly')
  })

  it('stand apart under another subject or source', () => {
    const events = [
      registered('2024-01-01', { petitionId: 'p1' }, { id: 'x' }),
      registered('2024-01-02', { petitionId: 'p2' }, { id: 'x', source: '/offices/430103' }),
      registered('2024-01-03', { petitionId: 'p3' }, { id: 'x', subject: 'B' }),
    ]
    expect(petitionsAfter(events).map(({ present }) => present)).toEqual([true, true, true])
  })
})

describe('a retraction', () => {
  const closing = closed('2024-01-10')

  it('makes an event as if never sent, from when it is known', () => {
    const events = [closing, retraction(closing, '2024-02-01', { recorded: '2024-02-05' })]
    expect(matterAfter(events, { asOf: at('2024-02-05') - 1 }).closedAt).toBe(closing.time)
    expect(matterAfter(events, { asOf: at('2024-02-05') })).toMatchObject({
      present: false,
      closedAt: null,
    })
  })

  it('has no hold on an event of another subject', () => {
    const elsewhere = retraction(closing, '2024-02-01', { subject: 'B' })
    expect(matterAfter([closing, elsewhere]).closedAt).toBe(closing.time)
  })

  it('cannot be retracted', () => {
    const first = retraction(closing, '2024-02-01')
    expect(matterAfter([closing, first, retraction(first, '2024-02-02')]).closedAt).toBeNull()
  })

  it('takes both contents of a conflict with it', () => {
    const one = closed('2024-01-10', 'partly', { id: 'x' })
    const other = closed('2024-01-11', 'supported', { id: 'x' })
    expect(matterAfter([one, other, retraction(one, '2024-02-01')]).closedAt).toBeNull()
  })

  it('that lost its id to an event recorded earlier does nothing', () => {
    const lost = retraction(closing, '2024-02-01', { id: 'x' })
    const standing = told('matter.supervised.v1', '2024-01-20', {}, { id: 'x' })
    expect(matterAfter([closing, lost, standing])).toMatchObject({
      closedAt: closing.time,
      supervised: true,
    })
  })

  it('leaves the matter it belongs to with a row that is not present', () => {
    const unheard = told('event.retracted.v1', '2024-02-01', { source: '/offices/1', id: 'never' })
    expect(matterAfter([unheard]).present).toBe(false)
  })
})

describe('events of one time', () => {
  it('follow each other by the order of their types', () => {
    const declined = told('matter.declined.v1', '2024-01-10', { reason: 'r' }, { id: 'a' })
    expect(matterAfter([declined, accepted('2024-01-10', {}, { id: 'z' })]).declinedAt).toBe(
      declined.time,
    )
  })

  it('of one type by id, in the order of code points', () => {
    const rated = (id: string, rating: 'satisfied' | 'basic') =>
      told('matter.evaluated.v1', '2024-01-10', { target: 'unit', rating }, { id })
    const events = [rated('\u{1F600}', 'satisfied'), rated('\uFF5E', 'basic')]
    expect(matterAfter(events).unitRating).toBe('satisfied')
  })

  it('of one type and id by source', () => {
    const rated = (source: string, rating: 'satisfied' | 'basic') =>
      told('matter.evaluated.v1', '2024-01-10', { target: 'unit', rating }, { id: 'x', source })
    const events = [rated('/offices/2', 'satisfied'), rated('/offices/1', 'basic')]
    expect(matterAfter(events).unitRating).toBe('satisfied')
  })
})
