import type { Gap, NamedPosition, Reconciliation } from '../consumers/reconcile/report.ts'
import type { FormatOptions } from './commands/common-options.ts'
import { renderCsv } from './render-report.ts'

const count = (n: number): string => n.toLocaleString('en')

/** Columns as wide as their cells; numbers to the right. */
const table = (rows: readonly (readonly (string | number | undefined)[])[]): string => {
  const cells = rows.map((row) =>
    row.map((cell) => (cell === undefined ? '-' : typeof cell === 'number' ? count(cell) : cell)),
  )
  const widths = (cells[0] ?? []).map((_, n) =>
    Math.max(...cells.map((row) => row[n]?.length ?? 0)),
  )
  return cells
    .map((row) =>
      row
        .map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
        .join('  '),
    )
    .map((line) => `${line}\n`)
    .join('')
}

const placeText = ({ origin, position, subject, source, id }: NamedPosition): string =>
  `${origin}/${position}${id === undefined ? '' : `  ${subject}  ${source}  ${id}`}`

const namedIn = ({ positions, matters, petitions }: Gap): readonly string[] => [
  ...(positions ?? []).map(placeText),
  ...(matters ?? []),
  ...(petitions ?? []).map(({ matter, petitionId }) => `${matter}  ${petitionId}`),
]

const tableText = (report: Reconciliation): string => {
  const { outcomes, partitions, gaps, notes } = report
  const parts = [
    table([
      ['event rows, copies included', report.events],
      ['matters', report.matters],
      ['registered petitions', report.petitions],
      ...(outcomes === undefined
        ? []
        : [
            ['messages: new', outcomes.new],
            ['messages: duplicates', outcomes.duplicate],
            ['messages: conflicts', outcomes.conflict],
            ['messages: dead letters', outcomes.deadLetter],
          ]),
    ]),
    `by what was received up to ${report.watermark}\n`,
  ]
  if (partitions.length > 0)
    parts.push(
      table([
        ['partition', 'begin', 'end', 'committed', 'folded', 'stored', 'lag'],
        ...partitions.map((one) => [
          one.origin,
          one.begin,
          one.end,
          one.committed,
          one.folded,
          one.stored,
          one.lag,
        ]),
      ]),
    )
  parts.push(...notes.map((note) => `note: ${note}\n`))
  parts.push(
    ...gaps.map((gap) =>
      [`gap (${gap.kind}): ${gap.message}\n`, ...namedIn(gap).map((name) => `  ${name}\n`)].join(
        '',
      ),
    ),
  )
  parts.push(
    report.clean
      ? 'Nothing is missing.\n'
      : `${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'}.\n`,
  )
  return parts.join('\n')
}

/** json: all of it; csv: one record a gap; table: for people. */
export const renderReconciliation = (
  report: Reconciliation,
  format: FormatOptions['format'],
): string => {
  if (format === 'json') return `${JSON.stringify(report)}\n`
  if (format === 'table') return tableText(report)
  return renderCsv(report.gaps, ['kind', 'found', 'origin', 'from', 'to', 'message'])
}
