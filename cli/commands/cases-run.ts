import type { Case, CasesAnswer } from '../../dashboards/inquiries/cases.ts'
import { casesInquiry } from '../../dashboards/inquiries/cases-inquiry.ts'
import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { renderCsv } from '../render-report.ts'
import { textTable } from '../text-table.ts'
import type { CasesOptions } from './cases.ts'
import { settingsFor } from './common-options.ts'

/** A matter as a line: what it adds, and what tells it from others. */
const lineOf = ({ matterId, state, petitions, events: _, ...adds }: Case) => ({
  matterId,
  ...adds,
  region: state['region'] ?? '',
  org: state['org'] ?? '',
  category: state['category'] ?? '',
  petitions: petitions.filter(({ counted }) => counted === true).length,
  registeredAt: state['registeredAt'] ?? '',
  acceptedAt: state['acceptedAt'] ?? '',
  dueAt: state['dueAt'] ?? '',
  closedAt: state['closedAt'] ?? '',
})

/** The cases of an answer in the form asked for. */
export const renderCases = (answer: CasesAnswer, format: CasesOptions['format']): string => {
  if (format === 'json') return `${JSON.stringify(answer)}\n`
  const lines = answer.cases.map(lineOf)
  if (format === 'csv') return renderCsv(lines)
  const more =
    answer.next === null ? '' : `\nMore: the next page is --after ${JSON.stringify(answer.next)}\n`
  return `${answer.metric} ${answer.from} to ${answer.to} (not included), as of ${answer.asOf}\n\n${textTable(lines)}${more}`
}

/** `pulse cases`: a page of the matters behind a figure. */
export const runCases = async (
  { io }: CommandContext,
  metric: string,
  options: CasesOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const { from, to, where, asOf, receivedBy, scope, after, limit, events } = options
  const answer = await withAccess({ settings, io, create: false }, (access) =>
    access.inquire(casesInquiry, {
      metric,
      from,
      to,
      where,
      asOf,
      receivedBy,
      scope,
      after,
      limit,
      events: events === true ? 'true' : undefined,
    }),
  )
  io.out(renderCases(answer, options.format))
}
