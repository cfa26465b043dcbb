import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outlineOf } from '../../schemas/store/http-front/statement.ts'
import { scratchFront } from './scratch-front.ts'

const { ask } = scratchFront()

describe('what the front takes for one statement', () => {
  const part = fc.constantFrom(
    ...[
      "'",
      "''",
      "\\'",
      '"',
      '`',
      '\\',
      '$',
      '$a$',
      '$$',
      '--',
      '\n',
      '/*',
      '*/',
      '# ',
      '#!',
      '//',
    ],
    ...[
      ';',
      '; SELECT 2',
      ' ',
      'x',
      '1',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '‘',
      '’',
      '“',
      '”',
      '岳',
      '\r',
    ],
    // spaces of other scripts, a minus of mathematics
    ...['\u0085', '\u00a0', '\u1680', '\u180e', '\u2000', '\u200b', '\u2028', '\u202f', '\u205f'],
    ...['\u3000', '\ufeff', '\u2212', '\u0000'],
  )

  it('is one to the engine’s own parser', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 14 }), async (parts) => {
        const text = `SELECT 1 AS a${parts.join('')}`
        const told = await ask(
          {
            param_t: text
              .replaceAll('\\', '\\\\')
              .replaceAll('\t', '\\t')
              .replaceAll('\n', '\\n')
              .replaceAll('\r', '\\r'),
          },
          'SELECT formatQuerySingleLine({t:String})',
        )
        const outline = outlineOf(Buffer.from(text).toString('latin1'))
        // the engine reads it as one: then so must we, or a harmless statement would be refused
        if (told.status === 200) expect(outline.several, text).toBe(false)
        // the engine sees another behind the first: then so must we, or it would run
        if (told.text.includes('Multi-statements')) expect(outline.several, text).toBe(true)
      }),
      { numRuns: 600 },
    )
  })
})
