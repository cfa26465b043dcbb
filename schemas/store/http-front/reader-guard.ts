import { sqlString } from '../sql-text.ts'
import { refusal } from './exceptions.ts'
import { keyword, tokensOf } from './sql-tokens.ts'

/**
 * `readonly = 1` keeps a connection from writing tables, not from what else the embedded engine can
 * reach: it answers `SELECT file('/etc/passwd')`, fetches in `DESCRIBE url(…)`, writes files with
 * INTO OUTFILE and stops merges. A server refuses these by grants, which the embedded engine does not
 * have. So the engine's own parser writes the statement anew, and that text, which has one way to
 * write each thing, is read here and run.
 */
export const rewriting = (statement: string): string =>
  `SELECT formatQuerySingleLine(${sqlString(statement)})`

/** What is said of a statement that does not parse, without the query it was parsed in. */
export const parseFault = (message: string): string =>
  message.replace(/[.:\s]*In scope SELECT formatQuerySingleLine\([\s\S]*\)\.? \((\w+)\)$/, '. ($1)')

const VERBS = new Set(['SELECT', 'WITH', '(', 'SHOW', 'DESCRIBE', 'EXISTS', 'EXPLAIN'])
/**
 * Functions that reach beyond the tables (files, libraries, programs elsewhere) or run text as a
 * query. A name of theirs is refused wherever it stands, since a function can be handed on by name
 * (`arrayMap(file, …)`).
 */
const BEYOND =
  /^(?:file|eval|catboostEvaluate|ai(?:Classify|Embed|Extract|Generate|Translate)\w*)$/i

const refuse = (what: string): never => {
  throw refusal('READONLY', `Cannot execute query in readonly mode: ${what}.`)
}

const refuseBeyond = (name: string): void => {
  if (BEYOND.test(name)) refuse(`function ${name} reaches beyond the tables`)
}

/**
 * Throws for a rewritten statement (bytes as latin1) that a reader may not run. `values` are those of
 * `{name:Type}`, which may stand for a name.
 */
export const guardReader = (text: string, values: ReadonlyMap<string, string>): void => {
  if (text.includes(':Identifier}')) for (const value of values.values()) refuseBeyond(value)
  let position = 0
  let verb = ''
  let previous = ''
  let beforeThat = ''
  for (const token of tokensOf(text)) {
    const word = keyword(text, token)
    const source = text.slice(token.start, token.end)
    if (position++ === 0) {
      verb = word || source
      if (!VERBS.has(verb)) refuse(`${/^\w+$/.test(verb) ? verb : 'this'} is not for reading`)
    }
    if (word === 'INFILE' || word === 'OUTFILE')
      throw refusal('INTO_OUTFILE_NOT_ALLOWED', 'INTO OUTFILE is not allowed.', 403)
    if (token.kind === 'word') refuseBeyond(source)
    if (token.kind === 'name') refuseBeyond(source.slice(1, -1))
    // the engine asks for no right before it infers the columns of a table function
    const call = source === '(' && token.kind === 'mark' && previous !== 'TABLE'
    if (verb === 'DESCRIBE' && call && beforeThat === 'TABLE' && token.depth === 0)
      refuse('DESCRIBE of a table function is not for reading')
    if (verb === 'EXPLAIN' && word === 'OVERRIDE' && previous === 'TABLE')
      refuse('EXPLAIN TABLE OVERRIDE is not for reading')
    beforeThat = previous
    previous = word || source
  }
}
