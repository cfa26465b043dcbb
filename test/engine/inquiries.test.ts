import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askFigure, type FigureDeps } from '../../dashboards/figures/ask.ts'
import type { FigureQuestion } from '../../dashboards/figures/question.ts'
import { parseWhere } from '../../dashboards/figures/where-text.ts'
import { askCampaign } from '../../dashboards/inquiries/campaign.ts'
import { askCases, type Case } from '../../dashboards/inquiries/cases.ts'
import { askRank } from '../../dashboards/inquiries/rank.ts'
import { kindOf } from '../../schemas/metrics/metric.ts'
import { metrics } from '../../schemas/metrics/registry.ts'
import { bulkWorld } from '../reference/bulk-world.ts'
import { referenceFold } from '../reference/fold.ts'
import { receivedEvents } from '../reference/histories.ts'
import { createFolded, matter, petition } from './figures-rows.ts'
import { at, DAY, type FiguresWorld, NOW, openFiguresWorld, type Rows } from './figures-world.ts'

const timezone = 'Asia/Shanghai'

let world: FiguresWorld
let bulk: FigureDeps
let made = 0
const depsOf = async (rows: Rows): Promise<FigureDeps> => {
  const relations = await createFolded(world.store, `_inquiry_${++made}`, {
    matters: rows.matters ?? [],
    petitions: rows.petitions ?? [],
  })
  return {
    store: world.store,
    relationsAt: async () => relations,
    watermark: () => NOW,
    now: () => NOW,
    settings: { timezone, monthStart: 1, collectiveThreshold: 5 },
  }
}
beforeAll(async () => {
  world = await openFiguresWorld()
  const events = receivedEvents(bulkWorld({ seed: 5, matters: 300, prefix: 'c' }))
  bulk = await depsOf(referenceFold(events, { timezone, asOf: NOW }))
})
afterAll(() => world.close())

/** Every page, one behind another. */
const allCases = async (question: FigureQuestion, limit: number): Promise<readonly Case[]> => {
  const cases: Case[] = []
  let after: string | null = ''
  while (after !== null) {
    const page = await askCases(bulk, { ...question, after, limit, events: false })
    expect(page.cases.length).toBeLessThanOrEqual(limit)
    cases.push(...page.cases)
    after = page.next
  }
  return cases
}

