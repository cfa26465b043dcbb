import type { Metric } from './metric.ts'

const counted = 'present AND counted'
const countedWords = {
  zh: '有效且非补充材料的登记，无论信访事项是否受理',
  en: 'valid petitions that are not supplements, whatever the scope of their matter',
}
const visits = `${counted} AND channel = 'visit'`
const visitsWords = { zh: '有效且非补充材料的来访', en: 'valid visits that are not supplements' }
const atWords = { zh: '登记时间', en: 'time of the petition' }

const common = { basis: 'E', view: 'petitions', at: 'time', atWords } as const

export const petitionMetrics: readonly Metric[] = [
  {
    ...common,
    id: 'petitions',
    names: { zh: '信访件次', en: 'Petitions' },
    meaning: { zh: '期内登记的信访件次', en: 'Petitions registered in the period' },
    source: { zh: '统计惯例：件次', en: 'Statistical convention: registrations' },
    population: counted,
    populationWords: countedWords,
    measure: { kind: 'count', value: { unit: '件次', words: { zh: '件次', en: 'petitions' } } },
    direction: 'bad',
  },
  {
    ...common,
    id: 'visits',
    names: { zh: '来访批次', en: 'Visits' },
    meaning: { zh: '期内来访的批次', en: 'Visiting groups in the period' },
    source: { zh: '统计惯例：批次', en: 'Statistical convention: visiting groups' },
    population: visits,
    populationWords: visitsWords,
    measure: { kind: 'count', value: { unit: '批次', words: { zh: '批次', en: 'visits' } } },
    direction: 'bad',
  },
  {
    ...common,
    id: 'people',
    names: { zh: '来访人次', en: 'People visiting' },
    meaning: { zh: '期内来访的人次', en: 'Heads in the visits of the period' },
    source: { zh: '统计惯例：人次', en: 'Statistical convention: heads' },
    population: visits,
    populationWords: visitsWords,
    measure: {
      kind: 'count',
      value: { unit: '人次', weight: 'people', words: { zh: '人次', en: 'heads' } },
    },
    direction: 'bad',
  },
  {
    ...common,
    id: 'repeat_petitions',
    names: { zh: '重复信访件次', en: 'Repeat petitions' },
    meaning: {
      zh: '期内登记的、同一信访事项第二次及以后的件次',
      en: 'Petitions of the period that are the second or a later one of their matter',
    },
    source: { zh: '重复信访：同人同事', en: 'Repeat: same person, same issue' },
    population: `${counted} AND repeat`,
    populationWords: {
      zh: '有效且非补充材料的登记中，非该事项首次者',
      en: 'counted petitions that are not the first of their matter',
    },
    measure: { kind: 'count', value: { unit: '件次', words: { zh: '件次', en: 'petitions' } } },
    direction: 'bad',
  },
  {
    ...common,
    id: 'repeat_share',
    names: { zh: '重复信访占比', en: 'Share of repeats' },
    meaning: {
      zh: '重复信访件次占信访件次的比例',
      en: 'Repeat petitions as a part of all petitions',
    },
    source: { zh: '重复信访：同人同事', en: 'Repeat: same person, same issue' },
    population: counted,
    populationWords: countedWords,
    measure: {
      kind: 'rate',
      numerator: { unit: '件次', where: 'repeat', words: { zh: '重复件次', en: 'repeats' } },
      denominator: { unit: '件次', words: { zh: '件次', en: 'petitions' } },
    },
    direction: 'bad',
  },
]
