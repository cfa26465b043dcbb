import { isScalar, LineCounter, parseDocument, Scalar, visit } from 'yaml'

/** One mistake in a file: where (`events[0].data.channel`) and what, with how to mend it. */
export type Problem = { readonly path: string; readonly message: string }

/** Collects mistakes, so that one run shows them all. */
export type Problems = { readonly add: (path: string, message: string) => void }

/**
 * A number is kept as written where writing it again would differ: a code `010100` must not become
 * 10100, nor `1.0` become 1.
 */
const keepAsWritten = (scalar: Scalar): void => {
  if (scalar.type !== Scalar.PLAIN || scalar.source === undefined) return
  if (typeof scalar.value === 'number' && String(scalar.value) !== scalar.source)
    scalar.value = scalar.source
}

/** The plain value of a YAML text; its syntax errors go to `problems` with line and column. */
export const readYaml = (text: string, problems: Problems): unknown => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  for (const { message, pos } of document.errors) {
    const { line, col } = lines.linePos(pos[0])
    problems.add(`line ${line}, column ${col}`, message)
  }
  if (document.errors.length > 0) return undefined
  visit(document, {
    Scalar: (_key, scalar) => {
      if (isScalar(scalar)) keepAsWritten(scalar)
    },
  })
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    problems.add('', 'its aliases (&, *) expand without end; write the parts out')
    return undefined
  }
}

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row[b.length] ?? 0
}

/** ` (did you mean "…"?)` where one of `names` is close to `name`, else ''. */
export const suggestion = (name: string, names: Iterable<string>): string => {
  let best = ''
  let least = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of names) {
    const d = distance(name.toLowerCase().slice(0, 64), candidate.toLowerCase().slice(0, 64))
    if (d < least) [best, least] = [candidate, d]
  }
  return best === '' ? '' : ` (did you mean "${best}"?)`
}

export type YamlObject = Readonly<Record<string, unknown>>

/** `value` as an object with no other keys than `keys`; anything else is a problem. */
export const readObject = (
  value: unknown,
  path: string,
  keys: readonly string[],
  problems: Problems,
): YamlObject | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.add(path, `must be an object with ${keys.join(', ')}`)
    return undefined
  }
  for (const key of Object.keys(value))
    if (!keys.includes(key))
      problems.add(
        path === '' ? key : `${path}.${key}`,
        `is not known here${suggestion(key, keys)}; known are ${keys.join(', ')}`,
      )
  return value as YamlObject
}

/** `value` as text: YAML text, number or boolean; empty text and anything else is a problem. */
export const readText = (value: unknown, path: string, problems: Problems): string | undefined => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string' && value.trim() !== '') return value.trim()
  problems.add(path, 'must be text')
  return undefined
}

/** `value` as a list of at least one element. */
export const readList = (
  value: unknown,
  path: string,
  problems: Problems,
): readonly unknown[] | undefined => {
  if (Array.isArray(value) && value.length > 0) return value
  problems.add(path, 'must be a list of at least one: [ … ]')
  return undefined
}
