import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MatterRow, PetitionRow } from '../../schemas/tables/rows.ts'
import { matter, petition } from './figures-rows.ts'
import { at, DAY, type FiguresWorld, NOW, openFiguresWorld, type Rows } from './figures-world.ts'

/** Small worlds computed by hand, at the bounds of each rule. Days are those of Asia/Shanghai. */

let world: FiguresWorld
beforeAll(async () => {
  world = await openFiguresWorld()
})
afterAll(() => world.close())

const rate = (numerator: number, denominator: number) => [
  { numerator, denominator, value: denominator === 0 ? null : numerator / denominator },
]
const count = (value: number) => [{ value }]

/** Asks each metric over 2024 as of 1 June 2025, and compares. */
const expectFigures = async (
  rows: Rows,
  figures: Readonly<Record<string, readonly object[]>>,
): Promise<void> => {
  const { ask } = await world.given(rows)
  const found: Record<string, unknown> = {}
  for (const metric of Object.keys(figures)) found[metric] = await ask(metric)
  expect(found).toEqual(figures)
}

describe('visits', () => {
  let next = 0
  const visit = (given: Partial<PetitionRow>): PetitionRow =>
    petition({
      petitionId: String(++next),
      time: at('2024-05-02T09:00:00'),
      channel: 'visit',
      ...given,
    })

  it('are collective from five heads on', () =>
    expectFigures(
      {
        petitions: [
          visit({ people: 4 }),
          visit({ people: 5 }),
          visit({ people: 11 }),
          visit({ people: 50, counted: false, voided: true }),
          visit({ people: 50, channel: 'letter' }),
        ],
      },
      {
        collective_visits: count(2),
        collective_visits_share: rate(2, 3),
        collective_people: count(16),
        collective_people_share: rate(16, 20),
      },
    ))

  it('are repeated, or received by a leader', () =>
    expectFigures(
      {
        petitions: [
          visit({ people: 2, repeat: true, leaderReception: true }),
          visit({ people: 3, repeat: true }),
          visit({ people: 7, leaderReception: true }),
          visit({ people: 1 }),
          visit({ channel: 'letter', repeat: true, leaderReception: true }),
        ],
      },
      {
        repeat_visits: count(2),
        repeat_visit_share: rate(2, 4),
        repeat_people: count(5),
        leader_reception_visits: count(2),
      },
    ))

  it('cross levels by two above the competent one, or by any above home', () =>
    expectFigures(
      {
        petitions: [
          // two above the competent level; home by the region's code is the county (2)
          visit({ people: 8, receivedLevel: 4, competentLevel: 2, region: '430102' }),
          // one above only
          visit({ people: 2, receivedLevel: 3, competentLevel: 2, region: '430102' }),
          // home as recorded wins over the code's
          visit({ people: 3, receivedLevel: 3, competentLevel: 3, homeLevel: 3, region: '430102' }),
          // competent level unknown, above home all the same
          visit({ people: 4, receivedLevel: 2, region: '430102001' }),
          // received level unknown
          visit({ people: 5, competentLevel: 1, region: '430102' }),
          // a name is no code: home unknown
          visit({ people: 6, receivedLevel: 5, competentLevel: 3, region: '旧区' }),
          // letters never do
          visit({ channel: 'letter', receivedLevel: 5, competentLevel: 1, region: '430102' }),
        ],
      },
      {
        cross_level_legal: count(2),
        cross_level_legal_people: count(14),
        cross_level_legal_share: rate(2, 4),
        cross_level_any: count(3),
        cross_level_any_people: count(14),
        cross_level_any_share: rate(3, 6),
        cross_level_unknown: count(2),
      },
    ))

  it.each([
    ['43', 4],
    ['4301', 3],
    ['430000', 4],
    ['430100', 3],
    ['430102', 2],
    ['430102001', 1],
    ['430102001001', 1],
    ['43010', 0],
    ['4301020010', 0],
    ['旧区', 0],
    ['', 0],
  ])('%s is of level %i by its digits', async (region, level) => {
    const petitions = [1, 2, 3, 4, 5].map((receivedLevel) =>
      visit({ receivedLevel, region, people: 10 ** (receivedLevel - 1) }),
    )
    const above = [1, 2, 3, 4, 5].filter((received) => level > 0 && received > level)
    await expectFigures(
      { petitions },
      { cross_level_any_people: count(above.reduce((sum, n) => sum + 10 ** (n - 1), 0)) },
    )
  })

  it('are no calls; forms online, suggestions and reports are counted apart', () =>
    expectFigures(
      {
        petitions: [
          visit({ channel: 'online' }),
          visit({ channel: 'call', purpose: 'suggestion' }),
          visit({ channel: 'letter', purpose: 'report' }),
          visit({ channel: 'visit', people: 9, purpose: 'report' }),
        ],
      },
      {
        online_share: rate(1, 4),
        suggestion_petitions: count(1),
        report_petitions: count(2),
      },
    ))
})