const sum = (values: readonly (number | null | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0)

const question = fc.record({
  period: fc.constantFrom(
    ['2022-01-01', '2025-01-01'],
    ['2023-07-01', '2024-01-01'],
    ['2024-03-01', '2024-04-01'],
  ),
  where: fc.constantFrom(
    '',
    'channel=visit|online',
    'region=430102',
    'category@1=城建',
    'purpose=appeal',
  ),
  limit: fc.constantFrom(7, 50, 1000),
})

describe('the matters behind a figure', () => {
  it.each(metrics.map((metric) => [metric.id, metric] as const))(
    'add up to %s, whatever the pages',
    async (id, metric) => {
      for (const { period, where, limit } of fc.sample(question, { numRuns: 3, seed: 3 })) {
        const [from = '', to = ''] = period
        const asked = { metric: id, from, to, where: where === '' ? [] : parseWhere(where) }
        const cases = await allCases(asked, limit)
        const [row] = (await askFigure(bulk, asked)).rows
        const ids = cases.map(({ matterId }) => matterId)
        expect(new Set(ids).size).toBe(ids.length)
        expect([...ids].sort()).toEqual(ids)
        if (kindOf(metric) === 'rate') {
          expect(sum(cases.map(({ numerator }) => numerator))).toBe(row?.['numerator'])
          expect(sum(cases.map(({ denominator }) => denominator))).toBe(row?.['denominator'])
        } else if (kindOf(metric) === 'count')
          expect(sum(cases.map(({ value }) => value))).toBe(row?.['value'])
        else
          expect(cases.filter(({ value }) => value === null)).toHaveLength(
            Number(row?.['excluded']),
          )
        for (const { state } of cases) expect(state).not.toEqual({})
      }
    },
  )

  it('say their state and their petitions, and nobody who brought them', async () => {
    const deps = await depsOf({
      matters: [
        matter({
          matterId: 'a',
          registeredAt: at('2024-03-01'),
          region: '430102',
          unitRating: 'basic',
        }),
      ],
      petitions: [
        petition({ petitionId: '1', matterId: 'a', time: at('2024-03-01'), region: '430102' }),
        petition({ petitionId: '2', matterId: 'a', time: at('2024-04-01'), repeat: true }),
      ],
    })
    const { cases } = await askCases(deps, {
      metric: 'matters',
      from: '2024-01-01',
      to: '2025-01-01',
      after: '',
      limit: 10,
      events: false,
    })
    expect(cases).toMatchObject([
      {
        matterId: 'a',
        value: 1,
        state: { region: '430102', registeredAt: '2024-03-01T00:00:00+08:00', unitRating: 'basic' },
        petitions: [
          { petitionId: '1', time: '2024-03-01T00:00:00+08:00', repeat: false },
          { petitionId: '2', time: '2024-04-01T00:00:00+08:00', repeat: true },
        ],
      },
    ])
    expect(JSON.stringify(cases)).not.toContain('petitioners')
  })

  it('are none where the page is too large or nothing is asked', async () => {
    const asked = {
      metric: 'matters',
      from: '2024-01-01',
      to: '2025-01-01',
      after: '',
      events: false,
    }
    for (const limit of [0, 1001, Number.NaN, 1.5])
      await expect(askCases(bulk, { ...asked, limit })).rejects.toThrow('--limit is a whole number')
  })
})

describe('a ranking', () => {
  const closed = (matterId: string, org: string, onTime: boolean, month = '03') => {
    const dueAt = at(`2024-${month}-15`)
    return matter({
      matterId,
      org,
      acceptedAt: dueAt - 60 * DAY,
      dueAt,
      firstClosedAt: onTime ? dueAt : dueAt + 1,
    })
  }
  const march = { from: '2024-03-01', to: '2024-04-01', by: ['org'] }

  it('has ties share a rank, and small units none', async () => {
    const deps = await depsOf({
      matters: [
        closed('1', '甲', true),
        closed('2', '甲', false),
        closed('3', '乙', true),
        closed('4', '乙', false),
        closed('5', '丙', false),
        closed('6', '丙', false),
        closed('7', '丁', true),
        closed('8', '甲', false, '02'),
        closed('9', '甲', false, '02'),
        closed('10', '丙', true, '02'),
        closed('11', '丙', true, '02'),
      ],
    })
    const answer = await askRank(deps, { metric: 'on_time_closure_rate', ...march, min: 2 })
    expect(answer).toMatchObject({
      order: 'highest',
      previous: { from: '2024-02-01', to: '2024-03-01' },
    })
    expect(
      answer.rows.map(({ org, value, rank, previousRank, rankChange, ranked }) => ({
        org,
        value,
        rank,
        previousRank,
        rankChange,
        ranked,
      })),
    ).toEqual([
      { org: '乙', value: 0.5, rank: 1, previousRank: null, rankChange: null, ranked: true },
      { org: '甲', value: 0.5, rank: 1, previousRank: 2, rankChange: 1, ranked: true },
      { org: '丙', value: 0, rank: 3, previousRank: 1, rankChange: -2, ranked: true },
      { org: '丁', value: 1, rank: null, previousRank: null, rankChange: null, ranked: false },
    ])
  })

  it('has the lowest first where a rise is bad', async () => {
    const deps = await depsOf({
      petitions: ['甲', '甲', '乙'].map((org, n) =>
        petition({ petitionId: String(n), org, time: at('2024-03-05') }),
      ),
    })
    const { rows } = await askRank(deps, { metric: 'petitions', ...march, min: 1 })
    expect(rows.map(({ org, rank }) => [org, rank])).toEqual([
      ['乙', 1],
      ['甲', 2],
    ])
  })

  it.each([[[]], [['month']], [['month', 'org']]])('is refused by %j', async (by) => {
    await expect(askRank(bulk, { metric: 'petitions', ...march, by, min: 1 })).rejects.toThrow(
      'A ranking needs what is ranked',
    )
  })
})

describe('a campaign', () => {
  it('is told in all, by cohort and by week, as its figures are', async () => {
    const listing = (cohort: string, listedAt: string, resolvedAt?: string) => ({
      campaign: '清零',
      cohort,
      reason: '',
      listedAt: at(listedAt),
      resolvedAt: resolvedAt === undefined ? null : at(resolvedAt),
    })
    const deps = await depsOf({
      matters: [
        matter({ matterId: 'a', campaigns: [listing('stock', '2024-01-02', '2024-01-10')] }),
        matter({
          matterId: 'b',
          campaigns: [listing('stock', '2024-01-02', '2024-01-11')],
          petitionTimes: [at('2024-02-01')],
        }),
        matter({ matterId: 'c', campaigns: [listing('new', '2024-01-09')] }),
        matter({
          matterId: 'd',
          campaigns: [{ ...listing('new', '2024-01-09'), campaign: '攻坚' }],
        }),
      ],
    })
    expect(await askCampaign(deps, { campaign: '清零' })).toEqual({
      campaign: '清零',
      asOf: '2025-06-01T00:00:00+08:00',
      receivedBy: '2025-06-01T00:00:00+08:00',
      listed: 3,
      resolved: 1,
      rebound: 1,
      rate: 1 / 3,
      cohorts: [
        { cohort: 'new', listed: 1, resolved: 0, rebound: 0, rate: 0 },
        { cohort: 'stock', listed: 2, resolved: 1, rebound: 1, rate: 0.5 },
      ],
      weeks: [
        { week: '2024-W01', listed: 2, resolved: 0, rebound: 0, rate: 0 },
        { week: '2024-W02', listed: 1, resolved: 1, rebound: 1, rate: 1 / 3 },
      ],
    })
    expect(await askCampaign(deps, { campaign: '无' })).toMatchObject({
      listed: 0,
      rate: null,
      weeks: [],
    })
  })
})
