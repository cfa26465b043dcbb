import { readScopedQuestion } from '../../dashboards/api/figure-request.ts'
import { checkQuestion } from '../../dashboards/figures/question.ts'
import { renderFigure } from '../../dashboards/figures/render.ts'
import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { settingsFor } from './common-options.ts'
import type { FigureOptions } from './figure.ts'

/** `pulse figure`: asks one figure and prints it. */
export const runFigure = async (
  { io }: CommandContext,
  metric: string,
  options: FigureOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const { from, to, by, where, asOf, receivedBy, compare, scope } = options
  const question = { metric, from, to, by, where, asOf, receivedBy, compare, scope }
  // a question that cannot be asked needs no store; a server may know more than this version does
  if (settings.server === undefined) checkQuestion(readScopedQuestion(question, settings.timezone))
  const { answer, countedBy } = await withAccess({ settings, io, create: false }, (access) =>
    access.figure(question),
  )
  for (const [variable, there] of Object.entries(countedBy)) {
    const here = io.env[variable]?.trim() ?? ''
    if (here !== '' && here !== there)
      io.note(
        `warning: the server asked counts by ${variable}=${there}; this command's own setting is another and has no effect.`,
      )
  }
  io.out(renderFigure(answer, options.format))
}
