import type { Metric } from './metric.ts'

const inScope = 'present AND NOT voided AND in_scope'
const inScopeWords = {
  zh: '范围内的信访事项（未不予受理、未撤回、未并入、未作废）',
  en: 'matters in scope (not declined, withdrawn, merged away or void)',
}
const dueWords = {
  zh: '范围内、有办理期限的信访事项',
  en: 'matters in scope that have a due time',
}
const redirectedOut = {
  zh: '首次办结为“转法定途径”的不计入分子和分母',
  en: 'a first closing `redirected` is left out of both parts',
}
const notRedirected = "due_at IS NOT NULL AND first_outcome != 'redirected'"
const onTime = 'first_closed_at IS NOT NULL AND first_closed_at <= due_at'
const acceptedWords = { zh: '受理时间', en: 'accepted at' }
const closedWords = { zh: '办结时间', en: 'closed at' }

export const matterMetrics: readonly Metric[] = [
  {
    id: 'matters',
    names: { zh: '信访事项件数', en: 'Matters' },
    meaning: {
      zh: '首次登记在期内的信访事项，不论是否在范围内',
      en: 'Matters first registered in the period, in scope or not',
    },
    source: { zh: '统计惯例：件', en: 'Statistical convention: matters' },
    basis: 'E',
    view: 'matters',
    population: "present AND NOT voided AND merged_into = ''",
    populationWords: { zh: '未作废、未并入的信访事项', en: 'matters neither void nor merged away' },
    at: 'registered_at',
    atWords: { zh: '首次登记时间', en: 'time of the first petition' },
    measure: { kind: 'count', value: { unit: '件', words: { zh: '件', en: 'matters' } } },
    direction: 'bad',
  },
  {
    id: 'accepted',
    names: { zh: '受理件数', en: 'Accepted' },
    meaning: { zh: '期内受理的信访事项', en: 'Matters accepted in the period' },
    source: { zh: '《信访工作条例》第二十三条', en: 'Regulation on petition work (2022), art. 23' },
    basis: 'E',
    view: 'matters',
    population: inScope,
    populationWords: inScopeWords,
    at: 'accepted_at',
    atWords: acceptedWords,
    measure: { kind: 'count', value: { unit: '件', words: { zh: '件', en: 'matters' } } },
    direction: 'neutral',
  },
  {
    id: 'closures',
    names: { zh: '办结件数', en: 'Closures' },
    meaning: { zh: '期内办结的信访事项', en: 'Matters closed in the period' },
    source: { zh: '《信访工作条例》第三十四条', en: 'Regulation on petition work (2022), art. 34' },
    basis: 'E',
    view: 'matters',
    population: inScope,
    populationWords: inScopeWords,
    at: 'closed_at',
    atWords: closedWords,
    measure: { kind: 'count', value: { unit: '件', words: { zh: '件', en: 'matters' } } },
    direction: 'good',
  },
  {
    id: 'closure_rate',
    names: { zh: '办结率', en: 'Closure rate' },
    meaning: {
      zh: '期内受理的信访事项中，截至统计时点已办结的比例',
      en: 'Of the matters accepted in the period, those closed as of the date of knowledge',
    },
    source: { zh: '办结 + 正在办理 = 受理', en: 'Practice: closed + open = accepted' },
    basis: 'R',
    view: 'matters',
    population: inScope,
    populationWords: inScopeWords,
    at: 'accepted_at',
    atWords: acceptedWords,
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件',
        where: 'closed_at IS NOT NULL',
        words: { zh: '已办结', en: 'closed' },
      },
      denominator: { unit: '件', words: { zh: '受理', en: 'accepted' } },
    },
    direction: 'good',
  },
  {
    id: 'on_time_closure_rate',
    names: { zh: '按期办结率', en: 'On-time closure rate' },
    meaning: {
      zh: '期内到期（应办结）的信访事项中，首次办结不晚于期限的比例',
      en: 'Of the matters due in the period, those first closed at or before their due time',
    },
    source: { zh: '《信访工作条例》第三十四条', en: 'Regulation on petition work (2022), art. 34' },
    basis: 'D',
    view: 'matters',
    population: `${inScope} AND ${notRedirected}`,
    populationWords: dueWords,
    at: 'due_at',
    atWords: { zh: '办理期限', en: 'due time, with an approved extension' },
    measure: {
      kind: 'rate',
      numerator: { unit: '件', where: onTime, words: { zh: '按期办结', en: 'on time' } },
      denominator: { unit: '件', words: { zh: '应办结', en: 'due' } },
    },
    direction: 'good',
    exclusions: redirectedOut,
  },
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
    population: `${inScope} AND ${notRedirected}`,
    populationWords: dueWords,
    at: 'closed_at',
    atWords: closedWords,
    measure: {
      kind: 'rate',
      numerator: { unit: '件', where: onTime, words: { zh: '按期办结', en: 'on time' } },
      denominator: { unit: '件', words: { zh: '有期限的办结', en: 'closed with a due time' } },
    },
    direction: 'good',
    exclusions: redirectedOut,
  },
  ...(
    [
      ['median_days_to_close', '办结用时中位数', 'Median days to close', 1, 2],
      ['p90_days_to_close', '办结用时90分位', '90th percentile of days to close', 9, 10],
    ] as const
  ).map(
    ([id, zh, en, numerator, denominator]): Metric => ({
      id,
      names: { zh, en },
      meaning: {
        zh: '期内办结的信访事项从首次登记到办结的天数（每天86400秒）的精确分位数，线性插值',
        en: 'Exact quantile, linear between neighbours, of the days of 86,400 s from first petition to closing, over the matters closed in the period',
      },
      source: { zh: '本系统约定', en: 'Convention of this system' },
      basis: 'E',
      view: 'matters',
      population: inScope,
      populationWords: inScopeWords,
      at: 'closed_at',
      atWords: closedWords,
      measure: {
        kind: 'days',
        rank: { numerator, denominator },
        durationMs:
          'toUnixTimestamp64Milli(assumeNotNull(closed_at)) - toUnixTimestamp64Milli(assumeNotNull(registered_at))',
        valid: 'registered_at IS NOT NULL AND closed_at >= registered_at',
        words: { zh: '办结时间 − 首次登记时间', en: 'closed at − registered at' },
      },
      direction: 'bad',
      exclusions: {
        zh: '办结早于登记的和没有登记的不计入，另计件数（excluded）',
        en: 'matters closed before they were registered, or never registered, are left out and counted (`excluded`)',
      },
    }),
  ),
  {
    id: 'open_matters',
    names: { zh: '正在办理件数', en: 'Open matters' },
    meaning: {
      zh: '期末已受理、未办结的信访事项',
      en: 'Matters accepted and not closed at the end of the period',
    },
    source: { zh: '办结 + 正在办理 = 受理', en: 'Practice: closed + open = accepted' },
    basis: 'S',
    view: 'matters',
    population: 'present AND NOT voided',
    populationWords: {
      zh: '当时在范围内的信访事项，未作废',
      en: 'matters in scope at that time, not void',
    },
    atWords: { zh: '期末', en: 'end of the period' },
    measure: {
      kind: 'stock',
      unit: '件',
      spells: 'open_spells',
      words: { zh: '期末在办', en: 'open at the end' },
    },
    direction: 'bad',
  },
  {
    id: 'overdue_matters',
    names: { zh: '超期未办结件数', en: 'Overdue matters' },
    meaning: {
      zh: '期末已受理、未办结且期限已过的信访事项',
      en: 'Matters accepted and not closed at the end of the period whose due time is past',
    },
    source: { zh: '《信访工作条例》第三十四条', en: 'Regulation on petition work (2022), art. 34' },
    basis: 'S',
    view: 'matters',
    population: 'present AND NOT voided',
    populationWords: {
      zh: '当时在范围内的信访事项，未作废',
      en: 'matters in scope at that time, not void',
    },
    atWords: { zh: '期末，不晚于统计时点', en: 'end of the period, or asOf where that is earlier' },
    measure: {
      kind: 'stock',
      unit: '件',
      spells: 'open_spells',
      overdueMs: { above: 0 },
      words: { zh: '期末在办且已超期', en: 'open and overdue at the end' },
    },
    direction: 'bad',
  },
]
