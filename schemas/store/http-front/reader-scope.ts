import { refusal } from './exceptions.ts'
import { keyword, tokensOf } from './sql-tokens.ts'

/** What readers of a front may read: nothing else, whatever there is. */
export type ReaderScope = {
  /** Tables as `database.table`. */
  readonly tables: ReadonlySet<string>
  /** Bare names of tables there are and that are kept from readers: found wherever they stand. */
  readonly kept: ReadonlySet<string>
}

/** What drivers and tools ask about the engine; nothing of it comes from rows of ours. */
const SYSTEM_TABLES = new Set(
  'one numbers zeros databases tables columns functions settings formats data_type_families table_engines table_functions collations time_zones licenses build_options contributors keywords'
    .split(' ')
    .map((name) => `system.${name}`),
)

/** Table functions that make rows out of what they are given. */
const TABLE_FUNCTIONS = new Set([
  'numbers',
  'numbers_mt',
  'zeros',
  'zeros_mt',
  'generateSeries',
  'generate_series',
  'values',
])

/** Table functions that read other tables. Named here too, since not all stand right after FROM. */
const READS_TABLES = /^(?:merge\w*|loop|remote\w*|cluster\w*|view\w*|dictionary)$/i

const refuse = (what: string): never => {
  throw refusal('ACCESS_DENIED', `Not enough privileges: ${what}.`)
}

/** The names a value of `{name:Identifier}` may stand for. */
const lastName = (name: string): string =>
  name
    .split('.')
    .at(-1)
    ?.replace(/^[`"]|[`"]$/g, '') ?? ''

/**
 * Throws for a rewritten statement (bytes as latin1) that names what is kept from readers. It comes
 * before the engine looks at the statement: what it cannot make sense of it says with values of rows.
 */
export const guardNames = (
  text: string,
  values: ReadonlyMap<string, string>,
  { kept }: ReaderScope,
): void => {
  const check = (name: string): void => {
    if (kept.has(name)) refuse(`table ${name} is not for readers; read matters and petitions`)
  }
  if (text.includes(':Identifier}')) for (const value of values.values()) check(lastName(value))
  const words: string[] = []
  let previous = ''
  let from = ''
  let before = ''
  for (const token of tokensOf(text)) {
    const word = keyword(text, token)
    const source = text.slice(token.start, token.end)
    if (token.kind === 'word') check(source)
    if (token.kind === 'name') check(source.slice(1, -1))
    if (
      source === '(' &&
      (READS_TABLES.test(before) || (from !== '' && !TABLE_FUNCTIONS.has(from)))
    )
      refuse(`table function ${before} is not for readers`)
    from = (previous === 'FROM' || previous === 'JOIN') && source !== '(' ? source : ''
    before = source.replace(/^[`"]|[`"]$/g, '')
    previous = word || source
    if (words.length < 2) words.push(previous)
  }
  const [verb, next] = words
  if (verb === 'EXPLAIN' && next !== 'AST') refuse('readers may EXPLAIN AST only')
  if (verb === 'SHOW' && (next === 'PROCESSLIST' || next === 'FULL'))
    refuse('what others run is not for readers')
}

/** Asks the engine what the statement reads, as it understands it. */
export const treeOf = (select: string): string => `EXPLAIN QUERY TREE passes = 1 ${select}`

/** Throws where the engine's own tree of a statement reads something readers may not. */
export const guardTree = (tree: string, { tables }: ReaderScope): void => {
  if (!/^(?:QUERY|UNION) id: /.test(tree)) refuse('what the statement reads cannot be told')
  for (const [, name = ''] of tree.matchAll(/^ *TABLE id: .*\btable_name: ([^,\n]+)/gm))
    if (!tables.has(name) && !SYSTEM_TABLES.has(name)) refuse(`table ${name} is not for readers`)
  for (const [, name = ''] of tree.matchAll(
    /^ *TABLE_FUNCTION id: .*\btable_function_name: (\w+)/gm,
  ))
    if (!TABLE_FUNCTIONS.has(name)) refuse(`table function ${name} is not for readers`)
  // the engine has computed such a value already and no longer says from what
  if (/\bfunction_name: __getScalar\b/.test(tree))
    refuse('a subquery that gives an array or a tuple as one value is not for readers; join it')
}
