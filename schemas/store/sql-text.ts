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
