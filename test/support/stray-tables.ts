const withoutTexts = (sql: string): string => sql.replace(/'(?:[^'\\]|\\.)*'/g, "''")

const tablesRead = (sql: string): string[] =>
  [...sql.matchAll(/\b(?:FROM|(?<!ARRAY )JOIN) ([\w.]+)/g)]
    .map(([, name]) => name ?? '')
    .filter(
      (name) => !['stored_rows', 'mergeTreeIndex', 'format', 'file', 'cluster'].includes(name),
    )

/** Where the parenthesis that opens at `from` closes. */
const closing = (sql: string, from: number): number => {
  let depth = 0
  for (let at = from; at < sql.length; at++) {
    if (sql[at] === '(') depth += 1
    if (sql[at] === ')' && --depth === 0) return at
  }
  return sql.length
}

const VIEW = "cluster('', view("

/**
 * Tables a statement reads where it must not: the whole of one in what is sent to every shard, which
 * would each read all of it; or only a part of one outside of that.
 */
export const strayTables = (sql: string): string[] => {
  let rest = withoutTexts(sql)
  const stray: string[] = []
  for (let at = rest.indexOf(VIEW); at >= 0; at = rest.indexOf(VIEW)) {
    const end = closing(rest, at + VIEW.length - 1)
    stray.push(...tablesRead(rest.slice(at, end)).filter((name) => !name.endsWith('_local')))
    rest = rest.slice(0, at) + rest.slice(end)
  }
  return [...stray, ...tablesRead(rest).filter((name) => name.endsWith('_local'))]
}
