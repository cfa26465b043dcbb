import { displayWidth, padTo } from '../dashboards/figures/display-width.ts'

type Line = Readonly<Record<string, unknown>>

const textOf = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? '—'
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value).replaceAll(/\p{Cc}/gu, ' ')

/** Lines with the same names as a table for people; numbers to the right, Chinese lined up. */
export const textTable = (lines: readonly Line[]): string => {
  const names = [...new Set(lines.flatMap((line) => Object.keys(line)))]
  if (lines.length === 0) return 'nothing\n'
  const cells = [names, ...lines.map((line) => names.map((name) => textOf(line[name])))]
  const widths = names.map((_, n) =>
    cells.reduce((most, row) => Math.max(most, displayWidth(row[n] ?? '')), 0),
  )
  const toTheRight = names.map((name) => lines.some((line) => typeof line[name] === 'number'))
  return cells
    .map((row) =>
      row
        .map((text, n) => padTo(text, widths[n] ?? 0, toTheRight[n] === true ? 'left' : 'right'))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}
