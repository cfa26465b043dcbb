import { keyword, type Token, tokensOf } from './sql-tokens.ts'

/** What the front must know of a statement before the engine sees it. Positions as in `tokensOf`. */
export type Outline = {
  /** First word in capitals; `(` for a statement in brackets; empty for none. INSERT wins over WITH. */
  readonly verb: string
  /** End of its last token, before a closing semicolon. */
  readonly end: number
  /** Whether another statement follows. */
  readonly several: boolean
  /** Its FORMAT clause, which ends it but for SETTINGS. */
  readonly format?: { readonly at: number; readonly name: string }
  /** Whether the words INTO OUTFILE or FROM INFILE stand in it, outside quotes. */
  readonly touchesFiles: boolean
  /** Whether it may leave something behind on its connection. */
  readonly changesSession: boolean
}

const SESSION_VERBS = new Set(['SET', 'USE', 'BEGIN', 'START', 'EXECUTE'])
/** What stands before FORMAT where it is a name, not the clause. */
const NO_CLAUSE = /^(?:[,.=<>+\-/|(]|FROM|JOIN|AS|SELECT|BY|WHERE|ON)$/i

const nameText = (text: string, token: Token): string =>
  text.slice(token.start, token.end).replace(/^[`"]|[`"]$/g, '')

/** Reads a whole statement, its bytes as latin1. */
export const outlineOf = (text: string): Outline => {
  let verb = ''
  let end = 0
  let closed = false
  let several = false
  let touchesFiles = false
  let changesSession = false
  let previous: Token | undefined
  let format: { at: number; name: string } | undefined
  // where a FORMAT clause may be: its word was seen, its name was seen, or neither
  let clause: 'word' | 'name' | undefined
  let clauseAt = 0
  let words = 0
  for (const token of tokensOf(text)) {
    if (token.kind === 'mark' && text[token.start] === ';') {
      closed = true
      continue
    }
    if (closed) {
      several = true
      break
    }
    const word = keyword(text, token)
    words++
    if (words === 1) verb = word === '' ? (text[token.start] ?? '') : word
    if (words <= 4 && (word === 'TEMPORARY' || word === 'TEMP')) changesSession = true
    const before = previous === undefined ? '' : text.slice(previous.start, previous.end)
    if (word === 'OUTFILE' || word === 'INFILE') touchesFiles = true
    if (token.depth === 0) {
      if (word === 'INSERT' && verb === 'WITH') verb = 'INSERT'
      if (clause === 'word') {
        const named = token.kind === 'word' || token.kind === 'name'
        clause = named ? 'name' : undefined
        if (named) format = { at: clauseAt, name: nameText(text, token) }
      } else if (clause === 'name') {
        clause = undefined
        if (word !== 'SETTINGS') format = undefined
      }
      if (clause === undefined && word === 'FORMAT' && words > 1 && !NO_CLAUSE.test(before)) {
        clause = 'word'
        clauseAt = token.start
      }
    } else clause = undefined
    end = token.end
    previous = token
  }
  return {
    verb,
    end,
    several,
    ...(format === undefined ? {} : { format }),
    touchesFiles,
    changesSession: changesSession || SESSION_VERBS.has(verb),
  }
}
