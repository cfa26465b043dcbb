import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokensOf } from '../../../schemas/store/http-front/sql-tokens.ts'

const latin1 = (text: string): string => Buffer.from(text).toString('latin1')
const pieces = (text: string): string[] =>
  [...tokensOf(latin1(text))].map(({ start, end }) =>
    Buffer.from(latin1(text).slice(start, end), 'latin1').toString(),
  )

describe('the tokens of a statement', () => {
  it('are words, quoted texts and single marks, without comments and spaces', () => {
    expect(pieces("select a1, 'x' -- no\n/* nor this */ from `t`; # nor that\n")).toEqual([
      'select',
      'a1',
      ',',
      "'x'",
      'from',
      '`t`',
      ';',
    ])
  })

  it.each([
    ['a quote escaped or doubled', "'a\\'b' 'c''d' 'e\\\\'", ["'a\\'b'", "'c''d'", "'e\\\\'"]],
    [
      'a semicolon in every kind of quotes',
      '\';\' ";" `;` $x$;$x$',
      ["';'", '";"', '`;`', '$x$;$x$'],
    ],
    ['heredocs with a tag and without', "$$it's$$ $a$ $b$ $a$", ["$$it's$$", '$a$ $b$ $a$']],
    ['a dollar that begins no heredoc', 'a$b $c', ['a$b', '$c']],
    ['typographic quotes', '‘a;b’ “c;d”', ['‘a;b’', '“c;d”']],
    ['letters of other scripts', '岳麓区 = 1', ['岳麓区', '=', '1']],
    ['quotes that do not end', "'abc", ["'abc"]],
    ['a minus before a comment', '1 - -- x\n2', ['1', '-', '2']],
  ])('know %s', (_, text, wanted) => {
    expect(pieces(text)).toEqual(wanted)
  })

  it('say how deep in brackets they stand', () => {
    expect([...tokensOf('a(b[c]d)e)f')].map(({ start, depth }) => [start, depth])).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 2],
      [5, 1],
      [6, 1],
      [7, 0],
      [8, 0],
      [9, 0],
      [10, 0],
    ])
  })

  it('never fail, never overlap and leave out nothing but comments and spaces', () => {
    const part = fc.constantFrom(
      "'",
      '"',
      '`',
      '\\',
      '$',
      '$a$',
      '--',
      '\n',
      '/*',
      '*/',
      '#!',
      ';',
      'x',
      '(',
      ']',
      '‘',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const text = latin1(parts.join(''))
        let at = 0
        for (const { start, end } of tokensOf(text)) {
          expect(start).toBeGreaterThanOrEqual(at)
          expect(end).toBeGreaterThan(start)
          const between = text.slice(at, start)
          if (!/--|#|\/\*/.test(between)) expect(between.trim()).toBe('')
          at = end
        }
      }),
    )
  })

  it.each([
    ['quotes', "'".repeat(200_001)],
    ['dollars', '$a'.repeat(200_000)],
    [
      'distinct heredocs that do not end',
      Array.from({ length: 50_000 }, (_, n) => `$${n}`).join(''),
    ],
    ['backslashes', `'${'\\'.repeat(300_000)}`],
    ['open brackets', '('.repeat(300_000)],
  ])('of many %s come in a time that grows with the text, not with its square', (_, text) => {
    const started = performance.now()
    let count = 0
    for (const _token of tokensOf(text)) count++
    expect(count).toBeGreaterThan(0)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})
