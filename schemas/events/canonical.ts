import * as crypto from 'node:crypto'

/**
 * The canonical JSON of a value, RFC 8785: names sorted by UTF-16 code units, no white space,
 * strings and numbers as ECMAScript writes them. Takes what JSON.parse gives (or plain data like
 * it); a field that is `undefined` is left out. Throws RangeError on a number that is not finite
 * or nesting too deep for the stack, TypeError on anything JSON cannot say or on half a surrogate
 * pair.
 */
export const canonicalJson = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      if (/\p{Surrogate}/u.test(value)) throw new TypeError('half a surrogate pair in a string')
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      if (!Number.isFinite(value)) throw new RangeError('a number that is not finite')
      return String(value)
    case 'object':
      break
    default:
      throw new TypeError(`JSON has no ${typeof value}`)
  }
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`
  const members: string[] = []
  for (const [name, member] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (member !== undefined) members.push(`${canonicalJson(name)}:${canonicalJson(member)}`)
  }
  return `{${members.join()}}`
}

/** Digest of the UTF-8 of a text, in lower-case hexadecimal digits. */
export const hexDigest: (algorithm: 'sha256' | 'md5', text: string) => string =
  // One call without an object, and much the faster, from Node 20.12 on.
  typeof crypto.hash === 'function'
    ? (algorithm, text) => crypto.hash(algorithm, text, 'hex')
    : (algorithm, text) => crypto.createHash(algorithm).update(text).digest('hex')

/** SHA-256 of the UTF-8 of a text, 64 lower-case hexadecimal digits. */
export const sha256Hex = (text: string): string => hexDigest('sha256', text)
