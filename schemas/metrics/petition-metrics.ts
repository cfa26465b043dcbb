import type { Metric, Words } from './metric.ts'

const counted = 'present AND counted'
const countedWords = {
  zh: '有效且非补充材料的登记，无论信访事项是否受理',
  en: 'valid petitions that are not supplements, whatever the scope of their matter',
}
const atWords = { zh: '登记时间', en: 'time of the petition' }
const petitionsWords: Words = { zh: '件次', en: 'petitions' }
const sameIssue = { zh: '重复信访：同人同事', en: 'Repeat: same person, same issue' }

const common = {
  basis: 'E',
  view: 'petitions',
  at: 'time',
  atWords,
  population: counted,
  populationWords: countedWords,
} as const

/** Petitions of any channel (件次). */
export const petitionMetrics: readonly Metric[] = [
  {
    ...common,
    id: 'petitions',
    names: { zh: '信访件次', en: 'Petitions' },
    meaning: { zh: '期内登记的信访件次', en: 'Petitions registered in the period' },
    source: { zh: '统计惯例：件次', en: 'Statistical convention: registrations' },
    measure: { kind: 'count', value: { unit: '件次', words: petitionsWords } },
    direction: 'bad',
    example: {
      zh: '一件事项来信一次、来访两次，其中一次作废：2 件次',
      en: 'One matter with a letter and two visits, one of them voided: 2',
    },
  },
  {
    ...common,
    id: 'repeat_petitions',
    names: { zh: '重复信访件次', en: 'Repeat petitions' },
    meaning: {
      zh: '期内登记的、同一信访事项第二次及以后的件次',
      en: 'Petitions of the period that are the second or a later one of their matter',
    },
    source: sameIssue,
    population: `${counted} AND repeat`,
    populationWords: {
      zh: '有效且非补充材料的登记中，非该事项首次者',
      en: 'counted petitions that are not the first of their matter',
    },
    measure: { kind: 'count', value: { unit: '件次', words: petitionsWords } },
    direction: 'bad',
    example: {
      zh: '一件事项登记三次：重复 2 件次',
      en: 'A matter registered three times: 2 repeats',
    },
  },
  {
    ...common,
    id: 'repeat_share',
    names: { zh: '重复信访占比', en: 'Share of repeats' },
    meaning: {
      zh: '重复信访件次占信访件次的比例',
      en: 'Repeat petitions as a part of all petitions',
    },
    source: sameIssue,
    measure: {
      kind: 'rate',
      numerator: { unit: '件次', where: 'repeat', words: { zh: '重复件次', en: 'repeats' } },
      denominator: { unit: '件次', words: petitionsWords },
    },
    direction: 'bad',
    example: { zh: '100 件次中重复 24 件次：24.00%', en: '24 repeats of 100 petitions: 24.00 %' },
  },
  {
    ...common,
    id: 'online_share',
    names: { zh: '网上信访占比', en: 'Share online' },
    meaning: {
      zh: '网上登记的件次占信访件次的比例；来访按批次计一件次，电话不算网上',
      en: 'Petitions by an online form as a part of all; a visit counts once, a call is not online',
    },
    source: { zh: '实际做法：网信占比', en: 'Practice: online share' },
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件次',
        where: "channel = 'online'",
        words: { zh: '网上件次', en: 'petitions online' },
      },
      denominator: { unit: '件次', words: petitionsWords },
    },
    direction: 'good',
    example: {
      zh: '网 178、信 110、访 168 批：178/456 = 39.04%',
      en: '178 online, 110 letters, 168 visits: 178/456 = 39.04 %',
    },
  },
  ...(
    [
      ['suggestion', '建议', '人民建议', 'Suggestions', 30],
      ['report', '检举控告', '检举控告', 'Reports of misconduct', 29],
    ] as const
  ).map(
    ([purpose, short, zh, en, article]): Metric => ({
      ...common,
      id: `${purpose}_petitions`,
      names: { zh: `${zh}件次`, en },
      meaning: {
        zh: `期内登记、信访目的为${short}的件次；这类事项没有六十日办理期限`,
        en: `Petitions of the period whose purpose is ${purpose}; their matters have no limit of sixty days`,
      },
      source: {
        zh: `《信访工作条例》第${article === 30 ? '三十' : '二十九'}条`,
        en: `Regulation on petition work (2022), art. ${article}`,
      },
      population: `${counted} AND purpose = '${purpose}'`,
      populationWords: {
        zh: `有效且非补充材料、目的为${short}的登记`,
        en: `counted petitions whose purpose is ${purpose}`,
      },
      measure: { kind: 'count', value: { unit: '件次', words: petitionsWords } },
      direction: 'neutral',
      example: {
        zh: `10 件次中目的为${short}的 3 件次：3`,
        en: `3 of 10 petitions have the purpose ${purpose}: 3`,
      },
    }),
  ),
]
