import {
  dayOf,
  dayText,
  FIRST_DAY,
  LAST_DAY,
  type LocalDay,
} from '../../schemas/periods/local-day.ts'
import { zoneOf } from '../../schemas/periods/zone.ts'
import { byCodePoint, type FigureRow } from '../figures/answer.ts'
import { askFigure, type FigureDeps } from '../figures/ask.ts'
import type { Where } from '../figures/where-text.ts'

export type CampaignQuestion = {
  readonly campaign: string
  readonly where?: readonly Where[] | undefined
  readonly scope?: string | undefined
  readonly asOf?: number | undefined
  readonly receivedBy?: number | undefined
}

/**
 * Listings; those resolved and not petitioned again within 180 days; those petitioned again within the
 * 180 days, where these have gone by.
 */
type Counts = { readonly listed: number; readonly resolved: number; readonly rebound: number }

/** `rate` is resolved / listed; null of none. */
export type CampaignCounts = Counts & { readonly rate: number | null }

/** Listed in the week, resolved in it, and of those resolved in it petitioned again; `rate` up to its end. */
export type CampaignWeek = CampaignCounts & { readonly week: string }

export type CampaignAnswer = CampaignCounts & {
  readonly campaign: string
  readonly asOf: string
  readonly receivedBy: string
  readonly cohorts: readonly (CampaignCounts & { readonly cohort: string })[]
  /** ISO weeks in which anything happened. */
  readonly weeks: readonly CampaignWeek[]
}

const metricsOf = {
  listed: 'backlog_listed',
  resolved: 'backlog_resolved',
  rebound: 'backlog_rebound_rate',
} as const

const withRate = (counts: Counts): CampaignCounts => ({
  ...counts,
  rate: counts.listed === 0 ? null : counts.resolved / counts.listed,
})

/** What a row counts; of the rebound rate the numerator. */
const amountOf = (row: FigureRow | undefined): number => {
  const amount = row?.['numerator'] ?? row?.['value']
  return typeof amount === 'number' ? amount : 0
}

/** How far a campaign has come: in all, by cohort, by week. Errors as of `askFigure`. */
export const askCampaign = async (
  deps: FigureDeps,
  { campaign, where = [], ...known }: CampaignQuestion,
): Promise<CampaignAnswer> => {
  const asOf = known.asOf ?? deps.now()
  const zone = zoneOf(deps.settings.timezone)
  // one moment of receipt for everything that is asked here
  const receivedBy = known.receivedBy ?? (await deps.watermark())
  const among = [...where, { key: 'campaign', values: [campaign] }]
  const ask = async (metric: string, by: string, from: LocalDay, to: LocalDay) => {
    const question = { metric, by: [by, 'campaign'], from: dayText(from), to: dayText(to) }
    const { rows } = await askFigure(deps, {
      ...known,
      ...question,
      asOf,
      receivedBy,
      where: among,
    })
    return rows
  }
  /** By each value of a key, in its order, the three counts. */
  const countsBy = async (key: string, from: LocalDay, to: LocalDay) => {
    const found = new Map<string, Counts>()
    for (const [name, metric] of Object.entries(metricsOf))
      for (const row of await ask(metric, key, from, to)) {
        const value = String(row[key])
        const before = found.get(value) ?? { listed: 0, resolved: 0, rebound: 0 }
        found.set(value, { ...before, [name]: amountOf(row) })
      }
    return [...found].sort(([a], [b]) => byCodePoint(a, b))
  }

  const cohorts = await countsBy('cohort', FIRST_DAY, LAST_DAY)
  const years = (await countsBy('year', FIRST_DAY, LAST_DAY)).map(([year]) => Number(year))
  // years of the reporting calendar may begin the month before
  const weeks =
    years.length === 0
      ? []
      : await countsBy(
          'week',
          dayOf(Math.min(...years) - 1, 1, 1),
          Math.min(LAST_DAY, dayOf(Math.max(...years) + 2, 1, 1)),
        )
  const sum = (all: readonly (readonly [string, Counts])[]): Counts =>
    all.reduce(
      (total, [, counts]) => ({
        listed: total.listed + counts.listed,
        resolved: total.resolved + counts.resolved,
        rebound: total.rebound + counts.rebound,
      }),
      { listed: 0, resolved: 0, rebound: 0 },
    )
  return {
    campaign,
    asOf: zone.format(asOf),
    receivedBy: zone.format(receivedBy),
    ...withRate(sum(cohorts)),
    cohorts: cohorts.map(([cohort, counts]) => ({ cohort, ...withRate(counts) })),
    weeks: weeks.map(([week, counts], index) => ({
      week,
      ...counts,
      rate: withRate(sum(weeks.slice(0, index + 1))).rate,
    })),
  }
}
