import { campaignInquiry } from '../../dashboards/inquiries/campaign-inquiry.ts'
import { casesInquiry } from '../../dashboards/inquiries/cases-inquiry.ts'
import { dayText } from '../../schemas/periods/local-day.ts'
import { zoneOf } from '../../schemas/periods/zone.ts'
import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { renderCsv } from '../render-report.ts'
import { textTable } from '../text-table.ts'
import type { CampaignOptions } from './campaign.ts'
import { renderCases } from './cases-run.ts'
import { settingsFor } from './common-options.ts'

/** `pulse campaign`: progress, or the candidates where the name is `propose`. */
export const runCampaign = async (
  { io }: CommandContext,
  campaign: string,
  options: CampaignOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const { where, asOf, receivedBy, scope, after, limit, format } = options
  const known = { where, asOf, receivedBy, scope }
  if (campaign === 'propose') {
    // a state has no period, but every figure is asked over one: today stands for it
    const { day } = zoneOf(settings.timezone).wallAt(Date.now())
    const period = { from: dayText(day), to: dayText(day + 1) }
    const candidates = await withAccess({ settings, io, create: false }, (access) =>
      access.inquire(casesInquiry, {
        metric: 'backlog_candidates',
        ...period,
        ...known,
        after,
        limit,
      }),
    )
    io.out(renderCases(candidates, format))
    return
  }
  const answer = await withAccess({ settings, io, create: false }, (access) =>
    access.inquire(campaignInquiry, { campaign, ...known }),
  )
  const { cohorts, weeks, listed, resolved, rebound, rate } = answer
  const lines = [
    { of: 'all', listed, resolved, rebound, rate },
    ...cohorts.map(({ cohort, ...counts }) => ({ of: cohort, ...counts })),
    ...weeks.map(({ week, ...counts }) => ({ of: week, ...counts })),
  ]
  if (format === 'json') io.out(`${JSON.stringify(answer)}\n`)
  else if (format === 'csv') io.out(renderCsv(lines))
  else io.out(`${campaign}, as of ${answer.asOf}\n\n${textTable(lines)}`)
}
