import type { Expression, Metric, Words } from './metric.ts'

const visits = "present AND counted AND channel = 'visit'"
const visitsWords: Words = {
  zh: '有效且非补充材料的来访',
  en: 'valid visits that are not supplements',
}
const batches: Words = { zh: '批次', en: 'visits' }
const heads: Words = { zh: '人次', en: 'heads' }

const common = {
  basis: 'E',
  view: 'petitions',
  at: 'time',
  atWords: { zh: '登记时间', en: 'time of the visit' },
} as const

/** Visits that meet a condition. */
type Kind = {
  readonly where?: Expression
  readonly words: Words
  readonly source: Words
}

const populationOf = ({ where, words }: Kind) => ({
  population: where === undefined ? visits : `${visits} AND ${where}`,
  populationWords:
    where === undefined
      ? visitsWords
      : {
          zh: `有效且非补充材料的来访中的${words.zh}`,
          en: `${words.en} among the valid visits that are not supplements`,
        },
})

type Told = Pick<Metric, 'id' | 'names' | 'meaning' | 'direction' | 'example'>

const batchCount = (kind: Kind, told: Told): Metric => ({
  ...common,
  ...told,
  ...populationOf(kind),
  source: kind.source,
  measure: { kind: 'count', value: { unit: '批次', words: batches } },
})

const headCount = (kind: Kind, told: Told): Metric => ({
  ...common,
  ...told,
  ...populationOf(kind),
  source: kind.source,
  measure: { kind: 'count', value: { unit: '人次', weight: 'people', words: heads } },
})

/** A kind's part of the visits; with `among`, of those that meet that condition. */
const batchShare = (
  { where, words, source }: Kind & { readonly where: Expression },
  told: Told,
  among?: { readonly where: Expression; readonly words: Words },
): Metric => ({
  ...common,
  ...told,
  population: among === undefined ? visits : `${visits} AND ${among.where}`,
  populationWords: among?.words ?? visitsWords,
  source,
  measure: {
    kind: 'rate',
    numerator: { unit: '批次', where, words },
    denominator: { unit: '批次', words: batches },
  },
})

const all: Kind = {
  words: { zh: '来访', en: 'visits' },
  source: { zh: '统计惯例：批次与人次', en: 'Statistical convention: visiting groups and heads' },
}
const collective = {
  where: 'people >= {collective}',
  words: { zh: '集体访', en: 'collective visits' },
  source: {
    zh: '统计惯例：五人以上为集体访（人数可配置）',
    en: 'Convention: five heads or more make a collective visit (configurable)',
  },
} satisfies Kind
const reception = {
  where: 'leader_reception',
  words: { zh: '领导接访', en: 'visits received by a leader' },
  source: {
    zh: '《信访工作条例》：领导干部接访',
    en: 'Regulation on petition work (2022): reception by leaders',
  },
} satisfies Kind
const repeated = {
  where: 'repeat',
  words: { zh: '重复访', en: 'repeat visits' },
  source: { zh: '重复信访：同人同事', en: 'Repeat: same person, same issue' },
} satisfies Kind

const levelsKnown = 'received_level > 0 AND competent_level > 0'
const legal = {
  where: `${levelsKnown} AND received_level >= competent_level + 2`,
  words: { zh: '越级访（法定）', en: 'visits two levels or more above the competent one' },
  source: {
    zh: '《信访工作条例》第二十条：有权处理的本级或者上一级',
    en: 'Regulation on petition work (2022), art. 20: the competent level or the one above',
  },
} satisfies Kind
const homeLevel = 'if(home_level > 0, home_level, {regionLevel})'
const anyLevel = {
  where: `received_level > 0 AND ${homeLevel} > 0 AND received_level > ${homeLevel}`,
  words: { zh: '到上级走访', en: 'visits above the home level' },
  source: {
    zh: '实际做法：到市、赴省、进京走访',
    en: 'Practice: visits to any level above home',
  },
} satisfies Kind
const unknownLevel = {
  where: '(received_level = 0 OR competent_level = 0)',
  words: { zh: '层级不明的来访', en: 'visits of unknown level' },
  source: { zh: '本系统约定', en: 'Convention of this system' },
} satisfies Kind

