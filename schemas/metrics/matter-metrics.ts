import {
  article,
  inScope,
  inScopeWords,
  mattersWords,
  notMerged,
  notMergedWords,
  registeredWords,
} from './matter-population.ts'
import type { Metric } from './metric.ts'

const registered = {
  basis: 'E',
  view: 'matters',
  population: notMerged,
  populationWords: notMergedWords,
  at: 'registered_at',
  atWords: registeredWords,
} as const

/** Matters by their first petition, and those that left the scope. */
export const matterMetrics: readonly Metric[] = [
  {
    ...registered,
    id: 'matters',
    names: { zh: '信访事项件数', en: 'Matters' },
    meaning: {
      zh: '首次登记在期内的信访事项，不论是否在范围内',
      en: 'Matters first registered in the period, in scope or not',
    },
    source: { zh: '统计惯例：件', en: 'Statistical convention: matters' },
    measure: { kind: 'count', value: { unit: '件', words: mattersWords } },
    direction: 'bad',
    example: {
      zh: '一件事项一月来信、三月来访：一月 1 件，三月 0 件',
      en: 'A matter with a letter in January and a visit in March: 1 in January, 0 in March',
    },
  },
  {
    ...registered,
    id: 'cross_boundary_share',
    names: { zh: '“三跨三分离”占比', en: 'Share across boundaries' },
    meaning: {
      zh: '期内首次登记的信访事项中，任一有效登记带有“三跨三分离”标识的比例',
      en: 'Of the matters first registered in the period, those any counted petition of which has a flag other than litigation',
    },
    source: {
      zh: '“三跨三分离”：跨地区、跨部门、跨行业，人户分离、人事分离、人事户分离',
      en: 'Practice: across regions, departments or industries; residence or employment separated',
    },
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件',
        where: 'cross_boundary',
        words: { zh: '三跨三分离', en: 'across boundaries' },
      },
      denominator: { unit: '件', words: mattersWords },
    },
    direction: 'neutral',
    example: { zh: '200 件中 18 件：9.00%', en: '18 of 200 matters: 9.00 %' },
  },
  {
    ...registered,
    id: 'multi_channel_share',
    names: { zh: '信访同源占比', en: 'Share in several channels' },
    meaning: {
      zh: '期内首次登记的信访事项中，经两种及以上信访形式反映的比例',
      en: 'Of the matters first registered in the period, those with counted petitions of two or more channels',
    },
    source: {
      zh: '实际做法：同一事项信、访、网、电重复反映',
      en: 'Practice: one issue brought in several channels',
    },
    measure: {
      kind: 'rate',
      numerator: {
        unit: '件',
        where: 'channel_count >= 2',
        words: { zh: '两种及以上形式', en: 'in two channels or more' },
      },
      denominator: { unit: '件', words: mattersWords },
    },
    direction: 'bad',
    example: { zh: '200 件中 50 件信访均有：25.00%', en: '50 of 200 matters: 25.00 %' },
  },
  ...(
    [
      ['declined', '不予受理', 'declined', 'Declined', '二十三', 23],
      ['withdrawn', '撤回', 'withdrawn', 'Withdrawn', '三十一', 31],
    ] as const
  ).map(
    ([id, zh, en, name, articleZh, articleEn]): Metric => ({
      id: `${id}_matters`,
      names: { zh: `${zh}件数`, en: name },
      meaning: {
        zh: `期内${zh}、至今仍是${zh}的信访事项`,
        en: `Matters ${en} in the period that still are`,
      },
      source: article(articleZh, articleEn),
      basis: 'E',
      view: 'matters',
      population: notMerged,
      populationWords: notMergedWords,
      at: `${id}_at`,
      atWords: { zh: `最近一次${zh}的时间`, en: `the latest time it was ${en}` },
      measure: { kind: 'count', value: { unit: '件', words: mattersWords } },
      direction: 'neutral',
      example: {
        zh: id === 'declined' ? '先不予受理、后受理的不计' : '先撤回、后重新办理的不计',
        en:
          id === 'declined'
            ? 'One declined and later accepted does not count'
            : 'One withdrawn and later reopened does not count',
      },
    }),
  ),
  {
    id: 'terminations',
    names: { zh: '三级终结件数', en: 'Terminations' },
    meaning: {
      zh: '期内三级终结的信访事项',
      en: 'Matters terminated in the period, after review and recheck',
    },
    source: article('三十六', 36),
    basis: 'E',
    view: 'matters',
    population: inScope,
    populationWords: inScopeWords,
    at: 'terminated_at',
    atWords: { zh: '最早一次终结的时间', en: 'the earliest termination' },
    measure: { kind: 'count', value: { unit: '件', words: mattersWords } },
    direction: 'neutral',
    example: { zh: '同一事项终结登记两次：1 件', en: 'A matter terminated twice: 1, at the first' },
  },
]
