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

/** A tuple of names that only the last SELECT uses, and where each is in it. */
type Pack = { readonly column: Column; readonly places: ReadonlyMap<string, string> }

const packed = (name: string, columns: readonly Column[]): Pack => ({
  column: [name, `(${columns.map(([, expression]) => expression).join(',\n    ')})`],
  places: new Map(columns.map(([column], index) => [column, `${name}.${index + 1}`])),
})

/** Fewer travel as they are. */
const LEAST_PACKED = 2

export const layeredSelect = ({ base, from, middle, last }: Layers): string => {
  const inLast = usedBy(last)
  /** What the layers from one on use. */
  const needs = middle.map((_, index) => usedBy(middle.slice(index).flat()))
  const needed = (layer: number, name: string): boolean => needs[layer]?.has(name) ?? false
  const places = new Map<string, string>()
  const carried = base.filter(([name]) => needed(0, name))
  const kept = packed(
    'kept',
    base.filter(([name]) => inLast.has(name) && !needed(0, name)),
  )
  for (const [name, place] of kept.places) places.set(name, place)
  let sql = `SELECT\n  ${selectList([...carried, kept.column])}\n${from}`
  let available = carried.map(([name]) => name)
  let packs = ['kept']
  middle.forEach((columns, index) => {
    const later = index + 1
    const through = available.filter((name) => needed(later, name))
    const done = available.filter((name) => !needed(later, name) && inLast.has(name))
    const here = columns.filter(([name]) => needed(later, name) || inLast.has(name))
    const pack =
      done.length < LEAST_PACKED
        ? undefined
        : packed(
            `kept_${index}`,
            done.map((name) => [name, name]),
          )
    for (const [name, place] of pack?.places ?? []) places.set(name, place)
    const alone = pack === undefined ? [...through, ...done] : through
    const same = [...alone, ...packs].map((name): Column => [name, name])
    sql = `SELECT\n  ${selectList([...same, ...(pack === undefined ? [] : [pack.column]), ...here])}\nFROM (\n${sql}\n)`
    available = [...alone, ...here.map(([name]) => name)]
    if (pack !== undefined) packs = [...packs, pack.column[0]]
  })
  const finalColumns = last.map(
    ([name, expression]): Column => [
      name,
      // an element of an element, written with two dots, would be read as a number
      expression.replace(/\b([a-z_]\w*)\b(\.?)/g, (whole, word: string, dot: string) => {
        const place = places.get(word)
        if (place === undefined) return whole
        return dot === '' ? place : `(${place}).`
      }),
    ],
  )
  return `SELECT\n  ${selectList(finalColumns)}\nFROM (\n${sql}\n)`
}
