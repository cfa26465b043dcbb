/**
 * The number of characters (code points) of a text, or -1 where it holds half of a surrogate pair,
 * which no UTF-8 can carry and no store gives back.
 */
export const characterCount = (text: string): number => {
  const length = text.length
  let count = length
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i)
    if (code < 0xd800 || code > 0xdfff) continue
    const next = text.charCodeAt(i + 1)
    if (code > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return -1
    count -= 1
    i += 1
  }
  return count
}

/**
 * Whether a text is a matterId: 1–64 of the ASCII letters, digits and `. _ : / | -`. The same as
 * the pattern that the JSON Schema gives.
 */
export const isMatterId = (text: string): boolean => MATTER_ID.test(text)
export const MATTER_ID_PATTERN = '^[A-Za-z0-9._:/|-]{1,64}$'
const MATTER_ID = new RegExp(MATTER_ID_PATTERN)

/** Pseudonymous keys of petitioners. */
export const KEY_PATTERN = '^[0-9A-Fa-f]{16,64}$'
const KEY = new RegExp(KEY_PATTERN)
export const isPetitionerKey = (text: string): boolean => KEY.test(text)
