/**
 * A SELECT built in layers, each naming expressions over the names of those below. The engine
 * analyses a SELECT whose names refer to each other at a cost that grows with every reference, and
 * one that carries every column through every layer at a cost that grows with both; so each layer
 * carries only what a later one uses, and what only the last uses travels as one tuple.
 */

/** Name and expression. A name must not equal a function or a lambda parameter used in any expression. */
export type Column = readonly [name: string, expression: string]

export type Layers = {
  /** The first SELECT's columns and everything after its list (FROM … GROUP BY …). */
  readonly base: readonly Column[]
  readonly from: string
  readonly middle: readonly (readonly Column[])[]
  readonly last: readonly Column[]
}

const names = (expression: string): Set<string> => new Set(expression.match(/\b[a-z_]\w*\b/g) ?? [])

const usedBy = (columns: readonly Column[]): Set<string> =>
  new Set(columns.flatMap(([, expression]) => [...names(expression)]))

const selectList = (columns: readonly Column[]): string =>
  columns
    .map(([name, expression]) => (name === expression ? name : `${expression} AS ${name}`))
    .join(',\n  ')

export const layeredSelect = ({ base, from, middle, last }: Layers): string => {
  const inMiddle = new Set(middle.flatMap((columns) => [...usedBy(columns)]))
  const inLast = usedBy(last)
  const kept = base.filter(([name]) => inLast.has(name) && !inMiddle.has(name))
  const place = new Map(kept.map(([name], index) => [name, `kept.${index + 1}`]))
  const carried = base.filter(([name]) => inMiddle.has(name))
  const finalColumns = last.map(
    ([name, expression]) =>
      [name, expression.replace(/\b[a-z_]\w*\b/g, (word) => place.get(word) ?? word)] as const,
  )
  const first: Column[] = [
    ...carried,
    ['kept', `(${kept.map(([, expression]) => expression).join(',\n    ')})`],
  ]
  let sql = `SELECT\n  ${selectList(first)}\n${from}`
  let available = first.map(([name]) => name)
  middle.forEach((columns, index) => {
    const later = usedBy([...middle.slice(index + 1).flat(), ...finalColumns])
    const through = available.filter((name) => later.has(name)).map((name) => [name, name] as const)
    const here = columns.filter(([name]) => later.has(name))
    sql = `SELECT\n  ${selectList([...through, ...here])}\nFROM (\n${sql}\n)`
    available = [...through, ...here].map(([name]) => name)
  })
  return `SELECT\n  ${selectList(finalColumns)}\nFROM (\n${sql}\n)`
}
