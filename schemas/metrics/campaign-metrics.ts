import { DAY_MS, msOf, windowEnded } from './expressions.ts'
import { inScope, inScopeWords, mattersWords } from './matter-population.ts'
import type { Expression, Metric, Words } from './metric.ts'

const REBOUND_DAYS = 180

/** Its latest resolution, at or after the listing. */
const resolution: Expression = 'listing.resolved_at'
const isResolved: Expression = `(${resolution} IS NOT NULL AND ${resolution} >= listing.listed_at)`
const rebounded: Expression = `arrayExists(x -> x > ${resolution} AND toUnixTimestamp64Milli(x) - ${msOf(resolution)} <= ${REBOUND_DAYS * DAY_MS}, petition_times)`

const listings = {
  view: 'listings',
  population: inScope,
  populationWords: {
    zh: '范围内的信访事项，每个活动各算一次登记（列入）',
    en: 'matters in scope, one listing per matter and campaign',
  },
} as const
const listedAt = {
  at: 'listing.listed_at',
  atWords: { zh: '列入时间', en: 'listed at' },
} as const
const resolvedWords: Words = { zh: '最近一次化解时间', en: 'the latest resolution' }
const listed: Words = { zh: '列入', en: 'listed' }
const drive: Words = {
  zh: '集中治理重复信访、化解信访积案专项工作',
  en: 'National drive to resolve backlogs and repeated petitions',
}

/** Why a matter is a candidate; '' where it is none. Of several reasons the first. */
export const candidateReason: Expression = `multiIf(
  NOT (${inScope}) OR has(flags, 'litigation') OR terminated_at IS NOT NULL, '',
  due_at IS NOT NULL AND ${msOf('due_at')} < {asOf} AND (closed_at IS NULL OR first_closed_at IS NULL OR first_closed_at > due_at), 'overdue',
  returned_at IS NOT NULL AND NOT settled, 'repeat',
  unit_rating = 'dissatisfied', 'dissatisfied',
  '')`

/** Campaigns against backlogs (积案化解). */
export const campaignMetrics: readonly Metric[] = [
  {
    ...listings,
    ...listedAt,
    id: 'backlog_resolution_rate',
    names: { zh: '积案化解率', en: 'Backlog resolution rate' },
    meaning: {
      zh: '期内列入的积案中，截至统计时点已化解、其后一百八十日内未再信访的比例',
      en: 'Of the listings of the period, those resolved as of the date of knowledge with no petition within 180 days after it',
    },
    source: drive,
    basis: 'R',
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件',
        where: `${isResolved} AND NOT ${rebounded}`,
        words: { zh: '已化解', en: 'resolved' },
      },
      denominator: { unit: '件', words: listed },
    },
    direction: 'good',
    example: { zh: '列入 89 件，化解 81 件：91.01%', en: '81 of 89 resolved: 91.01 %' },
  },
  {
    ...listings,
    ...listedAt,
    id: 'backlog_listed',
    names: { zh: '积案列入件数', en: 'Backlog listings' },
    meaning: {
      zh: '期内列入专项活动的积案，每件在每个活动只计一次',
      en: 'Listings of the period, one per matter and campaign',
    },
    source: drive,
    basis: 'E',
    measure: { kind: 'count', value: { unit: '件', words: listed } },
    direction: 'neutral',
    example: { zh: '一件事项两次列入同一活动：1', en: 'A matter listed twice in one campaign: 1' },
  },
  {
    ...listings,
    id: 'backlog_resolved',
    names: { zh: '积案化解件数', en: 'Backlog resolutions' },
    meaning: {
      zh: '期内化解、其后一百八十日内未再信访的积案',
      en: 'Listings resolved in the period, with no petition within 180 days after it',
    },
    source: drive,
    basis: 'E',
    population: `${inScope} AND ${isResolved} AND NOT ${rebounded}`,
    at: resolution,
    atWords: resolvedWords,
    measure: { kind: 'count', value: { unit: '件', words: { zh: '化解', en: 'resolved' } } },
    direction: 'good',
    example: {
      zh: '三月化解、五月又信访的：不计入三月',
      en: 'Resolved in March and petitioned again in May: not in March',
    },
  },
  {
    ...listings,
    id: 'backlog_rebound_rate',
    names: { zh: '积案反弹率', en: 'Backlog rebound rate' },
    meaning: {
      zh: '期内化解的积案中，其后一百八十日内再次信访的比例',
      en: 'Of the listings resolved in the period, those petitioned again within 180 days',
    },
    source: drive,
    basis: 'E',
    population: `${inScope} AND ${isResolved} AND ${windowEnded(resolution, REBOUND_DAYS)}`,
    populationWords: {
      zh: '范围内、已化解且其后一百八十日已满的积案',
      en: 'listings of matters in scope whose 180 days since the resolution have gone by',
    },
    at: resolution,
    atWords: resolvedWords,
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件',
        where: rebounded,
        words: { zh: '再次信访', en: 'petitioned again' },
      },
      denominator: { unit: '件', words: { zh: '化解', en: 'resolved' } },
    },
    direction: 'bad',
    exclusions: {
      zh: '化解后未满一百八十日的不计入',
      en: 'resolutions less than 180 days before asOf are left out',
    },
    example: { zh: '化解 50 件，反弹 3 件：6.00%', en: '3 of 50 came back: 6.00 %' },
  },
  {
    ...listings,
    ...listedAt,
    id: 'settlement_rate',
    names: { zh: '息诉罢访率', en: 'Settlement rate' },
    meaning: {
      zh: '期内列入的积案中，列入后确认息诉罢访、其后没有再次信访的比例',
      en: 'Of the listings of the period, those settled at or after the listing with no petition since',
    },
    source: drive,
    basis: 'R',
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件',
        where: 'settled AND settled_at >= listing.listed_at',
        words: { zh: '息诉罢访', en: 'settled' },
      },
      denominator: { unit: '件', words: listed },
    },
    direction: 'good',
    example: { zh: '列入 28 件，息诉罢访 10 件：35.71%', en: '10 of 28 settled: 35.71 %' },
  },
  {
    id: 'backlog_candidates',
    names: { zh: '积案候选件数', en: 'Backlog candidates' },
    meaning: {
      zh: '截至统计时点符合积案三类标准之一的信访事项：超期未按期办结，或办结后重复信访未息诉，或对责任单位不满意；同时符合几类的只计第一类',
      en: 'Matters that meet one of the three rules as of the date of knowledge: overdue or not closed in time, else petitioned again after closing and not settled, else a unit rated dissatisfied',
    },
    source: drive,
    basis: '–',
    view: 'candidates',
    population: `${candidateReason} != ''`,
    populationWords: inScopeWords,
    atWords: { zh: '统计时点，与期间无关', en: 'as of the date of knowledge, whatever the period' },
    measure: { kind: 'count', value: { unit: '件', words: mattersWords } },
    direction: 'bad',
    exclusions: {
      zh: '涉法涉诉的和已三级终结的不计入',
      en: 'matters flagged as litigation and terminated ones are left out',
    },
    example: {
      zh: '既超期又重复信访的：1 件，归入超期',
      en: 'One both overdue and petitioned again: 1, under overdue',
    },
  },
]
