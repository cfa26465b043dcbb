import type { Reconciliation } from '../../consumers/reconcile/report.ts'
import type { Ran } from '../support/cli-child.ts'
import type { LogEntry } from './log-reader.ts'

type Outcomes = NonNullable<Reconciliation['outcomes']>

/** How the messages of a log must have ended, counted from the log itself. */
const outcomesOf = (log: readonly LogEntry[]): Outcomes => {
  const contents = log.flatMap(({ content }) => (content === undefined ? [] : [content]))
  const different = new Set(contents)
  const identities = new Set([...different].map((content) => content.replace(/\n[^\n]*$/, '')))
  return {
    new: identities.size,
    duplicate: contents.length - different.size,
    conflict: different.size - identities.size,
    deadLetter: log.length - contents.length,
  }
}

/**
 * What is wrong with a `pulse reconcile --format json` over a store that has all of a log: gaps, other
 * numbers of messages than the log has, another exit code than 0.
 */
export const reconcileFaults = (
  { code, out, notes }: Ran,
  log: readonly LogEntry[],
): readonly string[] => {
  if (code !== 0 && out === '') return [`it could not be done (${code}): ${notes.slice(-600)}`]
  const { clean, gaps, outcomes } = JSON.parse(out) as Reconciliation
  const [counted, expected] = [JSON.stringify(outcomes), JSON.stringify(outcomesOf(log))]
  return [
    ...gaps.map(({ kind, message }) => `${kind}: ${message}`),
    ...(counted === expected ? [] : [`messages: ${counted} instead of ${expected}`]),
    ...(clean === (code === 0) ? [] : [`exit code ${code} for a report that says clean: ${clean}`]),
  ]
}
