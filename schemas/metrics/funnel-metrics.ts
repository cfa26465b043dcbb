import { inScope, inScopeWords, mattersWords, registeredWords } from './matter-population.ts'
import type { Expression, Metric } from './metric.ts'

const closed = 'closed_at IS NOT NULL'
const accepted = `(accepted_at IS NOT NULL OR ${closed})`

/** Each step counts who reached it or a later one, so that none holds more than the one before. */
const steps: readonly (readonly [
  id: string,
  zh: string,
  en: string,
  where: Expression | undefined,
])[] = [
  ['registered', '登记', 'registered', undefined],
  ['forwarded', '转送交办', 'forwarded', `(forwarded_at IS NOT NULL OR ${accepted})`],
  ['accepted', '受理', 'accepted', accepted],
  ['closed', '办结', 'closed', closed],
  ['rated', '评价', 'rated', `${closed} AND unit_rating != ''`],
]

/** How far the matters first registered in the period have come: registered → … → rated. */
export const funnelMetrics: readonly Metric[] = steps.map(([id, zh, en, where]) => ({
  id: `funnel_${id}`,
  names: { zh: `办理进程：${zh}`, en: `Progress: ${en}` },
  meaning: {
    zh: `期内首次登记的信访事项中，截至统计时点已到“${zh}”这一步或其后的件数`,
    en: `Of the matters first registered in the period, those that have been ${en}, or further, as of the date of knowledge`,
  },
  source: {
    zh: '办理流程：登记、转送交办、受理、办结、评价',
    en: 'Course of a matter: registered, forwarded, accepted, closed, rated',
  },
  basis: 'R',
  view: 'matters',
  population: where === undefined ? inScope : `${inScope} AND ${where}`,
  populationWords: inScopeWords,
  at: 'registered_at',
  atWords: registeredWords,
  measure: {
    kind: 'count',
    value: { unit: '件', words: mattersWords },
  },
  direction: 'neutral',
  example: {
    zh: '登记 100 件，其中 60 件办结：各步依次不增',
    en: '100 registered, 60 of them closed: no step holds more than the one before',
  },
}))
