import { dimensions } from '../../schemas/metrics/dimensions.ts'
import { kindOf, type Metric } from '../../schemas/metrics/metric.ts'
import { metricOf } from '../../schemas/metrics/registry.ts'
import { comparisons } from '../../schemas/periods/earlier.ts'
import type { Compared, FigureAnswer, FigureRow } from './answer.ts'
import { changeWords } from './change.ts'
import { displayWidth, padTo } from './display-width.ts'
import { formatHalfUp, fractionOf } from './exact.ts'

export type FigureFormat = 'table' | 'json' | 'csv'
export type Language = 'zh' | 'en'

const NONE = '—'

/** A value with that many decimals, halves up. A double's shortest text is what it is taken to mean. */
const shown = (value: number | null, decimals: number, times = 1n): string => {
  if (value === null) return NONE
  const { numerator, denominator } = fractionOf(value)
  return formatHalfUp(numerator * times, denominator, decimals)
}

type Kind = ReturnType<typeof kindOf>

const valueText = (
  kind: Kind,
  row: { readonly [name: string]: unknown } & { readonly value?: unknown },
  dayDecimals: number,
): string => {
  const value = typeof row.value === 'number' ? row.value : null
  if (kind === 'count') return shown(value, 0)
  if (kind === 'days') return shown(value, dayDecimals)
  const { numerator, denominator } = row as { numerator?: number; denominator?: number }
  if (value === null || numerator === undefined || denominator === undefined)
    return value === null ? NONE : `${shown(value, 2, 100n)}%`
  return `${formatHalfUp(BigInt(numerator) * 100n, BigInt(denominator), 2)}%`
}

type Column = {
  readonly head: string
  readonly side: 'left' | 'right'
  readonly text: (row: FigureRow) => string
}

/** What a cell is compared with has a value; all but a share have a change. */
const isCompared = (value: unknown): value is Compared =>
  typeof value === 'object' && value !== null

const ownColumns = new Set<string>([
  'numerator',
  'denominator',
  'value',
  'excluded',
  ...comparisons,
])

const heads: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  numerator: { zh: '分子', en: 'numerator' },
  denominator: { zh: '分母', en: 'denominator' },
  value: { zh: '数值', en: 'value' },
  excluded: { zh: '不计入', en: 'excluded' },
  yoy: { zh: '上年同期', en: 'yoy' },
  mom: { zh: '上期', en: 'mom' },
  ytd: { zh: '年初以来', en: 'ytd' },
  lunar: { zh: '上年农历同期', en: 'lunar' },
  share: { zh: '占比', en: 'share' },
  yoy_change: { zh: '同比', en: 'yoy change' },
  mom_change: { zh: '环比', en: 'mom change' },
  ytd_change: { zh: '累计同比', en: 'ytd change' },
  lunar_change: { zh: '农历同比', en: 'lunar change' },
  day: { zh: '日', en: 'day' },
  week: { zh: '周', en: 'week' },
  month: { zh: '月', en: 'month' },
  quarter: { zh: '季', en: 'quarter' },
  half: { zh: '半年', en: 'half' },
  year: { zh: '年', en: 'year' },
}

const headOf = (name: string, metric: Metric, language: Language): string => {
  const [dimension = name, depth] = name.split('@')
  const known = heads[name]?.[language]
  if (known !== undefined || language === 'en') return known ?? name
  const named = dimensions[metric.view][dimension]?.names.zh ?? name
  return depth === undefined ? named : `${named}@${depth}`
}