describe('matters', () => {
  const registeredAt = at('2024-03-05T10:00:00')

  it('may cross boundaries or come in several channels, in scope or not', () =>
    expectFigures(
      {
        matters: [
          matter({ matterId: 'a', registeredAt, crossBoundary: true, channelCount: 2 }),
          matter({ matterId: 'b', registeredAt, channelCount: 1, inScope: false }),
          matter({ matterId: 'c', registeredAt, channelCount: 3, inScope: false }),
          matter({
            matterId: 'd',
            registeredAt,
            crossBoundary: true,
            mergedInto: 'a',
            inScope: false,
          }),
          matter({ matterId: 'e', registeredAt, crossBoundary: true, voided: true }),
        ],
      },
      { matters: count(3), cross_boundary_share: rate(1, 3), multi_channel_share: rate(2, 3) },
    ))

  it('are declined, withdrawn, terminated', () => {
    const time = at('2024-12-31T23:59:59.999')
    return expectFigures(
      {
        matters: [
          matter({ matterId: 'a', declinedAt: time, inScope: false }),
          matter({ matterId: 'b', declinedAt: time + 1, inScope: false }),
          matter({ matterId: 'c', declinedAt: time, withdrawnAt: time, inScope: false }),
          matter({ matterId: 'd', withdrawnAt: time, mergedInto: 'a', inScope: false }),
          matter({ matterId: 'e', terminatedAt: time }),
          matter({ matterId: 'f', terminatedAt: time, withdrawnAt: time, inScope: false }),
        ],
      },
      { declined_matters: count(2), withdrawn_matters: count(2), terminations: count(1) },
    )
  })

  it('are told and forwarded by the end of the fifteenth day, which dates them', () => {
    const limit = at('2024-03-20T23:59:59.999')
    const one = (matterId: string, given: Partial<MatterRow>) =>
      matter({ matterId, registeredAt, ...given })
    return expectFigures(
      {
        matters: [
          one('a', { notifiedAt: limit, acceptedAt: limit, forwardedAt: limit + 1 }),
          one('b', { notifiedAt: limit + 1, acceptedAt: limit + 1, forwardedAt: limit }),
          one('c', { notifiedAt: limit + 1, acceptedAt: limit + 1 }),
          one('d', {}),
          one('e', { notifiedAt: limit, inScope: false }),
          matter({ matterId: 'f', notifiedAt: limit }),
          // registered on 17 December: the fifteenth day ends the year before the period's end
          one('g', { registeredAt: at('2024-12-16T23:59:59.999') }),
          one('h', { registeredAt: at('2024-12-17T00:00:00') }),
        ],
      },
      { timely_notice_rate: rate(1, 5), timely_forward_rate: rate(2, 5) },
    )
  })

  it('are on time where a leader leads them, or they are supervised', () => {
    const dueAt = at('2024-06-30T23:59:59.999')
    const due = (matterId: string, given: Partial<MatterRow>) =>
      matter({ matterId, acceptedAt: dueAt - 60 * DAY, dueAt, ...given })
    return expectFigures(
      {
        matters: [
          due('a', { leadLevel: 2, firstClosedAt: dueAt }),
          due('b', { leadLevel: 3, firstClosedAt: dueAt + 1, supervised: true }),
          due('c', { supervised: true, firstClosedAt: dueAt }),
          due('d', { supervised: true, firstClosedAt: dueAt, firstOutcome: 'redirected' }),
          due('e', { firstClosedAt: dueAt }),
        ],
      },
      {
        lead_on_time_rate: rate(1, 2),
        supervised_on_time_rate: rate(1, 2),
        lead_assigned_share: rate(2, 5),
        on_time_closure_rate: rate(3, 4),
      },
    )
  })

  it('may be closed more often than accepted, and fewer at the first petition', () => {
    const time = at('2024-02-10')
    return expectFigures(
      {
        matters: [
          matter({ matterId: 'a', acceptedAt: time, petitionsAtAccepted: 1, closedAt: time + DAY }),
          matter({ matterId: 'b', acceptedAt: time, petitionsAtAccepted: 1 }),
          matter({ matterId: 'c', acceptedAt: time, petitionsAtAccepted: 2, closedAt: time }),
          matter({ matterId: 'd', acceptedAt: time, petitionsAtAccepted: 0, closedAt: time }),
          matter({ matterId: 'e', acceptedAt: time - 100 * DAY, closedAt: time }),
          matter({ matterId: 'f', closedAt: time }),
        ],
      },
      {
        clearance_ratio: rate(5, 4),
        closure_rate: rate(3, 4),
        first_time_closure_rate: rate(1, 2),
      },
    )
  })

  it('fall due soon from the end of the period on, for seven days', async () => {
    const end = at('2024-04-01')
    const open = (matterId: string, due: number | null) =>
      matter({
        matterId,
        acceptedAt: end - 40 * DAY,
        openSpells: [{ opened: end - 40 * DAY, ended: at('2299-12-31'), due }],
      })
    const { ask } = await world.given({
      matters: [
        open('overdue', end - 1),
        open('now', end),
        open('last', end + 7 * DAY - 1),
        open('later', end + 7 * DAY),
        open('none', null),
      ],
    })
    const march = { from: '2024-03-01', to: '2024-04-01' }
    expect(await ask('due_soon_matters', march)).toEqual(count(2))
    expect(await ask('overdue_matters', march)).toEqual(count(1))
    // as of two days before the end: seven days from then
    expect(await ask('due_soon_matters', { ...march, asOf: end - 2 * DAY })).toEqual(count(2))
    expect(await ask('due_soon_matters', { ...march, asOf: end - 7 * DAY })).toEqual(count(1))
  })
})

