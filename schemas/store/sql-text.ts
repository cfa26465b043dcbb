/**
 * A string as a SQL literal. The one way a value enters SQL text: the embedded engine serialises
 * bound parameters process-wide, so a slow query would hold up every other one.
 */
export const sqlString = (value: string): string =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`

/** Epoch milliseconds as a DateTime64(3, 'UTC') literal. */
export const sqlInstant = (epochMs: number): string => {
  if (!Number.isSafeInteger(epochMs)) throw new RangeError('an instant is whole milliseconds')
  return `fromUnixTimestamp64Milli(${epochMs}, 'UTC')`
}

/** Strings as an array literal; `[]` keeps its type. */
export const sqlStrings = (values: readonly string[]): string =>
  values.length === 0 ? "CAST([], 'Array(String)')" : `[${values.map(sqlString).join(', ')}]`

/** Longer lists than this are read as data: parsing them as SQL costs the engine twice as much. */
const LONGEST_LITERAL = 200

/** What may stand after IN: the strings as an array, or as a subquery where they are many. */
export const sqlStringSet = (values: readonly string[]): string =>
  values.length <= LONGEST_LITERAL
    ? sqlStrings(values)
    : `(SELECT s FROM format(JSONCompactEachRow, 's String', ${sqlString(values.map((value) => JSON.stringify([value])).join('\n'))}))`
