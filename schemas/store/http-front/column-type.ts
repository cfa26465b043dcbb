/** A type's name with what stands in its brackets, each as it is written. */
export type ColumnType = { readonly name: string; readonly args: readonly string[] }

/** `Map(String, Array(UInt8))` as its name and its arguments. Commas in quotes and brackets part nothing. */
export const typeOf = (text: string): ColumnType => {
  const open = text.indexOf('(')
  if (open === -1) return { name: text.trim(), args: [] }
  const args: string[] = []
  let depth = 0
  let from = open + 1
  let quote = ''
  for (let at = open; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote) quote = ''
    } else if (character === "'" || character === '`') quote = character
    else if (character === '(') depth++
    else if (character === ')') depth--
    const ends = quote === '' && ((character === ',' && depth === 1) || depth === 0)
    if (ends) {
      const arg = text.slice(from, at).trim()
      if (arg !== '') args.push(arg)
      from = at + 1
      if (depth === 0) break
    }
  }
  return { name: text.slice(0, open).trim(), args }
}

/** The type of a tuple's element, which may have a name before it. */
export const elementType = (text: string): string => {
  const named = /^(?:`(?:[^`\\]|\\.)*`|[A-Za-z_]\w*)\s+(?=[A-Za-z])/.exec(text)
  return named === null ? text : text.slice(named[0].length)
}