describe('after the first closing', () => {
  const firstClosedAt = at('2024-05-01T12:00:00')
  const closed = (matterId: string, given: Partial<MatterRow> = {}) =>
    matter({
      matterId,
      acceptedAt: firstClosedAt - 9 * DAY,
      closedAt: firstClosedAt,
      firstClosedAt,
      petitionsAtFirstClosing: 1,
      ...given,
    })

  it('come back within so many times 86,400 seconds', () =>
    expectFigures(
      {
        matters: [
          closed('30', { returnedAt: firstClosedAt + 30 * DAY }),
          closed('60', { returnedAt: firstClosedAt + 60 * DAY }),
          closed('90', { returnedAt: firstClosedAt + 90 * DAY }),
          closed('180', { returnedAt: firstClosedAt + 180 * DAY }),
          closed('never'),
          closed('beyond', { returnedAt: firstClosedAt + 180 * DAY + 1 }),
          closed('not first', { petitionsAtFirstClosing: 2 }),
          closed('out', { inScope: false }),
        ],
      },
      {
        return_rate_30d: rate(1, 6),
        return_rate_60d: rate(2, 6),
        return_rate_90d: rate(3, 6),
        return_rate_180d: rate(4, 6),
        first_time_resolution_rate: rate(3, 6),
      },
    ))

  it('count only where the days have gone by', async () => {
    const { ask } = await world.given({ matters: [closed('a')] })
    for (const days of [30, 60, 90, 180]) {
      const asOf = firstClosedAt + days * DAY
      expect(await ask(`return_rate_${days}d`, { asOf })).toEqual(rate(0, 1))
      expect(await ask(`return_rate_${days}d`, { asOf: asOf - 1 })).toEqual(rate(0, 0))
    }
    const rated = { asOf: firstClosedAt + 30 * DAY }
    expect(await ask('evaluation_rate', rated)).toEqual(rate(0, 1))
    expect(await ask('evaluation_rate', { asOf: rated.asOf - 1 })).toEqual(rate(0, 0))
  })

  it('are resolved at the first time but for a request within ninety days or a bad rating', () =>
    expectFigures(
      {
        matters: [
          closed('before', { reviewRequestedAt: [firstClosedAt - 1] }),
          closed('at once', { reviewRequestedAt: [firstClosedAt] }),
          closed('last', { reviewRequestedAt: [firstClosedAt - 5, firstClosedAt + 90 * DAY] }),
          closed('later', { reviewRequestedAt: [firstClosedAt + 90 * DAY + 1] }),
          closed('recheck', { recheckRequestedAt: [firstClosedAt + DAY] }),
          closed('bad', { unitRating: 'dissatisfied' }),
          closed('office', { officeRating: 'dissatisfied' }),
        ],
      },
      { first_time_resolution_rate: rate(4, 7) },
    ))

  it('are rated, each target by itself', () =>
    expectFigures(
      {
        matters: [
          closed('a', { unitRating: 'satisfied', officeRating: 'dissatisfied' }),
          closed('b', { unitRating: 'basic' }),
          closed('c', { unitRating: 'dissatisfied', officeRating: 'basic' }),
          closed('d'),
        ],
      },
      {
        evaluation_rate: rate(3, 4),
        satisfaction_rate: rate(2, 3),
        evaluation_rate_office: rate(2, 4),
        satisfaction_rate_office: rate(1, 2),
      },
    ))

  it('have a review asked for by the end of the thirtieth day, and a recheck after it', () => {
    const limit = at('2024-05-31T23:59:59.999')
    const decided = at('2024-06-10T08:00:00')
    const decidedLimit = at('2024-07-10T23:59:59.999')
    return expectFigures(
      {
        matters: [
          closed('a', {
            reviewRequestedAt: [limit],
            reviewDecidedAt: decided,
            reviewResult: 'upheld',
          }),
          closed('b', { reviewRequestedAt: [limit + 1] }),
          closed('c', { reviewRequestedAt: [firstClosedAt - 1] }),
          closed('d', {
            reviewRequestedAt: [firstClosedAt],
            reviewDecidedAt: decided,
            reviewResult: 'changed',
            recheckRequestedAt: [decidedLimit],
            recheckDecidedAt: decided + 50 * DAY,
            recheckResult: 'revoked',
          }),
          closed('e', {
            reviewDecidedAt: decided,
            reviewResult: 'upheld',
            recheckRequestedAt: [decidedLimit + 1],
          }),
        ],
      },
      {
        review_request_rate: rate(2, 5),
        recheck_request_rate: rate(1, 3),
        review_change_rate: rate(2, 4),
      },
    )
  })
})

