import { rankInquiry } from '../../dashboards/inquiries/rank-inquiry.ts'
import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { renderCsv } from '../render-report.ts'
import { textTable } from '../text-table.ts'
import { settingsFor } from './common-options.ts'
import type { RankOptions } from './rank.ts'

/** `pulse rank`: a figure's rows in order. */
export const runRank = async (
  { io }: CommandContext,
  metric: string,
  options: RankOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const { from, to, by, where, asOf, receivedBy, scope, min, format } = options
  const answer = await withAccess({ settings, io, create: false }, (access) =>
    access.inquire(rankInquiry, { metric, from, to, by, where, asOf, receivedBy, scope, min }),
  )
  if (format === 'json') io.out(`${JSON.stringify(answer)}\n`)
  else if (format === 'csv') io.out(renderCsv(answer.rows))
  else
    io.out(
      `${answer.metric} ${answer.from} to ${answer.to} (not included), as of ${answer.asOf}; before: ${answer.previous.from} to ${answer.previous.to}; the ${answer.order} first\n\n${textTable(answer.rows.map(({ ranked: _, ...row }) => row))}`,
    )
}
