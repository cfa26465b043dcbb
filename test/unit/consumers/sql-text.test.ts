import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sqlInstant, sqlString, sqlStrings } from '../../../schemas/store/sql-text.ts'

/** Reads a ClickHouse string literal to its end; undefined where the text is not exactly one. */
const readLiteral = (sql: string): string | undefined => {
  if (!sql.startsWith("'")) return undefined
  const escapes: Readonly<Record<string, string>> = { '\\': '\\', "'": "'", '0': '\0' }
  let value = ''
  for (let at = 1; at < sql.length; at++) {
    const character = sql[at] ?? ''
    if (character === "'") return at === sql.length - 1 ? value : undefined
    if (character !== '\\') {
      value += character
      continue
    }
    const meant = escapes[sql[++at] ?? '']
    if (meant === undefined) return undefined
    value += meant
  }
  return undefined
}

const hostile = fc.array(
  fc.oneof(fc.constantFrom("'", '\\', '\0', '\n', "'; DROP TABLE x --", '信访', '0'), fc.string()),
  { maxLength: 8 },
)

describe('text in SQL', () => {
  it('is one literal that says the text again, whatever it holds', () => {
    fc.assert(
      fc.property(hostile, (parts) => {
        const text = parts.join('')
        expect(readLiteral(sqlString(text))).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('in a list is as many literals', () => {
    expect(sqlStrings(["o'b", 'c'])).toBe("['o\\'b', 'c']")
  })

  it('in an empty list keeps its type', () => {
    expect(sqlStrings([])).toBe("CAST([], 'Array(String)')")
  })
})

describe('an instant in SQL', () => {
  it('is whole milliseconds since 1970, before it too', () => {
    expect(sqlInstant(-1)).toBe("fromUnixTimestamp64Milli(-1, 'UTC')")
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 53])('is never %d', (value) => {
    expect(() => sqlInstant(value)).toThrow(RangeError)
  })
})