describe('campaigns', () => {
  const listedAt = at('2024-01-10')
  const resolvedAt = at('2024-03-01')
  const listing = (given: Partial<MatterRow['campaigns'][number]> = {}) => ({
    campaign: '清零行动',
    cohort: 'stock',
    reason: 'overdue',
    listedAt,
    resolvedAt,
    ...given,
  })

  it('resolve what is not petitioned within 180 days after the latest resolution', () =>
    expectFigures(
      {
        matters: [
          matter({ matterId: 'a', campaigns: [listing()] }),
          matter({ matterId: 'b', campaigns: [listing()], petitionTimes: [resolvedAt] }),
          matter({
            matterId: 'c',
            campaigns: [listing()],
            petitionTimes: [resolvedAt + 180 * DAY],
          }),
          matter({
            matterId: 'd',
            campaigns: [listing(), listing({ campaign: '攻坚', cohort: 'new' })],
            petitionTimes: [resolvedAt + 180 * DAY + 1],
          }),
          matter({ matterId: 'e', campaigns: [listing({ resolvedAt: listedAt - 1 })] }),
          matter({ matterId: 'f', campaigns: [listing({ resolvedAt: null })] }),
          // 180 days not over
          matter({ matterId: 'g', campaigns: [listing({ resolvedAt: NOW - 180 * DAY + 1 })] }),
          matter({ matterId: 'h', campaigns: [listing()], inScope: false }),
        ],
      },
      {
        backlog_listed: count(8),
        backlog_resolved: count(5),
        backlog_resolution_rate: rate(5, 8),
        backlog_rebound_rate: rate(1, 5),
      },
    ))

  it('are told apart by campaign and cohort', async () => {
    const { ask } = await world.given({
      matters: [
        matter({
          matterId: 'a',
          campaigns: [listing(), listing({ campaign: '攻坚', cohort: 'new' })],
        }),
        matter({ matterId: 'b', campaigns: [listing({ resolvedAt: null })] }),
      ],
    })
    expect(await ask('backlog_resolution_rate', { by: ['campaign', 'cohort'] })).toEqual([
      { campaign: '攻坚', cohort: 'new', numerator: 1, denominator: 1, value: 1 },
      { campaign: '清零行动', cohort: 'stock', numerator: 1, denominator: 2, value: 0.5 },
    ])
    expect(
      await ask('backlog_resolution_rate', { where: [{ key: 'cohort', values: ['new'] }] }),
    ).toEqual(rate(1, 1))
  })

  it('settle at or after the listing', () =>
    expectFigures(
      {
        matters: [
          matter({ matterId: 'a', campaigns: [listing()], settled: true, settledAt: listedAt }),
          matter({ matterId: 'b', campaigns: [listing()], settled: true, settledAt: listedAt - 1 }),
          matter({ matterId: 'c', campaigns: [listing()], settled: false, settledAt: listedAt }),
        ],
      },
      { settlement_rate: rate(1, 3) },
    ))

  it('propose by the first of three rules', async () => {
    const due = at('2024-05-01')
    const { ask } = await world.given({
      matters: [
        matter({ matterId: 'open', dueAt: due, acceptedAt: due - DAY }),
        matter({ matterId: 'late', dueAt: due, closedAt: due + 1, firstClosedAt: due + 1 }),
        matter({
          matterId: 'on time, came back',
          dueAt: due,
          closedAt: due,
          firstClosedAt: due,
          returnedAt: due + DAY,
        }),
        matter({
          matterId: 'reopened, open',
          dueAt: due,
          firstClosedAt: due,
          unitRating: 'dissatisfied',
        }),
        matter({
          matterId: 'came back, settled, dissatisfied',
          firstClosedAt: due,
          closedAt: due,
          returnedAt: due + DAY,
          settled: true,
          unitRating: 'dissatisfied',
        }),
        matter({ matterId: 'due later', dueAt: NOW }),
        matter({ matterId: 'litigation', dueAt: due, flags: ['litigation'] }),
        matter({ matterId: 'terminated', dueAt: due, terminatedAt: due }),
        matter({ matterId: 'out', dueAt: due, inScope: false }),
        matter({ matterId: 'plain' }),
      ],
    })
    expect(await ask('backlog_candidates')).toEqual(count(5))
    expect(await ask('backlog_candidates', { by: ['reason'] })).toEqual([
      { reason: 'dissatisfied', value: 1 },
      { reason: 'overdue', value: 3 },
      { reason: 'repeat', value: 1 },
    ])
    expect(
      await ask('backlog_candidates', { where: [{ key: 'reason', values: ['repeat', ''] }] }),
    ).toEqual(count(1))
    expect(await ask('backlog_candidates', { from: '2190-01-01', to: '2191-01-01' })).toEqual(
      count(5),
    )
  })
})