const columnsOf = (
  answer: FigureAnswer,
  metric: Metric,
  style: { readonly csv: boolean; readonly language: Language },
): readonly Column[] => {
  const kind = kindOf(metric)
  const dayDecimals = style.csv ? 6 : 2
  const first = answer.rows[0] ?? {}
  const head = (name: string): string => (style.csv ? name : headOf(name, metric, style.language))
  const plain = (name: string): Column => ({
    head: head(name),
    side: 'right',
    text: (row) => (typeof row[name] === 'number' ? String(row[name]) : NONE),
  })
  return [
    ...Object.keys(first)
      .filter((name) => !ownColumns.has(name))
      .map(
        (name): Column => ({ head: head(name), side: 'left', text: (row) => String(row[name]) }),
      ),
    ...(kind === 'rate' ? [plain('numerator'), plain('denominator')] : []),
    { head: head('value'), side: 'right', text: (row) => valueText(kind, row, dayDecimals) },
    ...(kind === 'days' ? [plain('excluded')] : []),
    ...comparisons
      .filter((name) => name in first)
      .flatMap((name): Column[] => {
        const unit = kind === 'rate' ? 'pp' : '%'
        const of = (row: FigureRow, text: (compared: Compared) => string): string => {
          const compared = row[name]
          return isCompared(compared) ? text(compared) : NONE
        }
        if (name === 'share')
          return [
            {
              head: head(name),
              side: 'right',
              text: (row) => of(row, (share) => valueText('rate', share, dayDecimals)),
            },
          ]
        const changeText = (row: FigureRow): string =>
          of(row, (compared) => {
            const change = 'change' in compared ? compared.change : null
            const text = shown(change, 2)
            if (style.csv || text === NONE) return text
            const word = style.language === 'zh' ? ` ${changeWords(change)?.zh ?? ''}` : ''
            return `${(change ?? 0) > 0 ? '+' : ''}${text}${unit}${word}`
          })
        return [
          {
            head: head(name),
            side: 'right',
            text: (row) => of(row, (compared) => valueText(kind, compared, dayDecimals)),
          },
          {
            head: style.csv
              ? `${name}_change_${unit === 'pp' ? 'pp' : 'percent'}`
              : head(`${name}_change`),
            side: 'right',
            text: changeText,
          },
        ]
      }),
  ]
}

/** RFC 4180. A text a spreadsheet would take for a formula gets an apostrophe before it. */
const csvCell = (text: string, side: Column['side']): string => {
  const safe = side === 'left' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const csvText = (answer: FigureAnswer, columns: readonly Column[]): string =>
  [
    columns.map(({ head, side }) => csvCell(head, side)),
    ...answer.rows.map((row) => columns.map(({ text, side }) => csvCell(text(row), side))),
  ]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('')

/** Line breaks and other control characters of a region's or category's name would break the table. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')

const tableText = (
  answer: FigureAnswer,
  metric: Metric,
  columns: readonly Column[],
  language: Language,
): string => {
  const cells = [
    columns.map(({ head }) => head),
    ...answer.rows.map((row) => columns.map(({ text }) => oneLine(text(row)))),
  ]
  const widths = columns.map((_, index) =>
    cells.reduce((most, line) => Math.max(most, displayWidth(line[index] ?? '')), 0),
  )
  const lines = cells.map((line) =>
    line
      .map((text, index) =>
        padTo(text, widths[index] ?? 0, columns[index]?.side === 'right' ? 'left' : 'right'),
      )
      .join('  ')
      .trimEnd(),
  )
  const known =
    language === 'zh'
      ? `${answer.from} 至 ${answer.to}（不含），统计时点 ${answer.asOf}，接收截至 ${answer.receivedBy}`
      : `${answer.from} to ${answer.to} (not included), as of ${answer.asOf}, received by ${answer.receivedBy}`
  const title = `${metric.names[language]} (${answer.metric}, ${answer.unit}, ${answer.basis})`
  const [first = '', ...rest] = lines
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  const none = language === 'zh' ? '没有数据' : 'nothing in this period'
  return `${[title, known, '', first, rule, ...(rest.length === 0 ? [none] : rest)].join('\n')}\n`
}

/**
 * A figure as text. `json` is the answer itself; `table` is for people, aligned for Chinese; `csv`
 * has the names of the JSON as heads. Both show rates in % with two decimals, halves up, and "—"
 * where there is no value; days have two decimals in a table and six in CSV.
 */
export const renderFigure = (
  answer: FigureAnswer,
  format: FigureFormat,
  language: Language = 'en',
): string => {
  if (format === 'json') return `${JSON.stringify(answer)}\n`
  const metric = metricOf(answer.metric)
  const columns = columnsOf(answer, metric, { csv: format === 'csv', language })
  return format === 'csv' ? csvText(answer, columns) : tableText(answer, metric, columns, language)
}
