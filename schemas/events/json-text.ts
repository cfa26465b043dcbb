import { Buffer, isUtf8 } from 'node:buffer'
import type { Refusal } from './reasons.ts'

export type JsonResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: Refusal }

const refusal = (code: Refusal['code'], message: string): Refusal => ({ field: '', code, message })

const fault = (
  code: Refusal['code'],
  message: string,
): { readonly ok: false; readonly error: Refusal } => ({ ok: false, error: refusal(code, message) })

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/** The index of the quote that ends the string whose opening quote is at `open`; -1 without one. */
const endOfString = (text: string, open: number): number => {
  let end = text.indexOf('"', open + 1)
  while (end > 0) {
    let slash = end
    while (text.charCodeAt(slash - 1) === BACKSLASH) slash -= 1
    if ((end - slash) % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return -1
}

/** Deepest nesting accepted: an event needs three levels; the rest is room for ignored attributes. */
export const MAX_DEPTH = 64

/**
 * The number of object members in a text that is JSON, which is that of colons outside strings; -1
 * where it nests deeper than MAX_DEPTH.
 */
const countMembers = (text: string): number => {
  let members = 0
  let depth = 0
  for (let i = 0; i < text.length; i += 1) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i)
        break
      case COLON:
        members += 1
        break
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1
        if (depth > MAX_DEPTH) return -1
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1
        break
    }
  }
  return members
}

/** Whether any object in a text that is JSON has a name twice. */
const hasDuplicateName = (text: string): boolean => {
  const open: Set<string>[] = []
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i)
    if (char === '{' || char === '[') open.push(new Set())
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = endOfString(text, i)
      if (nextIsColon(text, end + 1)) {
        const name = String(JSON.parse(text.slice(i, end + 1)))
        const names = open.at(-1)
        if (names?.has(name)) return true
        names?.add(name)
      }
      i = end
    }
  }
  return false
}

const nextIsColon = (text: string, from: number): boolean => {
  let at = from
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1
  return text.charCodeAt(at) === COLON
}

/** Members of an object and of the objects directly in it, as JSON.parse kept them. */
const countKept = (value: unknown): number => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 0
  let kept = 0
  for (const member of Object.values(value)) {
    kept += 1
    if (typeof member === 'object' && member !== null && !Array.isArray(member)) {
      kept += Object.keys(member).length
    }
  }
  return kept
}

/** Where the first JSON value of a text ends, if one can be found by its brackets or quotes. */
const endOfFirstValue = (text: string): number => {
  let depth = 0
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i)
    if (char === '"') {
      i = endOfString(text, i)
      if (i < 0) return -1
    } else if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') depth -= 1
    if (depth === 0 && '}]"'.includes(char)) return i + 1
  }
  return -1
}

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** One JSON value as it was read, with its text; whether it names a field twice is not looked at yet. */
export type Decoded =
  | { readonly ok: true; readonly value: unknown; readonly text: string; readonly marked: boolean }
  | { readonly ok: false; readonly error: Refusal }

/** Reads exactly one JSON value from text or UTF-8 bytes; a leading byte-order mark is dropped (`marked`). */
export const decodeJson = (input: string | Uint8Array): Decoded => {
  let text: string
  if (typeof input === 'string') text = input
  else {
    if (!isUtf8(input)) {
      return fault('NOT_UTF8', 'the bytes are not UTF-8; send the event as UTF-8 JSON')
    }
    const bytes = Buffer.isBuffer(input)
      ? input
      : Buffer.from(input.buffer, input.byteOffset, input.byteLength)
    text = bytes.toString('utf8')
  }
  const marked = text.charCodeAt(0) === 0xfeff
  if (marked) text = text.slice(1)
  try {
    return { ok: true, value: JSON.parse(text), text, marked }
  } catch {
    // The engine's own message quotes the text, which may hold an identity.
    if (text.trim() === '') return fault('NOT_JSON', 'the message is empty; send one JSON event')
    const end = endOfFirstValue(text)
    return end > 0 && parses(text.slice(0, end))
      ? fault('MORE_THAN_ONE_VALUE', 'more text follows the first JSON value; send one event each')
      : fault('NOT_JSON', 'the text is not JSON; send one JSON object')
  }
}

/**
 * Why a text that is JSON is not taken all the same: it nests too deep, or an object names a field
 * twice, and readers differ in which of the two they believe, and so would the figures.
 */
export const formFault = (text: string, value: unknown): Refusal | undefined => {
  const members = countMembers(text)
  if (members < 0)
    return refusal('TOO_DEEP', `the event nests deeper than ${MAX_DEPTH} levels; send it flat`)
  return members !== countKept(value) && hasDuplicateName(text)
    ? refusal('DUPLICATE_FIELD', 'a field is named twice in one object; send each field once')
    : undefined
}

const BRACKETS = ['{', '['] as const

/** Whether a text cannot nest deeper than MAX_DEPTH, by a glance: it has too few brackets to. */
export const isShallow = (text: string): boolean => {
  let opened = 0
  for (const bracket of BRACKETS)
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      opened += 1
      if (opened > MAX_DEPTH) return false
    }
  return true
}

/** Reads exactly one JSON value, and refuses one of the forms of `formFault`. */
export const readJson = (input: string | Uint8Array): JsonResult => {
  const decoded = decodeJson(input)
  if (!decoded.ok) return decoded
  const error = formFault(decoded.text, decoded.value)
  return error === undefined ? { ok: true, value: decoded.value } : { ok: false, error }
}
