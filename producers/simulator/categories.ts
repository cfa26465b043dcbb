import type { Channel } from './channels.ts'

/** A kind of organisation that handles matters; every district and the city have one of each. */
export const orgKinds = {
  bureau: '信访局',
  housing: '住房和城乡建设局',
  labour: '人力资源和社会保障局',
  environment: '生态环境局',
  agriculture: '农业农村局',
  education: '教育局',
  health: '卫生健康局',
  transport: '交通运输局',
  justice: '司法局',
  civil: '民政局',
} as const
export type OrgKind = keyof typeof orgKinds

export type CategoryTraits = {
  /** Two steps of a `/` path. */
  readonly path: string
  readonly orgKind: OrgKind
  readonly urbanWeight: number
  readonly ruralWeight: number
  /** Yearly growth of its weight, a part of 1. */
  readonly trend: number
  /** Factors of its weight, January to December; absent: level all year. */
  readonly months?: readonly number[]
  readonly tilt: Partial<Record<Channel, number>>
  readonly collective: number
  readonly returns: number
  readonly pace: number
  /** Part of its matters that carry the litigation flag. */
  readonly litigation: number
}

const beforeSpringFestival = [1.9, 1.1, 0.7, 0.7, 0.75, 0.85, 0.85, 0.85, 0.9, 1, 1.25, 1.75]
const schoolSummer = [0.5, 0.6, 0.8, 0.9, 1.2, 1.8, 2, 1.8, 1, 0.6, 0.5, 0.5]
const summerNights = [0.6, 0.6, 0.8, 1, 1.2, 1.5, 1.6, 1.5, 1.1, 0.9, 0.7, 0.6]

type Row = [
  path: string,
  orgKind: OrgKind,
  urban: number,
  rural: number,
  trend: number,
  collective: number,
  returns: number,
  pace: number,
  litigation: number,
  tilt: Partial<Record<Channel, number>>,
  months?: readonly number[],
]

const rows: readonly Row[] = [
  // biome-ignore-start format: a table is read by its columns
  ['城乡建设/征地拆迁', 'housing', 10, 9, -0.06, 2, 1.5, 1.25, 0.06, { visit: 1.6, letter: 1.3 }],
  ['城乡建设/物业管理', 'housing', 18, 3, 0.09, 1.3, 1.1, 0.95, 0.01, { online: 1.3, call: 1.2 }],
  ['城乡建设/商品房交付', 'housing', 7, 2, 0.12, 2.6, 1.35, 1.2, 0.05, { visit: 1.3, online: 1.2 }],
  ['城乡建设/违法建设', 'housing', 8, 5, -0.02, 0.4, 1, 1, 0.01, { call: 1.3 }],
  [
    '劳动社保/工资拖欠',
    'labour',
    11,
    9,
    0.02,
    2.2,
    0.8,
    0.8,
    0.05,
    { visit: 1.4, call: 1.1 },
    beforeSpringFestival,
  ],
  ['劳动社保/社会保险', 'labour', 7, 6, 0.03, 0.7, 1, 1, 0.03, { letter: 1.4 }],
  [
    '环境保护/噪声扰民',
    'environment',
    9,
    3,
    0.06,
    0.3,
    1,
    0.75,
    0,
    { call: 1.5, online: 1.2 },
    summerNights,
  ],
  ['环境保护/水和大气污染', 'environment', 4, 5, -0.04, 0.9, 1.1, 1.05, 0, { online: 1.1 }],
  [
    '农业农村/土地承包',
    'agriculture',
    1,
    15,
    -0.03,
    1.3,
    1.4,
    1.2,
    0.04,
    { visit: 1.7, online: 0.6 },
  ],
  ['农业农村/村务公开', 'agriculture', 0.5, 9, 0.01, 0.8, 1.2, 1.1, 0, { letter: 1.6, visit: 1.2 }],
  [
    '教育文体/入学与培训',
    'education',
    7,
    4,
    0.05,
    1.4,
    0.7,
    0.8,
    0.01,
    { online: 1.5 },
    schoolSummer,
  ],
  ['卫生健康/医疗纠纷', 'health', 4, 4, 0.01, 0.5, 1.2, 1.1, 0.12, { visit: 1.2, letter: 1.2 }],
  ['交通运输/道路与公交', 'transport', 7, 8, 0.04, 0.3, 0.7, 0.7, 0, { call: 1.4, online: 1.3 }],
  ['政法/涉法涉诉', 'justice', 4, 4, -0.05, 0.6, 1.6, 1.3, 0.45, { letter: 1.8, visit: 1.5 }],
  ['民政/救助与养老', 'civil', 5, 7, 0.03, 0.4, 0.8, 0.85, 0, { visit: 1.1, call: 1.1 }],
  // biome-ignore-end format: a table is read by its columns
]

export const categoryTraits: readonly CategoryTraits[] = rows.map(
  ([path, orgKind, urban, rural, trend, collective, returns, pace, litigation, tilt, months]) => ({
    path,
    orgKind,
    urbanWeight: urban,
    ruralWeight: rural,
    trend,
    tilt,
    collective,
    returns,
    pace,
    litigation,
    ...(months === undefined ? {} : { months }),
  }),
)
