import { PulseError } from '../errors.ts'
import { nearest } from '../settings/nearest.ts'
import { candidateReason } from './campaign-metrics.ts'
import type { Expression, View, Words } from './metric.ts'
import { regionAtSql } from './regions.ts'

type DimensionBase = { readonly names: Words }

/**
 * A way to group. `sql` gives text, '' where missing. `each` names an array column instead: a row
 * counts under every element, and under '' where there is none.
 */
export type Dimension = DimensionBase &
  (
    | { readonly sql: Expression; readonly each?: undefined }
    | { readonly each: Expression; readonly sql?: undefined }
  )

const level = (column: string): Expression => `if(${column} = 0, '', toString(${column}))`

const DAY_MS = 86_400_000
const duration =
  '(toUnixTimestamp64Milli(assumeNotNull(closed_at)) - toUnixTimestamp64Milli(assumeNotNull(registered_at)))'
const closeDays: Expression = `multiIf(${[
  "closed_at IS NULL OR registered_at IS NULL OR closed_at < registered_at, ''",
  ...[
    [1, '0-1'],
    [7, '1-7'],
    [15, '7-15'],
    [30, '15-30'],
    [60, '30-60'],
    [90, '60-90'],
  ].map(([days, bucket]) => `${duration} <= ${Number(days) * DAY_MS}, '${bucket}'`),
].join(', ')}, '90+')`

const shared = {
  region: { names: { zh: '属地', en: 'Region' }, sql: 'region' },
  org: { names: { zh: '责任单位', en: 'Organisation' }, sql: 'org' },
  category: { names: { zh: '类别', en: 'Category' }, sql: 'category' },
  channel: { names: { zh: '信访形式', en: 'Channel' }, sql: 'channel' },
  level: { names: { zh: '受理层级', en: 'Level' }, sql: level('received_level') },
  purpose: { names: { zh: '信访目的', en: 'Purpose' }, sql: 'purpose' },
} as const satisfies Record<string, Dimension>

const ofMatters = {
  ...shared,
  route: { names: { zh: '办理途径', en: 'Route' }, sql: 'route' },
  outcome: { names: { zh: '办理结果', en: 'Outcome' }, sql: 'outcome' },
  leadLevel: { names: { zh: '包案领导层级', en: 'Lead level' }, sql: level('lead_level') },
  flag: { names: { zh: '标识', en: 'Flag' }, each: 'flags' },
  closeDays: { names: { zh: '办结用时（天）', en: 'Days to close' }, sql: closeDays },
} as const satisfies Record<string, Dimension>

const reason = { zh: '积案原因', en: 'Reason' }

/** Dimensions of contract §5, for each view; every metric of a view takes all of them. */
export const dimensions: Readonly<Record<View, Readonly<Record<string, Dimension>>>> = {
  petitions: {
    ...shared,
    repeat: {
      names: { zh: '初次/重复', en: 'First or repeat' },
      sql: "if(repeat, 'repeat', 'first')",
    },
  },
  matters: ofMatters,
  listings: {
    ...ofMatters,
    campaign: { names: { zh: '专项活动', en: 'Campaign' }, sql: 'listing.campaign' },
    cohort: { names: { zh: '存量/新增', en: 'Cohort' }, sql: 'listing.cohort' },
    reason: { names: reason, sql: 'listing.reason' },
  },
  candidates: { ...ofMatters, reason: { names: reason, sql: candidateReason } },
  decisions: {
    ...ofMatters,
    stage: { names: { zh: '复查/复核', en: 'Stage' }, sql: 'decision.1' },
  },
  relief: ofMatters,
}

/** The first n steps of a path: `category@1`. */
const categoryAt = (steps: number): Expression =>
  `replaceRegexpOne(category, '(?s)^([^/]*(?:/[^/]*){${steps - 1}})/.*$', '\\\\1')`

const MOST_STEPS = 9

/**
 * The dimension an asker names: `region`, `region@2` (1 township … 4 province), `category@1`.
 * USAGE where the view has none of that name, saying which it has.
 */
export const dimensionOf = (view: View, key: string, metric: string): Dimension => {
  const own = dimensions[view]
  const plain = Object.hasOwn(own, key) ? own[key] : undefined
  if (plain !== undefined) return plain
  const [, name, depthText] = /^(region|category)@(\d{1,2})$/.exec(key) ?? []
  const depth = Number(depthText)
  if (name === 'region') {
    if (depth >= 1 && depth <= 4)
      return { names: shared.region.names, sql: regionAtSql('region', depth) }
    throw new PulseError(
      'USAGE',
      `"${key}": a region's level is 1 (township), 2 (county), 3 (city) or 4 (province), as in region@2.`,
    )
  }
  if (name === 'category') {
    if (depth >= 1 && depth <= MOST_STEPS)
      return { names: shared.category.names, sql: categoryAt(depth) }
    throw new PulseError(
      'USAGE',
      `"${key}": give the number of steps of the category's path, 1 to ${MOST_STEPS}, as in category@1.`,
    )
  }
  const known = [...Object.keys(own), 'region@2', 'category@1']
  const meant = nearest(key, known)
  throw new PulseError(
    'USAGE',
    `${metric} has no dimension "${key.slice(0, 64)}".${meant === undefined ? '' : ` Did you mean "${meant}"?`} It takes ${Object.keys(own).join(', ')}, region@1 to region@4 and category@1 to category@${MOST_STEPS}.`,
  )
}
