import { describe, expect, it } from 'vitest'
import {
  accepted,
  at,
  closed,
  matterAfter,
  merged,
  registered,
  told,
} from '../../reference/told-events.ts'

const endOf = (date: string) => at(`${date} 23:59:59.999`)

describe('the first petition', () => {
  it('gives the matter its dimensions', () => {
    const events = [
      registered('2024-01-02', { petitionId: 'p2', channel: 'visit', region: '430103' }),
      registered('2024-01-01', {
        petitionId: 'p1',
        channel: 'online',
        purpose: 'report',
        flags: ['litigation', 'crossRegion'],
        receivedLevel: 2,
        competentLevel: 1,
        homeLevel: 3,
        org: '民政局',
      }),
    ]
    expect(matterAfter(events)).toMatchObject({
      registeredAt: at('2024-01-01'),
      petitionTimes: [at('2024-01-01'), at('2024-01-02')],
      region: '430102',
      channel: 'online',
      purpose: 'report',
      flags: ['crossRegion', 'litigation'],
      receivedLevel: 2,
      competentLevel: 1,
      homeLevel: 3,
      org: '民政局',
      channelCount: 2,
      crossBoundary: true,
    })
  })

  it('not known leaves them empty, but not org, and not the state', () => {
    const events = [
      accepted('2024-01-02'),
      told('matter.reclassified.v1', '2024-01-03', { region: '430103', competentLevel: 2 }),
    ]
    expect(matterAfter(events)).toMatchObject({
      present: true,
      inScope: true,
      voided: false,
      region: '',
      category: '',
      competentLevel: 0,
      org: '住建局',
      acceptedAt: at('2024-01-02'),
      dueAt: endOf('2024-03-02'),
    })
  })

  it('with litigation alone crosses no boundary', () => {
    expect(matterAfter([registered('2024-01-01', { flags: ['litigation'] })]).crossBoundary).toBe(
      false,
    )
  })
})

describe('org', () => {
  it('is the latest reclassified one, else that of the earliest acceptance, else the petition’s', () => {
    const petition = registered('2024-01-01', { org: '甲' })
    const acceptances = [
      accepted('2024-01-03', { org: '丙' }),
      accepted('2024-01-02', { org: '乙' }),
    ]
    const moved = told('matter.reclassified.v1', '2023-01-01', { org: '丁' })
    const movedOtherwise = told('matter.reclassified.v1', '2024-05-01', { category: '劳动' })
    expect(matterAfter([petition]).org).toBe('甲')
    expect(matterAfter([petition, ...acceptances]).org).toBe('乙')
    expect(matterAfter([petition, ...acceptances, moved, movedOtherwise]).org).toBe('丁')
  })
})

describe('acceptance', () => {
  it('is the earliest, with its route and its notice', () => {
    const events = [
      accepted('2024-01-05', { route: 'litigation' }),
      accepted('2024-01-04', { notifiedAt: '2024-01-09T10:00:00+08:00' }),
    ]
    expect(matterAfter(events)).toMatchObject({
      acceptedAt: at('2024-01-04'),
      route: 'petition',
      notifiedAt: at('2024-01-09 10:00'),
    })
    expect(matterAfter([accepted('2024-01-04')]).notifiedAt).toBe(at('2024-01-04'))
  })

  it('is undone by a later refusal, not by an earlier one', () => {
    const refusal = (time: string) => told('matter.declined.v1', time, { reason: 'r' })
    expect(matterAfter([accepted('2024-01-04'), refusal('2024-01-05')])).toMatchObject({
      declinedAt: at('2024-01-05'),
      inScope: false,
      dueAt: null,
      acceptedAt: at('2024-01-04'),
    })
    const acceptedAgain = [accepted('2024-01-04'), refusal('2024-01-05'), accepted('2024-01-06')]
    expect(matterAfter(acceptedAgain)).toMatchObject({
      declinedAt: null,
      inScope: true,
      acceptedAt: at('2024-01-04'),
    })
    expect(matterAfter([refusal('2024-01-05')]).declinedAt).toBe(at('2024-01-05'))
  })
})

describe('withdrawal', () => {
  const withdrawn = (time: string) => told('matter.withdrawn.v1', time, {})
  const reopened = (time: string) => told('matter.reopened.v1', time, {})

  it('holds unless a reopening is later; at one moment it is the withdrawal that is later', () => {
    expect(matterAfter([withdrawn('2024-01-05')])).toMatchObject({ inScope: false })
    expect(matterAfter([withdrawn('2024-01-05'), reopened('2024-01-06')])).toMatchObject({
      inScope: true,
      withdrawnAt: null,
    })
    expect(matterAfter([withdrawn('2024-01-05'), reopened('2024-01-05')])).toMatchObject({
      inScope: false,
      withdrawnAt: at('2024-01-05'),
    })
  })
})