it('relief is summed, and its matters are counted once in a cell', async () => {
  const { ask } = await world.given({
    matters: [
      matter({
        matterId: 'a',
        region: '430102',
        inScope: false,
        relief: [
          { at: at('2024-01-05'), amountFen: 30_000 },
          { at: at('2024-01-06'), amountFen: 1 },
          { at: at('2024-03-05'), amountFen: 20_000 },
        ],
      }),
      matter({ matterId: 'b', region: '430103', relief: [{ at: at('2024-03-05'), amountFen: 0 }] }),
      matter({ matterId: 'c', voided: true, relief: [{ at: at('2024-03-05'), amountFen: 7 }] }),
    ],
  })
  expect(await ask('relief_amount')).toEqual(count(50_001))
  expect(await ask('relief_matters')).toEqual(count(2))
  expect(await ask('relief_matters', { by: ['quarter'], to: '2024-07-01' })).toEqual([
    { quarter: '2024-Q1', value: 2 },
    { quarter: '2024-Q2', value: 0 },
  ])
  expect(await ask('relief_matters', { by: ['month'], to: '2024-04-01' })).toEqual([
    { month: '2024-01', value: 1 },
    { month: '2024-02', value: 0 },
    { month: '2024-03', value: 2 },
  ])
})

it('matters come so far or further', () => {
  const registeredAt = at('2024-03-05T10:00:00')
  return expectFigures(
    {
      matters: [
        matter({ matterId: 'a', registeredAt }),
        matter({ matterId: 'b', registeredAt, forwardedAt: registeredAt }),
        matter({ matterId: 'c', registeredAt, acceptedAt: registeredAt }),
        matter({ matterId: 'd', registeredAt, closedAt: registeredAt }),
        matter({ matterId: 'e', registeredAt, closedAt: registeredAt, unitRating: 'basic' }),
        matter({ matterId: 'f', registeredAt, unitRating: 'basic' }),
        matter({ matterId: 'g', registeredAt, inScope: false }),
      ],
    },
    {
      funnel_registered: count(6),
      funnel_forwarded: count(4),
      funnel_accepted: count(3),
      funnel_closed: count(2),
      funnel_rated: count(1),
    },
  )
})
