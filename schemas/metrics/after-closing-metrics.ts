import { DAY_MS, msOf, windowEnded, withinDays } from './expressions.ts'
import { article, firstClosedWords, inScope } from './matter-population.ts'
import type { Expression, Metric, Words } from './metric.ts'

const firstTime = (days: number) => ({
  basis: 'E' as const,
  view: 'matters' as const,
  population: `${inScope} AND petitions_at_first_closing = 1 AND ${windowEnded('first_closed_at', days)}`,
  populationWords: {
    zh: `范围内、首次办结时只有一次有效登记、其后${days}日已满的信访事项`,
    en: `matters in scope with one counted petition at their first closing, whose ${days} days since have gone by`,
  },
  at: 'first_closed_at',
  atWords: firstClosedWords,
  exclusions: {
    zh: `办结后未满${days}日的不计入：越近的月份，暂缺的越多`,
    en: `closures less than ${days} days before asOf are left out: recent months are incomplete`,
  },
})

const closures: Words = { zh: '初次办结', en: 'first-time closures' }
const cameBack = (days: number): Expression => withinDays('returned_at', 'first_closed_at', days)
const returnSource: Words = {
  zh: '实际做法：办结后重复信访；窗口为本系统约定',
  en: 'Practice: petitions after closing; the window is a convention of this system',
}

const returnRate = (days: number): Metric => ({
  ...firstTime(days),
  id: `return_rate_${days}d`,
  names: { zh: `办结后${days}日重复信访率`, en: `Return rate within ${days} days` },
  meaning: {
    zh: `期内初次办结的信访事项中，其后${days}日内再次信访的比例`,
    en: `Of the first-time closures of the period, those petitioned again within ${days} days`,
  },
  source: returnSource,
  measure: {
    kind: 'rate',
    numerator: {
      unit: '件',
      where: cameBack(days),
      words: { zh: `${days}日内再访`, en: `returned within ${days} days` },
    },
    denominator: { unit: '件', words: closures },
  },
  direction: 'bad',
  example: {
    zh: `初次办结 100 件，${days}日内再访 14 件：14.00%`,
    en: `14 of 100 came back within ${days} days: 14.00 %`,
  },
})

const RESOLUTION_DAYS = 90
/** At the moment of closing a request comes after it: the types' order says so. */
const reviewWithin = `arrayExists(x -> x >= first_closed_at AND toUnixTimestamp64Milli(x) - ${msOf('first_closed_at')} <= ${RESOLUTION_DAYS * DAY_MS}, review_requested_at)`

const RATING_DAYS = 30
type Target = {
  readonly suffix: string
  readonly column: Expression
  readonly zh: string
  readonly en: string
}
const targets: readonly Target[] = [
  { suffix: '', column: 'unit_rating', zh: '责任单位', en: 'the responsible unit' },
  { suffix: '_office', column: 'office_rating', zh: '信访部门', en: 'the petition office' },
]

const ratings = ({ suffix, column, zh, en }: Target): readonly Metric[] => [
  {
    ...firstTime(RATING_DAYS),
    id: `evaluation_rate${suffix}`,
    names: { zh: `群众参评率（${zh}）`, en: `Evaluation rate (${en})` },
    meaning: {
      zh: `期内初次办结、评价期已满的信访事项中，信访人评价了${zh}的比例`,
      en: `Of the first-time closures of the period whose days for rating have gone by, those whose petitioner rated ${en}`,
    },
    source: {
      zh: '满意度评价办法：初次信访事项参评',
      en: 'Rules on evaluation: first petitions are evaluated',
    },
    measure: {
      kind: 'rate',
      numerator: { unit: '件', where: `${column} != ''`, words: { zh: '已评价', en: 'rated' } },
      denominator: { unit: '件', words: closures },
    },
    direction: 'good',
    example: { zh: '应评 200 件，已评 150 件：75.00%', en: '150 of 200 rated: 75.00 %' },
  },
  {
    ...firstTime(RATING_DAYS),
    id: `satisfaction_rate${suffix}`,
    names: { zh: `群众满意率（${zh}）`, en: `Satisfaction rate (${en})` },
    meaning: {
      zh: `评价了${zh}的信访事项中，满意和基本满意的比例；须与参评率一并看`,
      en: `Of those that rated ${en}, the satisfied and basically satisfied; to be read with the evaluation rate`,
    },
    source: {
      zh: '满意度评价办法：（满意 + 基本满意）/ 已评价',
      en: 'Rules on evaluation: (satisfied + basic) / rated',
    },
    population: `${firstTime(RATING_DAYS).population} AND ${column} != ''`,
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件',
        where: `${column} IN ('satisfied', 'basic')`,
        words: { zh: '满意和基本满意', en: 'satisfied or basically so' },
      },
      denominator: { unit: '件', words: { zh: '已评价', en: 'rated' } },
    },
    direction: 'good',
    example: {
      zh: '已评 150 件，满意 120、基本满意 18：92.00%',
      en: '150 rated, 120 satisfied, 18 basically: 92.00 %',
    },
  },
]

/** What follows the first closing of matters that had one petition by then. */
export const afterClosingMetrics: readonly Metric[] = [
  ...[30, 60, 90, 180].map(returnRate),
  {
    ...firstTime(RESOLUTION_DAYS),
    id: 'first_time_resolution_rate',
    names: { zh: '初次信访一次性化解率', en: 'First-time resolution rate' },
    meaning: {
      zh: '期内初次办结的信访事项中，其后九十日内没有再次信访、没有申请复查，且责任单位未被评为不满意的比例',
      en: 'Of the first-time closures of the period, those with no petition and no request for review within ninety days, and a unit not rated dissatisfied',
    },
    source: article('三十四', 34),
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件',
        where: `NOT ${cameBack(RESOLUTION_DAYS)} AND NOT ${reviewWithin} AND unit_rating != 'dissatisfied'`,
        words: { zh: '一次性化解', en: 'resolved at the first time' },
      },
      denominator: { unit: '件', words: closures },
    },
    direction: 'good',
    example: {
      zh: '初次办结 100 件，再访 14、申请复查 2、不满意 3（不重叠）：81.00%',
      en: '100 closures, 14 returned, 2 asked for review, 3 dissatisfied, none twice: 81.00 %',
    },
  },
  ...targets.flatMap(ratings),
]
