import { legalLimit } from './expressions.ts'
import { article, inScope, inScopeWords } from './matter-population.ts'
import type { Expression, Metric } from './metric.ts'

const REQUEST_DAYS = 30

/** Requested from `start` to the end of the thirtieth day after it; both included. */
const requestedInTime = (requests: Expression, start: Expression): Expression =>
  `arrayExists(x -> x >= ${start} AND x <= ${legalLimit(start, REQUEST_DAYS)}, ${requests})`

const requestRate = (
  {
    start,
    requests,
    zh,
    en,
  }: {
    readonly start: Expression
    readonly requests: Expression
    readonly zh: string
    readonly en: string
  },
  told: Pick<Metric, 'id' | 'names' | 'meaning' | 'source' | 'example'>,
): Metric => ({
  ...told,
  basis: 'D',
  view: 'matters',
  population: `${inScope} AND ${start} IS NOT NULL`,
  populationWords: inScopeWords,
  at: legalLimit(start, REQUEST_DAYS),
  atWords: { zh: `${zh}后第三十日终了`, en: `end of the thirtieth day after the ${en}` },
  measure: {
    kind: 'rate',
    numerator: {
      unit: '件',
      where: requestedInTime(requests, start),
      words: { zh: '期限内申请', en: 'requested in time' },
    },
    denominator: { unit: '件', words: { zh: '申请期限已满', en: 'time for requests gone by' } },
  },
  direction: 'bad',
})

/** Review (复查) and recheck (复核). */
export const reviewMetrics: readonly Metric[] = [
  requestRate(
    {
      start: 'first_closed_at',
      requests: 'review_requested_at',
      zh: '首次办结',
      en: 'first closing',
    },
    {
      id: 'review_request_rate',
      names: { zh: '复查申请率', en: 'Review request rate' },
      meaning: {
        zh: '首次办结后第三十日在期内的信访事项中，其间申请复查的比例',
        en: 'Of the matters whose thirtieth day after the first closing lies in the period, those for which a review was requested between the two',
      },
      source: article('三十五', 35),
      example: { zh: '100 件满三十日，申请复查 4 件：4.00%', en: '4 of 100 requested: 4.00 %' },
    },
  ),
  requestRate(
    {
      start: 'review_decided_at',
      requests: 'recheck_requested_at',
      zh: '复查决定',
      en: 'review decision',
    },
    {
      id: 'recheck_request_rate',
      names: { zh: '复核申请率', en: 'Recheck request rate' },
      meaning: {
        zh: '复查决定后第三十日在期内的信访事项中，其间申请复核的比例',
        en: 'Of the matters whose thirtieth day after the review decision lies in the period, those for which a recheck was requested between the two',
      },
      source: article('三十六', 36),
      example: { zh: '20 件复查满三十日，申请复核 5 件：25.00%', en: '5 of 20 requested: 25.00 %' },
    },
  ),
  {
    id: 'review_change_rate',
    names: { zh: '复查复核改变率', en: 'Change rate of reviews' },
    meaning: {
      zh: '期内作出的复查、复核决定中，改变或撤销原处理意见的比例；每一级按最早的决定',
      en: 'Of the review and recheck decisions of the period, those that changed or revoked; the earliest of each stage counts',
    },
    source: article('三十五', '35–36'),
    basis: 'E',
    view: 'decisions',
    population: inScope,
    populationWords: inScopeWords,
    at: 'decision.2',
    atWords: { zh: '决定时间', en: 'time of the decision' },
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件',
        where: "decision.3 IN ('changed', 'revoked')",
        words: { zh: '改变或撤销', en: 'changed or revoked' },
      },
      denominator: { unit: '件', words: { zh: '决定', en: 'decisions' } },
    },
    direction: 'bad',
    example: {
      zh: '一件事项复查维持、复核撤销：两个决定中 1 个改变，50.00%',
      en: 'A matter upheld at review and revoked at recheck: 1 of 2 decisions, 50.00 %',
    },
  },
]
