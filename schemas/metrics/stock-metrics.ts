import { DAY_MS } from './expressions.ts'
import { article } from './matter-population.ts'
import type { Metric, Words } from './metric.ts'

const DUE_SOON_DAYS = 7

const stock = (
  told: Pick<Metric, 'id' | 'names' | 'meaning' | 'source' | 'example'>,
  words: Words,
  overdueMs?: { readonly above: number; readonly upTo?: number },
): Metric => ({
  ...told,
  basis: 'S',
  view: 'matters',
  population: 'present AND NOT voided',
  populationWords: {
    zh: '当时在范围内的信访事项，未作废',
    en: 'matters in scope at that time, not void',
  },
  atWords:
    overdueMs === undefined
      ? { zh: '期末', en: 'end of the period' }
      : { zh: '期末，不晚于统计时点', en: 'end of the period, or asOf where that is earlier' },
  measure: {
    kind: 'stock',
    unit: '件',
    spells: 'open_spells',
    ...(overdueMs === undefined ? {} : { overdueMs }),
    words,
  },
  direction: 'bad',
})

/** What is open at the end of the period. */
export const stockMetrics: readonly Metric[] = [
  stock(
    {
      id: 'open_matters',
      names: { zh: '正在办理件数', en: 'Open matters' },
      meaning: {
        zh: '期末已受理、未办结的信访事项',
        en: 'Matters accepted and not closed at the end of the period',
      },
      source: { zh: '办结 + 正在办理 = 受理', en: 'Practice: closed + open = accepted' },
      example: { zh: '受理 229 件，办结 190 件：39', en: '229 accepted, 190 closed: 39' },
    },
    { zh: '期末在办', en: 'open at the end' },
  ),
  stock(
    {
      id: 'overdue_matters',
      names: { zh: '超期未办结件数', en: 'Overdue matters' },
      meaning: {
        zh: '期末已受理、未办结且期限已过的信访事项',
        en: 'Matters accepted and not closed at the end of the period whose due time is past',
      },
      source: article('三十四', 34),
      example: {
        zh: '期限 3 月 1 日终了，3 月 2 日未办结：计',
        en: 'Due at the end of 1 March, open on 2 March: counts',
      },
    },
    { zh: '期末在办且已超期', en: 'open and overdue at the end' },
    { above: 0 },
  ),
  stock(
    {
      id: 'due_soon_matters',
      names: { zh: '即将到期件数', en: 'Matters due soon' },
      meaning: {
        zh: '期末已受理、未办结，期限在其后七日（168 小时）内的信访事项',
        en: 'Matters accepted and not closed at the end of the period that fall due within the next seven days of 86,400 s',
      },
      source: article('三十四', 34),
      example: {
        zh: '3 月 31 日终了时在办，4 月 5 日到期：计',
        en: 'Open when March ends, due on 5 April: counts',
      },
    },
    { zh: '期末在办且七日内到期', en: 'open at the end and due within seven days' },
    // due - T from 0 on and below seven days; both bounds are of T - due, the lower one left out
    { above: -DUE_SOON_DAYS * DAY_MS, upTo: 0 },
  ),
]