describe('due', () => {
  const due = (...events: Parameters<typeof matterAfter>[0]) => matterAfter(events).dueAt
  const extended = (time: string, days: number) => told('matter.extended.v1', time, { days })

  it('is the last millisecond of the sixtieth day after the acceptance', () => {
    expect(due(accepted('2024-01-10 00:00'))).toBe(endOf('2024-03-10'))
    expect(due(accepted('2024-01-10 23:59:59.999'))).toBe(endOf('2024-03-10'))
    expect(due(accepted('2023-01-10'))).toBe(endOf('2023-03-11'))
  })

  it('is the time the acceptance sets, if it sets one', () => {
    expect(due(accepted('2024-01-10', { dueAt: '2024-02-01T12:00:00+08:00' }))).toBe(
      at('2024-02-01 12:00'),
    )
  })

  it('is extended by the longest extension approved at or before the original limit', () => {
    const start = accepted('2024-01-10')
    expect(due(start, extended('2024-03-10 23:59:59.999', 10))).toBe(endOf('2024-03-20'))
    expect(due(start, extended('2024-03-11 00:00', 10))).toBe(endOf('2024-03-10'))
    expect(due(start, extended('2024-02-01', 10), extended('2024-02-02', 30))).toBe(
      endOf('2024-04-09'),
    )
    expect(due(start, extended('2024-02-01', 10), extended('2024-03-15', 30))).toBe(
      endOf('2024-03-20'),
    )
    expect(due(start, extended('2024-01-01', 5))).toBe(endOf('2024-03-15'))
  })

  it('is none by another route, for a suggestion or a report, out of scope or not accepted', () => {
    expect(due(accepted('2024-01-10', { route: 'arbitration' }))).toBeNull()
    expect(
      due(registered('2024-01-01', { purpose: 'suggestion' }), accepted('2024-01-10')),
    ).toBeNull()
    expect(due(registered('2024-01-01', { purpose: 'report' }), accepted('2024-01-10'))).toBeNull()
    expect(due(accepted('2024-01-10'), told('matter.withdrawn.v1', '2024-01-11', {}))).toBeNull()
    expect(due(registered('2024-01-01'))).toBeNull()
  })

  it('is counted in local days, whatever the clocks do', () => {
    const newYork = { timezone: 'America/New_York' }
    const utc = (text: string) => Date.parse(text)
    const start = accepted('2024-01-10 20:00')
    expect(matterAfter([start], newYork).dueAt).toBe(utc('2024-03-10T23:59:59.999-04:00'))
    const skipped = accepted('2024-01-10', { dueAt: '2024-03-09T02:30:00-05:00' })
    expect(matterAfter([skipped, extended('2024-02-01', 1)], newYork).dueAt).toBe(
      utc('2024-03-10T03:30:00-04:00'),
    )
    const twice = accepted('2024-01-10', { dueAt: '2024-11-02T01:30:00-04:00' })
    expect(matterAfter([twice, extended('2024-02-01', 1)], newYork).dueAt).toBe(
      utc('2024-11-03T01:30:00-04:00'),
    )
  })
})

describe('closing', () => {
  const reopened = (time: string) => told('matter.reopened.v1', time, {})

  it('is the earliest after the latest reopening', () => {
    const first = closed('2024-01-10', 'partly')
    const second = closed('2024-01-20', 'mediated')
    const third = closed('2024-01-25', 'supported')
    const standing = { firstClosedAt: at('2024-01-10'), firstOutcome: 'partly' }
    expect(matterAfter([third, second, first])).toMatchObject({
      ...standing,
      closedAt: at('2024-01-10'),
      outcome: 'partly',
    })
    expect(matterAfter([third, second, first, reopened('2024-01-15')])).toMatchObject({
      ...standing,
      closedAt: at('2024-01-20'),
      outcome: 'mediated',
    })
    const again = [first, reopened('2024-01-15'), second, reopened('2024-02-01')]
    expect(matterAfter(again)).toMatchObject({ ...standing, closedAt: null, outcome: '' })
  })

  it('at the moment of a reopening comes before it', () => {
    expect(matterAfter([closed('2024-01-10'), reopened('2024-01-10')])).toMatchObject({
      closedAt: null,
      firstClosedAt: at('2024-01-10'),
    })
  })

  it('counts the petitions at or before it, and finds the first one after', () => {
    const petitions = ['2024-01-01', '2024-01-10', '2024-01-10 00:00:00.001'].map((time, index) =>
      registered(time, { petitionId: `p${index}` }),
    )
    expect(matterAfter([...petitions, accepted('2024-01-09'), closed('2024-01-10')])).toMatchObject(
      {
        petitionsAtAccepted: 1,
        petitionsAtFirstClosing: 2,
        returnedAt: at('2024-01-10') + 1,
      },
    )
  })
})

