import {
  acceptedWords,
  article,
  closedWords,
  convention,
  inScope,
  inScopeWords,
  mattersWords,
} from './matter-population.ts'
import type { Metric } from './metric.ts'

const common = {
  view: 'matters',
  population: inScope,
  populationWords: inScopeWords,
} as const
const isClosed = 'closed_at IS NOT NULL'
const closed = { zh: '已办结', en: 'closed' }
const accepted = { zh: '受理', en: 'accepted' }

/** Accepting and closing. */
export const handlingMetrics: readonly Metric[] = [
  {
    ...common,
    id: 'accepted',
    names: { zh: '受理件数', en: 'Accepted' },
    meaning: { zh: '期内受理的信访事项', en: 'Matters accepted in the period' },
    source: article('二十三', 23),
    basis: 'E',
    at: 'accepted_at',
    atWords: acceptedWords,
    measure: { kind: 'count', value: { unit: '件', words: mattersWords } },
    direction: 'neutral',
    example: {
      zh: '一件事项受理两次：1 件，按最早一次的时间',
      en: 'A matter accepted twice: 1, at the earlier time',
    },
  },
  {
    ...common,
    id: 'closures',
    names: { zh: '办结件数', en: 'Closures' },
    meaning: { zh: '期内办结的信访事项', en: 'Matters closed in the period' },
    source: article('三十四', 34),
    basis: 'E',
    at: 'closed_at',
    atWords: closedWords,
    measure: { kind: 'count', value: { unit: '件', words: mattersWords } },
    direction: 'good',
    example: {
      zh: '三月办结、四月重新办理的，不再计入三月；五月再办结则计入五月',
      en: 'Closed in March and reopened in April: no longer in March; closed again in May: in May',
    },
  },
  {
    ...common,
    id: 'clearance_ratio',
    names: { zh: '结收比', en: 'Clearance ratio' },
    meaning: {
      zh: '期内办结件数与期内受理件数之比，可超过 100%；两者不是同一批事项',
      en: 'Closures of the period over matters accepted in it; may exceed 100 %, for they are not the same matters',
    },
    source: { zh: '实际做法：结案 / 收案', en: 'Practice: closed / received' },
    basis: 'E',
    at: 'accepted_at',
    atWords: { zh: '分子按办结时间，分母按受理时间', en: 'closed at above, accepted at below' },
    measure: {
      kind: 'rate',
      numerator: { unit: '件', at: 'closed_at', words: { zh: '办结', en: 'closures' } },
      denominator: { unit: '件', words: accepted },
    },
    direction: 'good',
    example: { zh: '受理 80 件、办结 100 件：125.00%', en: '80 accepted, 100 closed: 125.00 %' },
  },
  {
    ...common,
    id: 'closure_rate',
    names: { zh: '办结率', en: 'Closure rate' },
    meaning: {
      zh: '期内受理的信访事项中，截至统计时点已办结的比例',
      en: 'Of the matters accepted in the period, those closed as of the date of knowledge',
    },
    source: { zh: '办结 + 正在办理 = 受理', en: 'Practice: closed + open = accepted' },
    basis: 'R',
    at: 'accepted_at',
    atWords: acceptedWords,
    measure: {
      kind: 'rate',
      numerator: { unit: '件', where: isClosed, words: closed },
      denominator: { unit: '件', words: accepted },
    },
    direction: 'good',
    example: {
      zh: '受理 229 件，办结 190 件，在办 39 件：82.97%',
      en: '229 accepted, 190 closed, 39 open: 82.97 %',
    },
  },
  {
    ...common,
    id: 'first_time_closure_rate',
    names: { zh: '初信初访办结率', en: 'Closure rate of first petitions' },
    meaning: {
      zh: '期内受理、受理时只有一次有效登记的信访事项中，截至统计时点已办结的比例',
      en: 'The closure rate over matters with exactly one counted petition at or before accepted at',
    },
    source: { zh: '实际做法：初信初访办结率', en: 'Practice: closure of first petitions' },
    basis: 'R',
    population: `${inScope} AND petitions_at_accepted = 1`,
    populationWords: {
      zh: '范围内、受理时只有一次有效登记的信访事项',
      en: 'matters in scope with one counted petition when accepted',
    },
    at: 'accepted_at',
    atWords: acceptedWords,
    measure: {
      kind: 'rate',
      numerator: { unit: '件', where: isClosed, words: closed },
      denominator: { unit: '件', words: accepted },
    },
    direction: 'good',
    example: {
      zh: '初信初访 229 件，办结 190 件：82.97%',
      en: '229 first petitions, 190 closed: 82.97 %',
    },
  },
  {
    ...common,
    id: 'lead_assigned_share',
    names: { zh: '领导包案占比', en: 'Share led by a leader' },
    meaning: {
      zh: '期内受理的信访事项中，由领导包案的比例',
      en: 'Of the matters accepted in the period, those a leader took charge of',
    },
    source: {
      zh: '《信访工作条例》：领导包案',
      en: 'Regulation on petition work (2022): leaders in charge',
    },
    basis: 'R',
    at: 'accepted_at',
    atWords: acceptedWords,
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件',
        where: 'lead_level > 0',
        words: { zh: '领导包案', en: 'led by a leader' },
      },
      denominator: { unit: '件', words: accepted },
    },
    direction: 'neutral',
    example: { zh: '受理 200 件，包案 12 件：6.00%', en: '12 of 200 accepted: 6.00 %' },
  },
  ...(
    [
      ['median_days_to_close', '办结用时中位数', 'Median days to close', 1, 2],
      ['p90_days_to_close', '办结用时90分位', '90th percentile of days to close', 9, 10],
    ] as const
  ).map(
    ([id, zh, en, numerator, denominator]): Metric => ({
      ...common,
      id,
      names: { zh, en },
      meaning: {
        zh: '期内办结的信访事项从首次登记到办结的天数（每天86400秒）的精确分位数，线性插值',
        en: 'Exact quantile, linear between neighbours, of the days of 86,400 s from first petition to closing, over the matters closed in the period',
      },
      source: convention,
      basis: 'E',
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
      example: {
        zh: numerator === 1 ? '用时 10、20、40、50 天：30 天' : '用时 0、10、20 天：18 天',
        en: numerator === 1 ? '10, 20, 40 and 50 days: 30' : '0, 10 and 20 days: 18',
      },
    }),
  ),
]
