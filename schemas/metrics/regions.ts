import { sqlString } from '../store/sql-text.ts'
import type { Expression } from './metric.ts'

/**
 * Division codes: 2 digits a province (level 4), 4 a city (3), 6 a county (2; the whole province
 * where it ends in 0000, the whole city where in 00), 9 a township and 12 a village (both 1).
 * Anything else is a name, not a code. Contract §4 and §5.
 */
const isCode = (text: string): boolean =>
  /^(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$/.test(text)

/**
 * One replacement a rule, so that the engine evaluates it once for each distinct region of a block
 * (its dictionary) and not for each row.
 */
const cuts: Readonly<Record<number, readonly string[]>> = {
  1: ['^([0-9]{9})[0-9]{3}$'],
  2: ['^([0-9]{6})(?:[0-9]{3}|[0-9]{6})$'],
  // six digits only where the last four are not all 0: that is the province, above a city
  3: [
    '^([0-9]{4})(?:[0-9]{5}|[0-9]{8})$',
    '^([0-9]{4})(?:[0-9][1-9]|[1-9]0)$',
    '^([0-9]{2}(?:[0-9][1-9]|[1-9]0))00$',
  ],
  4: ['^([0-9]{2})(?:[0-9]{2}|[0-9]{4}|[0-9]{7}|[0-9]{10})$'],
}

/**
 * The ancestor of the code in `column` at a level (1–4). A code of that level or below is cut; a
 * code above it, and what is not a code, stays whole.
 */
export const regionAtSql = (column: string, level: number): Expression =>
  (cuts[level] ?? []).reduce(
    (sql, pattern) => `replaceRegexpOne(${sql}, ${sqlString(pattern)}, '\\\\1')`,
    column,
  )

/** Trailing `00` pairs of a six-digit code stand for "the whole of": 430100 is all of 4301. */
const prefixOf = (code: string): string =>
  code.length === 6 ? (/^(..(?:..)*?)(?:00)*$/.exec(code)?.[1] ?? code) : code

/**
 * Condition: the region in `column` is `region` or lies below it. A name matches itself only.
 */
export const regionWithinSql = (column: string, region: string): Expression => {
  const same = `${column} = ${sqlString(region)}`
  if (!isCode(region)) return same
  const prefix = prefixOf(region)
  return `(${same} OR (startsWith(${column}, ${sqlString(prefix)}) AND match(${column}, '^(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$')))`
}

/**
 * The level of the code in `column` by its digits: 1 township … 4 province; 0 for what is not a code.
 */
export const regionLevelSql = (column: string): Expression =>
  `multiIf(${[
    ['^(?:[0-9]{2}|[0-9]{2}0000)$', 4],
    ['^(?:[0-9]{4}|[0-9]{4}00)$', 3],
    ['^[0-9]{6}$', 2],
    ['^(?:[0-9]{9}|[0-9]{12})$', 1],
  ]
    .map(([pattern, level]) => `match(${column}, '${pattern}'), ${level}`)
    .join(', ')}, 0)`
