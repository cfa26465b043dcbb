import { keyword, type Token, tokensOf } from './sql-tokens.ts'

/** Where the statement of an INSERT ends and its rows begin. Positions are those of the text. */
export type InsertHead = {
  /** Where FROM INFILE may be put. */
  readonly infileAt: number
  /** Start of VALUES or FORMAT. */
  readonly formatAt: number
  /** Format of the rows; `Values` for VALUES. */
  readonly format: string
  readonly dataStart: number
}

/**
 * `whole`: the text is all there is. Else the answer may be 'unfinished': what decides lies in the
 * part not yet read. 'none': this INSERT brings no rows of its own, or it is no INSERT.
 */
export const insertHeadOf = (text: string, whole: boolean): InsertHead | 'none' | 'unfinished' => {
  const unfinished = whole ? 'none' : 'unfinished'
  let place: 'insert' | 'into' | 'target' | 'named' | 'clauses' | 'format' = 'insert'
  let infileAt: number | undefined
  let formatAt = 0
  for (const token of tokensOf(text)) {
    if (!whole && token.end === text.length) return 'unfinished'
    if (token.depth > 0) continue
    const word = keyword(text, token)
    if (place === 'insert') {
      if (word !== 'INSERT') return 'none'
      place = 'into'
    } else if (place === 'into') {
      if (word !== 'INTO') return 'none'
      place = 'target'
    } else if (place === 'target') {
      if (word !== 'TABLE' && word !== 'FUNCTION') place = 'named'
    } else if (place === 'named' && continuesName(text, token)) {
    } else if (place === 'format') {
      if (token.kind !== 'word') return 'none'
      const dataStart = afterFormatName(text, token.end)
      if (!whole && dataStart === text.length) return 'unfinished'
      const format = text.slice(token.start, token.end)
      return { infileAt: infileAt ?? formatAt, formatAt, format, dataStart }
    } else {
      place = 'clauses'
      if (word === 'SELECT' || word === 'WITH' || word === 'FROM' || word === 'WATCH') return 'none'
      if (word === 'SETTINGS') infileAt ??= token.start
      if (word === 'FORMAT') {
        place = 'format'
        formatAt = token.start
      }
      if (word === 'VALUES')
        return {
          infileAt: infileAt ?? token.start,
          formatAt: token.start,
          format: 'Values',
          dataStart: token.end,
        }
    }
  }
  return unfinished
}

/** `.name` of a qualified name: names after a dot are told from clauses by the dot before them. */
const continuesName = (text: string, token: Token): boolean =>
  (token.kind === 'mark' && text[token.start] === '.') ||
  /\.\s*$/.test(text.slice(Math.max(0, token.start - 64), token.start))

/** The engine's rule: spaces after the name of the format, then at most one end of line, then rows. */
const afterFormatName = (text: string, from: number): number => {
  let at = from
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\f') at++
  if (text[at] === '\r') at++
  if (text[at] === '\n') at++
  return at
}
