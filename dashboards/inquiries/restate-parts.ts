import { PulseError } from '../../schemas/errors.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { FigureDeps } from '../figures/ask.ts'
import type { Cell } from '../figures/cell.ts'
import { compileFigure } from '../figures/compile.ts'
import type { Asked } from '../figures/question.ts'
import type { Slice } from '../figures/slices.ts'
import type { Statement, StatementRow } from '../figures/statement.ts'

/** Matters whose part changed (of a quantile: all of them), at most. */
const MOST_COMPARED = 50_000

export const matterDimension = {
  name: 'matter',
  dimension: { names: { zh: '信访事项', en: 'Matter' }, sql: 'matter_id' },
}
export const NO_CELL: Cell = { numerator: 0, denominator: 0, excluded: 0 }

export const statementsOf = (
  deps: FigureDeps,
  asked: Asked,
  slice: Slice | undefined,
  relation: string,
  dimensions: readonly (typeof matterDimension)[],
): readonly Statement[] =>
  slice === undefined || slice.from >= slice.to
    ? []
    : compileFigure({
        ...asked,
        layer: [slice],
        relation,
        dimensions,
        settings: deps.settings,
        // all of them are compared in the engine; what is equal does not come here
        maxRows: Number.MAX_SAFE_INTEGER - 1,
      })

/**
 * Both sides of a statement by matter, its rows as lines of JSON: only matters whose rows differ, unless
 * all are wanted.
 */
const bothSql = (
  then: Statement | undefined,
  now: Statement | undefined,
  wanted: 'differing' | 'all',
): string => {
  const sides = [then, now].flatMap((statement, side) =>
    statement === undefined
      ? []
      : [
          `SELECT ${side} AS side, key0, formatRow('JSONEachRow', *) AS line FROM (${statement.sql})`,
        ],
  )
  return `SELECT key0, arraySort(groupArrayIf(line, side = 0)) AS then_lines, arraySort(groupArrayIf(line, side = 1)) AS now_lines
FROM (${sides.join(' UNION ALL ')})
GROUP BY key0${wanted === 'all' ? '' : ' HAVING then_lines != now_lines'}
LIMIT ${MOST_COMPARED + 1}`
}

type Both = {
  readonly key0: string
  readonly then_lines: readonly string[]
  readonly now_lines: readonly string[]
}

export const addCell = (cells: Map<string, Cell>, id: string, cell: Cell): void => {
  const known = cells.get(id)
  cells.set(
    id,
    known === undefined
      ? cell
      : {
          numerator: known.numerator + cell.numerator,
          denominator: known.denominator + cell.denominator,
          excluded: known.excluded + cell.excluded,
        },
  )
}

const readLines = (
  cells: Map<string, Cell>,
  statement: Statement | undefined,
  lines: readonly string[],
): void => {
  const rows = lines.map((line) => JSON.parse(line) as StatementRow)
  for (const { keys, cell } of statement?.read(rows) ?? []) addCell(cells, keys[0] ?? '', cell)
}

export type Parts = {
  readonly before: ReadonlyMap<string, Cell>
  readonly after: ReadonlyMap<string, Cell>
}

/** What each matter adds on both sides. LIMIT_EXCEEDED where they are too many. */
export const partsOf = async (
  store: Pick<Store, 'query'>,
  then: readonly Statement[],
  now: readonly Statement[],
  wanted: 'differing' | 'all',
): Promise<Parts> => {
  const parts = { before: new Map<string, Cell>(), after: new Map<string, Cell>() }
  for (let n = 0; n < Math.max(then.length, now.length); n++) {
    const rows = await store.query<Both>(bothSql(then[n], now[n], wanted))
    if (rows.length > MOST_COMPARED)
      throw new PulseError(
        'LIMIT_EXCEEDED',
        `More than ${MOST_COMPARED} matters would have to be compared. Ask for a shorter period, or narrow it with --where.`,
      )
    for (const { then_lines: before, now_lines: after } of rows) {
      readLines(parts.before, then[n], before)
      readLines(parts.after, now[n], after)
    }
  }
  return parts
}
export const changed = (id: string, { before, after }: Parts): boolean => {
  const [a, b] = [before.get(id), after.get(id)]
  return (
    a === undefined ||
    b === undefined ||
    a.numerator !== b.numerator ||
    a.denominator !== b.denominator
  )
}
