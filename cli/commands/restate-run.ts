import type { Known } from '../../dashboards/inquiries/restate.ts'
import { restateInquiry } from '../../dashboards/inquiries/restate-inquiry.ts'
import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { renderCsv } from '../render-report.ts'
import { textTable } from '../text-table.ts'
import { settingsFor } from './common-options.ts'
import type { RestateOptions } from './restate.ts'

/** Ids shown in a table; JSON and CSV have all. */
const IDS_SHOWN = 5

const knownText = ({ value, numerator, denominator, asOf, receivedBy }: Known): string =>
  `${value ?? '—'}${numerator === undefined ? '' : ` (${numerator}/${denominator})`}, as of ${asOf}, received by ${receivedBy}`

/** `pulse restate`: both figures, and what lies between them. */
export const runRestate = async (
  { io }: CommandContext,
  metric: string,
  options: RestateOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const { from, to, where, scope, then, now, thenReceivedBy, nowReceivedBy, format } = options
  const asked = [
    ['metric', metric],
    ['from', from],
    ['to', to],
    ['where', where],
    ['scope', scope],
    ['then', then],
    ['now', now],
    ['thenReceivedBy', thenReceivedBy],
    ['nowReceivedBy', nowReceivedBy],
  ] as const
  const answer = await withAccess({ settings, io, create: false }, (access) =>
    access.inquire(restateInquiry, Object.fromEntries(asked)),
  )
  if (format === 'json') {
    io.out(`${JSON.stringify(answer)}\n`)
    return
  }
  const lines = answer.causes.map(({ words, matterIds, ...rest }) => ({
    ...rest,
    meaning: `${words.zh} ${words.en}`,
    matterIds,
  }))
  if (format === 'csv') {
    io.out(renderCsv(lines))
    return
  }
  const shown = lines.map(({ matterIds, ...line }) => ({
    ...line,
    ids: `${matterIds.slice(0, IDS_SHOWN).join(' ')}${matterIds.length > IDS_SHOWN ? ' …' : ''}`,
  }))
  io.out(
    `${answer.metric} ${answer.from} to ${answer.to} (not included)\nthen        ${knownText(answer.before)}\nnow         ${knownText(answer.after)}\ndifference  ${answer.difference ?? '—'} ${answer.differenceUnit}\n\n${textTable(shown)}`,
  )
}
