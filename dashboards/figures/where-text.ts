import { PulseError } from '../../schemas/errors.ts'

/** One condition: the dimension has one of the values; '' is the missing value. */
export type Where = { readonly key: string; readonly values: readonly string[] }

const fault = (text: string, why: string): PulseError =>
  new PulseError(
    'USAGE',
    `--where ${text.slice(0, 120)}: ${why} Write key=value, several values as key=a|b, several conditions with commas; a value with , | = " goes in double quotes.`,
  )

/**
 * Reads conditions as the command line and the API write them: `region=4301,channel=visit|call`.
 * A quote inside quotes is doubled. USAGE on anything else.
 */
export const parseWhere = (text: string): readonly Where[] => {
  const conditions: Where[] = []
  let at = 0

  const quoted = (): string => {
    let value = ''
    for (at++; ; at++) {
      if (at >= text.length) throw fault(text, 'a double quote is not closed.')
      if (text[at] !== '"') value += text[at]
      else if (text[at + 1] === '"') {
        value += '"'
        at++
      } else break
    }
    at++
    return value
  }

  const value = (): string => {
    while (text[at] === ' ') at++
    if (text[at] === '"') {
      const read = quoted()
      while (text[at] === ' ') at++
      return read
    }
    const start = at
    while (at < text.length && !',|="'.includes(text[at] ?? '')) at++
    return text.slice(start, at).trim()
  }

  while (true) {
    const key = value()
    if (key === '') throw fault(text, 'a condition has no key.')
    if (text[at] !== '=') throw fault(text, `"${key.slice(0, 64)}" is not followed by "=".`)
    const values: string[] = []
    do {
      at++
      values.push(value())
    } while (text[at] === '|')
    conditions.push({ key, values })
    if (at >= text.length) return conditions
    if (text[at] !== ',') throw fault(text, `"${text[at]}" stands where a comma or the end should.`)
    at++
  }
}
