import type { FormatOptions } from './commands/common-options.ts'

type Report = Readonly<Record<string, unknown>>

const shown = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)

/** RFC 4180; a cell a spreadsheet would take for a formula is kept as text. */
const csvCell = (value: unknown): string => {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : shown(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Records as CSV with a header; columns, where they are not given, are those any record has. */
export const renderCsv = (
  records: readonly Report[],
  columns: readonly string[] = [...new Set(records.flatMap((record) => Object.keys(record)))],
): string => {
  return [columns, ...records.map((record) => columns.map((name) => record[name]))]
    .map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
    .join('')
}

/**
 * What a command reports of its work. json: as it is; csv: its counts as one record; table: a line
 * for each count, and one for each entry of its lists.
 */
export const renderReport = (report: Report, format: FormatOptions['format']): string => {
  if (format === 'json') return `${JSON.stringify(report)}\n`
  const counts = Object.entries(report).filter(([, value]) => !Array.isArray(value))
  if (format === 'csv') return renderCsv([Object.fromEntries(counts)])
  const width = Math.max(...Object.keys(report).map((name) => name.length)) + 2
  return Object.entries(report)
    .map(([name, value]) =>
      Array.isArray(value)
        ? `${name.padEnd(width)}${value.length}\n${value.map((entry) => `  ${listed(entry)}\n`).join('')}`
        : `${name.padEnd(width)}${shown(value)}\n`,
    )
    .join('')
}

const listed = (entry: unknown): string =>
  typeof entry === 'object' && entry !== null
    ? Object.entries(entry)
        .map(([name, value]) => `${name} ${shown(value)}`)
        .join('  ')
    : shown(entry)
