import { legalLimit } from './expressions.ts'
import { article, closedWords, inScope, inScopeWords } from './matter-population.ts'
import type { Expression, Metric, Words } from './metric.ts'

const dueWords = {
  zh: '范围内、有办理期限的信访事项',
  en: 'matters in scope that have a due time',
}
const redirectedOut = {
  zh: '首次办结为“转法定途径”的不计入分子和分母',
  en: 'a first closing `redirected` is left out of both parts',
}
const due: Expression = `${inScope} AND due_at IS NOT NULL AND first_outcome != 'redirected'`
const onTime: Expression = 'first_closed_at IS NOT NULL AND first_closed_at <= due_at'
const onTimeWords = { zh: '按期办结', en: 'on time' }

const NOTICE_DAYS = 15
const noticeLimit = legalLimit('registered_at', NOTICE_DAYS)

/** On time over all that were due in the period. */
const onTimeOfDue = (
  which: { readonly where: Expression; readonly words: Words } | undefined,
  told: Pick<Metric, 'id' | 'names' | 'meaning' | 'source' | 'example'>,
): Metric => ({
  ...told,
  basis: 'D',
  view: 'matters',
  population: which === undefined ? due : `${due} AND ${which.where}`,
  populationWords: which?.words ?? dueWords,
  at: 'due_at',
  atWords: { zh: '办理期限', en: 'due time, with an approved extension' },
  measure: {
    kind: 'rate',
    numerator: { unit: '件', where: onTime, words: onTimeWords },
    denominator: { unit: '件', words: { zh: '应办结', en: 'due' } },
  },
  direction: 'good',
  exclusions: redirectedOut,
})

/** Done within fifteen days over all whose fifteenth day lies in the period. */
const withinFifteen = (
  done: { readonly where: Expression; readonly words: Words },
  told: Pick<Metric, 'id' | 'names' | 'meaning' | 'source' | 'example'>,
): Metric => ({
  ...told,
  basis: 'D',
  view: 'matters',
  population: `${inScope} AND registered_at IS NOT NULL`,
  populationWords: inScopeWords,
  at: noticeLimit,
  atWords: {
    zh: '首次登记后第十五日终了',
    en: 'end of the fifteenth day after the first petition',
  },
  measure: {
    kind: 'rate',
    numerator: { unit: '件', ...done },
    denominator: { unit: '件', words: { zh: '已满十五日', en: 'fifteen days gone by' } },
  },
  direction: 'good',
})

/** Against the limits of the law: D, by the day the limit ends. */
export const timeLimitMetrics: readonly Metric[] = [
  withinFifteen(
    {
      where: `notified_at IS NOT NULL AND notified_at <= ${noticeLimit}`,
      words: { zh: '按期告知', en: 'told in time' },
    },
    {
      id: 'timely_notice_rate',
      names: { zh: '及时受理告知率', en: 'Timely notice rate' },
      meaning: {
        zh: '第十五日在期内的信访事项中，届时已告知信访人的比例；没有告知时间的按受理时间',
        en: 'Of the matters whose fifteenth day lies in the period, those whose petitioner was told by then; accepted at stands for a notice without a time',
      },
      source: article('二十三', 23),
      example: {
        zh: '1 月 1 日登记，16 日 23:59 前告知：按期',
        en: 'Registered on 1 January, told before 16 January ends: in time',
      },
    },
  ),
  withinFifteen(
    {
      where: `((forwarded_at IS NOT NULL AND forwarded_at <= ${noticeLimit}) OR (accepted_at IS NOT NULL AND accepted_at <= ${noticeLimit}))`,
      words: { zh: '按期转送、交办或受理', en: 'forwarded or accepted in time' },
    },
    {
      id: 'timely_forward_rate',
      names: { zh: '及时转送交办率', en: 'Timely forwarding rate' },
      meaning: {
        zh: '第十五日在期内的信访事项中，届时已转送、交办或受理的比例',
        en: 'Of the matters whose fifteenth day lies in the period, those forwarded or accepted by then',
      },
      source: article('二十二', 22),
      example: {
        zh: '100 件满十五日，97 件已转送或受理：97.00%',
        en: '97 of 100 forwarded or accepted by then: 97.00 %',
      },
    },
  ),
  onTimeOfDue(undefined, {
    id: 'on_time_closure_rate',
    names: { zh: '按期办结率', en: 'On-time closure rate' },
    meaning: {
      zh: '期内到期（应办结）的信访事项中，首次办结不晚于期限的比例',
      en: 'Of the matters due in the period, those first closed at or before their due time',
    },
    source: article('三十四', 34),
    example: {
      zh: '应办结 24932 件，按期 22345 件：89.62%',
      en: '24,932 due, 22,345 on time: 89.62 %',
    },
  }),
  {
    id: 'closed_on_time_share',
    names: { zh: '已办结件按期率', en: 'On time among closed' },
    meaning: {
      zh: '期内办结且有期限的信访事项中，首次办结不晚于期限的比例；不反映超期未办结的',
      en: 'Of the matters closed in the period that have a due time, those first closed by it; blind to open overdue ones',
    },
    source: { zh: '实际做法：按期办结数 / 已办结数', en: 'Practice: on time / closed' },
    basis: 'E',
    view: 'matters',
    population: due,
    populationWords: dueWords,
    at: 'closed_at',
    atWords: closedWords,
    measure: {
      kind: 'rate',
      numerator: { unit: '件', where: onTime, words: onTimeWords },
      denominator: { unit: '件', words: { zh: '有期限的办结', en: 'closed with a due time' } },
    },
    direction: 'good',
    exclusions: redirectedOut,
    example: { zh: '办结 50 件，按期 49 件：98.00%', en: '49 of 50 closed on time: 98.00 %' },
  },
  onTimeOfDue(
    {
      where: 'lead_level > 0',
      words: {
        zh: '范围内、有办理期限、由领导包案的信访事项',
        en: 'matters in scope with a due time and a leader in charge',
      },
    },
    {
      id: 'lead_on_time_rate',
      names: { zh: '领导包案按期办结率', en: 'On-time rate of matters led by a leader' },
      meaning: {
        zh: '期内到期、由领导包案的信访事项中，首次办结不晚于期限的比例',
        en: 'The on-time closure rate over matters a leader took charge of',
      },
      source: article('三十四', 34),
      example: { zh: '包案到期 40 件，按期 38 件：95.00%', en: '38 of 40 on time: 95.00 %' },
    },
  ),
  onTimeOfDue(
    {
      where: 'supervised',
      words: {
        zh: '范围内、有办理期限、被督办的信访事项',
        en: 'matters in scope with a due time that were supervised',
      },
    },
    {
      id: 'supervised_on_time_rate',
      names: { zh: '督办件按期办结率', en: 'On-time rate of supervised matters' },
      meaning: {
        zh: '期内到期、被督办的信访事项中，首次办结不晚于期限的比例',
        en: 'The on-time closure rate over supervised matters',
      },
      source: article('三十四', 34),
      example: { zh: '督办到期 20 件，按期 17 件：85.00%', en: '17 of 20 on time: 85.00 %' },
    },
  ),
]
