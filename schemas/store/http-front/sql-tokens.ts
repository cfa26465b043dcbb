/**
 * A piece of a statement's text. `word`: a bare name, keyword or number; `string`: a quoted value or
 * a heredoc; `name`: a quoted name; `mark`: one character of punctuation. Positions are those of the
 * text; comments and spaces lie between tokens.
 */
export type Token = {
  readonly kind: 'word' | 'string' | 'name' | 'mark'
  readonly start: number
  readonly end: number
  /** How many brackets are open around it; a bracket itself stands outside of its own. */
  readonly depth: number
}

const codes = (characters: string): ReadonlySet<number> =>
  new Set([...characters].map((character) => character.charCodeAt(0)))
const SPACES = codes(' \t\n\r\f\v')
/** Bytes of the spaces of other scripts, which the engine passes over too. */
const WIDE_SPACE =
  /(?:\xc2[\x85\xa0]|\xe1\xa0\x8e|\xe2\x80[\x80-\x8d\xa8\xa9\xaf]|\xe2\x81[\x9f\xa0]|\xe3\x80\x80|\xef\xbb\xbf)/y
const OPENING = codes('([{')
const CLOSING = codes(')]}')
const [QUOTE, DOUBLE, BACKTICK, BACKSLASH, DOLLAR, DASH, HASH, SLASH] = [
  0x27, 0x22, 0x60, 0x5c, 0x24, 0x2d, 0x23, 0x2f,
]

const isWord = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x30 && code <= 0x39) ||
  code === 0x5f ||
  code === DOLLAR ||
  code >= 0x80

/** How many bytes of a wide space stand there. */
const wideSpaceAt = (text: string, at: number): number => {
  WIDE_SPACE.lastIndex = at
  return WIDE_SPACE.exec(text)?.[0].length ?? 0
}

/** Whether a word goes on there. */
const isWordAt = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code < 0x80 ? isWord(code) : wideSpaceAt(text, at) === 0
}

/** Bytes of the typographic quotes, which the engine takes as quotes too. */
const CURLY = [
  { open: '\xe2\x80\x98', close: '\xe2\x80\x99', kind: 'string' },
  { open: '\xe2\x80\x9c', close: '\xe2\x80\x9d', kind: 'name' },
] as const
/** Heredocs that do not end are looked for this often: each look reads the rest of the text. */
const MOST_OPEN_HEREDOCS = 20

/** End of a text in quotes that opens at `start`: a backslash escapes, a doubled quote stands for one. */
const quotedEnd = (text: string, start: number, quote: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === quote) {
      if (text.charCodeAt(at + 1) !== quote) return at + 1
      at++
    }
  }
  return text.length
}

const after = (text: string, part: string, from: number): number => {
  const found = text.indexOf(part, from)
  return found === -1 ? text.length : found + part.length
}

/** End of the comment that begins at `at`; undefined: none does. */
const commentEnd = (text: string, at: number, code: number): number | undefined => {
  const next = text.charCodeAt(at + 1)
  if (
    (code === DASH && next === DASH) ||
    (code === SLASH && next === SLASH) ||
    (code === HASH && (next === 0x20 || next === 0x21))
  )
    return after(text, '\n', at + 2)
  if (code === SLASH && next === 0x2a) {
    const end = text.indexOf('*/', at + 2)
    if (end !== -1) return end + 2
  }
  return undefined
}

/**
 * Cuts a statement into tokens as the engine does. The text is the statement's bytes read as
 * latin1, so that positions are positions of bytes and no byte is lost. Never throws: what the
 * engine would not understand either comes out as marks.
 */
export function* tokensOf(text: string): Generator<Token> {
  let at = 0
  let depth = 0
  let openHeredocs = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (SPACES.has(code)) {
      at++
      continue
    }
    const wide = code > 0x80 ? wideSpaceAt(text, at) : 0
    if (wide > 0) {
      at += wide
      continue
    }
    const comment = commentEnd(text, at, code)
    if (comment !== undefined) {
      at = comment
      continue
    }
    const start = at
    let kind: Token['kind'] = 'mark'
    const curly = code === 0xe2 ? CURLY.find(({ open }) => text.startsWith(open, at)) : undefined
    let heredoc = -1
    if (code === DOLLAR && openHeredocs < MOST_OPEN_HEREDOCS) {
      const tagEnd = text.indexOf('$', at + 1) + 1
      if (tagEnd > 0) {
        const tag = text.slice(at, tagEnd)
        const closing = text.indexOf(tag, tagEnd)
        if (closing === -1) openHeredocs++
        else heredoc = closing + tag.length
      }
    }
    if (code === QUOTE) {
      kind = 'string'
      at = quotedEnd(text, at, code)
    } else if (code === BACKTICK || code === DOUBLE) {
      kind = 'name'
      at = quotedEnd(text, at, code)
    } else if (curly !== undefined) {
      kind = curly.kind
      at = after(text, curly.close, at + curly.open.length)
    } else if (heredoc !== -1) {
      kind = 'string'
      at = heredoc
    } else if (isWord(code)) {
      kind = 'word'
      do at++
      while (at < text.length && isWordAt(text, at))
    } else {
      at++
      if (CLOSING.has(code)) depth = Math.max(0, depth - 1)
    }
    yield { kind, start, end: at, depth }
    if (kind === 'mark' && OPENING.has(code)) depth++
  }
}

/** The word a token is, in capitals; empty for all that is no bare word. */
export const keyword = (text: string, token: Token | undefined): string =>
  token?.kind === 'word' ? text.slice(token.start, token.end).toUpperCase() : ''
