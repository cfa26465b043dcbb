import type { Metric, Words } from './metric.ts'

const source: Words = {
  zh: '信访救助：按发放时间',
  en: 'Practice: relief by the time it was paid',
}
const common = {
  basis: 'E',
  view: 'relief',
  population: 'present AND NOT voided',
  populationWords: {
    zh: '未作废的信访事项，不论是否在范围内；并入的救助归并入后的事项',
    en: 'matters not void, in scope or not; relief of a merged-away one belongs to the survivor',
  },
  at: 'payment.at',
  atWords: { zh: '救助时间', en: 'time of the relief' },
  direction: 'neutral',
  source,
} as const

/** Relief paid (救助). */
export const reliefMetrics: readonly Metric[] = [
  {
    ...common,
    id: 'relief_amount',
    names: { zh: '救助金额', en: 'Relief paid' },
    meaning: { zh: '期内发放的救助金额（分）', en: 'Relief paid in the period, in 0.01 yuan' },
    measure: {
      kind: 'count',
      value: { unit: '分', weight: 'payment.amount_fen', words: { zh: '分', en: '0.01 yuan' } },
    },
    example: { zh: '两笔，300 元和 200 元：50000 分', en: 'Two of 300 and 200 yuan: 50000' },
  },
  {
    ...common,
    id: 'relief_matters',
    names: { zh: '救助件数', en: 'Matters with relief' },
    meaning: {
      zh: '期内得到救助的信访事项，每件在一格内只计一次',
      en: 'Matters with relief in the period, each once in a cell',
    },
    measure: {
      kind: 'count',
      value: { unit: '件', distinct: 'matter_id', words: { zh: '件', en: 'matters' } },
    },
    example: {
      zh: '一件事项一月、三月各一笔：全年 1 件，按月各 1 件',
      en: 'One matter paid in January and March: 1 in the year, 1 in each month',
    },
  },
]