describe('the rest of a life', () => {
  it('has the earliest of some things and the latest of others', () => {
    const events = [
      told('matter.forwarded.v1', '2024-01-03', { toOrg: '甲', mode: 'assign' }),
      told('matter.forwarded.v1', '2024-01-02', { toOrg: '乙', mode: 'transfer' }),
      told('matter.leadAssigned.v1', '2024-01-03', { leadLevel: 4 }),
      told('matter.leadAssigned.v1', '2024-01-02', { leadLevel: 1 }),
      told('matter.supervised.v1', '2024-01-02', {}),
      told('matter.terminated.v1', '2024-05-02', {}),
      told('matter.terminated.v1', '2024-05-01', {}),
      told('matter.evaluated.v1', '2024-03-02', { target: 'unit', rating: 'basic' }),
      told('matter.evaluated.v1', '2024-03-01', { target: 'unit', rating: 'dissatisfied' }),
      told('matter.evaluated.v1', '2024-03-01', { target: 'office', rating: 'satisfied' }),
      told('matter.reviewRequested.v1', '2024-03-06', { stage: 'review' }),
      told('matter.reviewRequested.v1', '2024-03-05', { stage: 'review' }),
      told('matter.reviewRequested.v1', '2024-03-07', { stage: 'recheck' }),
      told('matter.reviewDecided.v1', '2024-03-09', { stage: 'review', result: 'upheld' }),
      told('matter.reviewDecided.v1', '2024-03-08', { stage: 'review', result: 'revoked' }),
    ]
    expect(matterAfter(events)).toMatchObject({
      forwardedAt: at('2024-01-02'),
      leadLevel: 4,
      supervised: true,
      terminatedAt: at('2024-05-01'),
      inScope: true,
      unitRating: 'basic',
      officeRating: 'satisfied',
      reviewRequestedAt: [at('2024-03-05'), at('2024-03-06')],
      recheckRequestedAt: [at('2024-03-07')],
      reviewDecidedAt: at('2024-03-08'),
      reviewResult: 'revoked',
      recheckDecidedAt: null,
      recheckResult: '',
    })
  })

  it('has each campaign by its earliest listing and its latest resolution', () => {
    const listed = (time: string, campaign: string, cohort: 'stock' | 'new') =>
      told('matter.backlogListed.v1', time, { campaign, cohort, reason: 'overdue' })
    const resolved = (time: string, campaign: string) =>
      told('matter.backlogResolved.v1', time, { campaign })
    const events = [
      listed('2024-02-02', '乙', 'new'),
      listed('2024-02-01', '乙', 'stock'),
      listed('2024-02-03', '甲', 'new'),
      resolved('2024-01-01', '乙'),
      resolved('2024-01-02', '乙'),
      resolved('2024-03-01', '丙'),
    ]
    expect(matterAfter(events).campaigns).toEqual([
      {
        campaign: '乙',
        cohort: 'stock',
        reason: 'overdue',
        listedAt: at('2024-02-01'),
        resolvedAt: at('2024-01-02'),
      },
      {
        campaign: '甲',
        cohort: 'new',
        reason: 'overdue',
        listedAt: at('2024-02-03'),
        resolvedAt: null,
      },
    ])
  })

  it('is settled until a counted petition comes after the latest confirmation', () => {
    const confirmed = told('matter.settled.v1', '2024-03-01', {})
    const petition = (time: string) => registered(time)
    expect(matterAfter([petition('2024-03-01'), confirmed]).settled).toBe(true)
    expect(matterAfter([petition('2024-03-02'), confirmed])).toMatchObject({
      settled: false,
      settledAt: at('2024-03-01'),
    })
    const returnedByMerge = [
      confirmed,
      registered('2024-03-02', {}, { subject: 'B' }),
      merged('B', 'A', '2024-04-01'),
    ]
    expect(matterAfter(returnedByMerge).settled).toBe(false)
  })
})