const unknownLeftOut = {
  zh: '接访层级或有权处理层级不明的不计入，另计 cross_level_unknown',
  en: 'visits whose received or competent level is unknown are left out and counted in cross_level_unknown',
}
const unknownHomeLeftOut = {
  zh: '接访层级或本级不明的不计为越级',
  en: 'a visit whose received or home level is unknown is not counted as one',
}

/** Visits (批次) and the heads in them (人次). */
export const visitMetrics: readonly Metric[] = [
  batchCount(all, {
    id: 'visits',
    names: { zh: '来访批次', en: 'Visits' },
    meaning: { zh: '期内来访的批次', en: 'Visiting groups in the period' },
    direction: 'bad',
    example: { zh: '三人一批、八人一批：2 批次', en: 'A group of three and one of eight: 2' },
  }),
  headCount(all, {
    id: 'people',
    names: { zh: '来访人次', en: 'People visiting' },
    meaning: { zh: '期内来访的人次', en: 'Heads in the visits of the period' },
    direction: 'bad',
    example: { zh: '三人一批、八人一批：11 人次', en: 'A group of three and one of eight: 11' },
  }),
  batchCount(collective, {
    id: 'collective_visits',
    names: { zh: '集体访批次', en: 'Collective visits' },
    meaning: {
      zh: '期内五人以上来访的批次',
      en: 'Visits of the period with five heads or more',
    },
    direction: 'bad',
    example: { zh: '四人、五人、六人各一批：2 批次', en: 'Groups of 4, 5 and 6: 2' },
  }),
  batchShare(collective, {
    id: 'collective_visits_share',
    names: { zh: '集体访批次占比', en: 'Share of collective visits' },
    meaning: { zh: '集体访批次占来访批次的比例', en: 'Collective visits as a part of all visits' },
    direction: 'bad',
    example: { zh: '699 批中集体访 58 批：8.30%', en: '58 of 699 visits: 8.30 %' },
  }),
  headCount(collective, {
    id: 'collective_people',
    names: { zh: '集体访人次', en: 'People in collective visits' },
    meaning: { zh: '期内集体访的人次', en: 'Heads in the collective visits of the period' },
    direction: 'bad',
    example: { zh: '四人、五人、六人各一批：11 人次', en: 'Groups of 4, 5 and 6: 11' },
  }),
  {
    ...common,
    id: 'collective_people_share',
    names: { zh: '集体访人次占比', en: 'Share of people in collective visits' },
    meaning: {
      zh: '集体访人次占来访人次的比例',
      en: 'Heads in collective visits as a part of all heads',
    },
    population: visits,
    populationWords: visitsWords,
    source: collective.source,
    measure: {
      kind: 'rate',
      numerator: {
        unit: '人次',
        weight: 'people',
        where: collective.where,
        words: { zh: '集体访人次', en: 'heads in collective visits' },
      },
      denominator: { unit: '人次', weight: 'people', words: heads },
    },
    direction: 'bad',
    example: { zh: '1766 人次中集体访 868：49.15%', en: '868 of 1,766 heads: 49.15 %' },
  },
  batchCount(reception, {
    id: 'leader_reception_visits',
    names: { zh: '领导接访批次', en: 'Visits received by leaders' },
    meaning: { zh: '期内由领导干部接待的来访批次', en: 'Visits of the period a leader received' },
    direction: 'good',
    example: { zh: '20 批来访中领导接待 6 批：6', en: '6 of 20 visits received by a leader: 6' },
  }),
  batchCount(repeated, {
    id: 'repeat_visits',
    names: { zh: '重复访批次', en: 'Repeat visits' },
    meaning: {
      zh: '期内来访中，不是该信访事项首次登记的批次',
      en: 'Visits of the period that are not the first petition of their matter',
    },
    direction: 'bad',
    example: {
      zh: '一件事项先来信、后来访：重复访 1 批次',
      en: 'A matter with a letter, then a visit: 1',
    },
  }),
  batchShare(repeated, {
    id: 'repeat_visit_share',
    names: { zh: '重复访占比', en: 'Share of repeat visits' },
    meaning: { zh: '重复访批次占来访批次的比例', en: 'Repeat visits as a part of all visits' },
    direction: 'bad',
    example: { zh: '30 批中重复访 6 批：20.00%', en: '6 of 30 visits: 20.00 %' },
  }),
  headCount(repeated, {
    id: 'repeat_people',
    names: { zh: '重复访人次', en: 'People in repeat visits' },
    meaning: { zh: '期内重复访的人次', en: 'Heads in the repeat visits of the period' },
    direction: 'bad',
    example: { zh: '重复访两批，各三人：6 人次', en: 'Two repeat visits of three heads: 6' },
  }),
  {
    ...batchCount(legal, {
      id: 'cross_level_legal',
      names: { zh: '越级访批次', en: 'Cross-level visits (legal)' },
      meaning: {
        zh: '接访层级高于有权处理层级两级及以上的来访批次',
        en: 'Visits received two levels or more above the competent one',
      },
      direction: 'bad',
      example: {
        zh: '县级（2）有权处理，到省（4）走访：计；到市（3）：不计',
        en: 'Competent is the county (2): a visit to the province (4) counts, one to the city (3) does not',
      },
    }),
    exclusions: unknownLeftOut,
  },
  {
    ...headCount(legal, {
      id: 'cross_level_legal_people',
      names: { zh: '越级访人次', en: 'People in cross-level visits (legal)' },
      meaning: {
        zh: '期内越级访的人次',
        en: 'Heads in the legal cross-level visits of the period',
      },
      direction: 'bad',
      example: { zh: '越级访一批八人：8 人次', en: 'One such visit of eight heads: 8' },
    }),
    exclusions: unknownLeftOut,
  },
  {
    ...batchShare(
      legal,
      {
        id: 'cross_level_legal_share',
        names: { zh: '越级访占比', en: 'Share of cross-level visits (legal)' },
        meaning: {
          zh: '越级访批次占两个层级都已知的来访批次的比例',
          en: 'Legal cross-level visits as a part of the visits whose both levels are known',
        },
        direction: 'bad',
        example: {
          zh: '30 批中 10 批层级不明，越级 2 批：2/20 = 10.00%',
          en: '30 visits, 10 of unknown level, 2 cross-level: 2/20 = 10.00 %',
        },
      },
      {
        where: levelsKnown,
        words: {
          zh: '接访层级和有权处理层级都已知的来访',
          en: 'visits whose received and competent levels are known',
        },
      },
    ),
    exclusions: unknownLeftOut,
  },
  {
    ...batchCount(anyLevel, {
      id: 'cross_level_any',
      names: { zh: '到上级走访批次', en: 'Visits above the home level' },
      meaning: {
        zh: '接访层级高于属地本级的来访批次',
        en: 'Visits received at any level above the home one',
      },
      direction: 'bad',
      example: {
        zh: '乡镇（1）的事到县（2）走访：计',
        en: 'Home is a township (1): a visit to the county (2) counts',
      },
    }),
    exclusions: unknownHomeLeftOut,
  },
  {
    ...headCount(anyLevel, {
      id: 'cross_level_any_people',
      names: { zh: '到上级走访人次', en: 'People visiting above the home level' },
      meaning: {
        zh: '期内到上级走访的人次',
        en: 'Heads in the visits of the period above the home level',
      },
      direction: 'bad',
      example: { zh: '到上级走访一批八人：8 人次', en: 'One such visit of eight heads: 8' },
    }),
    exclusions: unknownHomeLeftOut,
  },
  {
    ...batchShare(anyLevel, {
      id: 'cross_level_any_share',
      names: { zh: '到上级走访占比', en: 'Share of visits above the home level' },
      meaning: {
        zh: '到上级走访批次占来访批次的比例',
        en: 'Visits above the home level as a part of all visits',
      },
      direction: 'bad',
      example: { zh: '80 批中到上级 25 批：31.25%', en: '25 of 80 visits: 31.25 %' },
    }),
    exclusions: unknownHomeLeftOut,
  },
  batchCount(unknownLevel, {
    id: 'cross_level_unknown',
    names: { zh: '层级不明来访批次', en: 'Visits of unknown level' },
    meaning: {
      zh: '接访层级或有权处理层级不明、无法判断是否越级的来访批次',
      en: 'Visits whose received or competent level is unknown, so that the legal rule cannot be applied',
    },
    direction: 'bad',
    example: { zh: '30 批中 10 批没有层级：10', en: '10 of 30 visits have no level: 10' },
  }),
]
