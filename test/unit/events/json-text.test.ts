import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_DEPTH, readJson } from '../../../schemas/events/json-text.ts'
import { parseEvent, parseEventText } from '../../../schemas/events/parse.ts'
import { anyCharacter, anyEvent, sentEvent } from './arbitraries.ts'

const codeOf = (input: string | Uint8Array): string => {
  const result = readJson(input)
  return result.ok ? 'ok' : result.error.code
}

describe('the text of an event', () => {
  it('is read from a string, from bytes, and from a part of a buffer alike', () => {
    fc.assert(
      fc.property(anyEvent, fc.boolean(), (event, indent) => {
        const text = JSON.stringify(event, null, indent ? 2 : 0)
        const expected = parseEvent(event, { receivedTime: 'refused' })
        expect(parseEventText(text, { receivedTime: 'refused' })).toEqual(expected)
        const bytes = new TextEncoder().encode(`xx${text}`).subarray(2)
        expect(parseEventText(bytes, { receivedTime: 'refused' })).toEqual(expected)
      }),
    )
  })

  it('may begin with a byte-order mark', () => {
    expect(readJson('\ufeff{"a":1}')).toEqual({ ok: true, value: { a: 1 } })
    expect(readJson(Buffer.from('\ufeff{"a":1}'))).toEqual({ ok: true, value: { a: 1 } })
  })

  it.each([
    ['', 'NOT_JSON'],
    [' \n', 'NOT_JSON'],
    ['{', 'NOT_JSON'],
    ['{"a":1', 'NOT_JSON'],
    ['{"a":"', 'NOT_JSON'],
    ['{"a":01}', 'NOT_JSON'],
    ["{'a':1}", 'NOT_JSON'],
    ['{"a":NaN}', 'NOT_JSON'],
    ['{"a":1,}', 'NOT_JSON'],
    ['a,b,c', 'NOT_JSON'],
    ['{"a":1}{"b":2}', 'MORE_THAN_ONE_VALUE'],
    ['{"a":"}"}\n{"b":2}\n', 'MORE_THAN_ONE_VALUE'],
    ['[1] x', 'MORE_THAN_ONE_VALUE'],
    ['"a" "b"', 'MORE_THAN_ONE_VALUE'],
  ])('%j is %s', (text, code) => {
    expect(codeOf(text)).toBe(code)
  })

  it.each([
    ['a byte of no character', Uint8Array.of(0x22, 0xff, 0x22)],
    ['a surrogate as UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['an overlong slash', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
    ['a character cut short', Buffer.from('"信"').subarray(0, 3)],
    ['gzip', gzipSync('{}')],
    ['gb18030', Uint8Array.of(0x22, 0xd0, 0xc5, 0x22)],
  ])('with %s is not UTF-8', (_, bytes) => {
    expect(codeOf(bytes)).toBe('NOT_UTF8')
  })

  it('says nothing of what it holds when it is refused', () => {
    for (const text of ['{"phone":13912345678', '13912345678 {}', '{"a":"13912345678"} x']) {
      expect(JSON.stringify(readJson(text))).not.toContain('139')
    }
  })

  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"data":{"b":1,"b" : 2}}',
    '{"x":[{"y":{"b":1,"c":[],"b":2}}]}',
    '{"__proto__":1,"__proto__":2}',
    '{"a\\"":1,"a\\"":2}',
    '{"a":":","b":"\\\\","b":"\\""}',
    `{"a":1,"a"${' '.repeat(100)}:2}`,
  ])('that names a field twice, like %s, is refused', (text) => {
    expect(codeOf(text)).toBe('DUPLICATE_FIELD')
  })

  it.each([
    '{"a":{"a":1},"b":{"a":{"a":2}}}',
    '{"a":[{"b":1},{"b":2}]}',
    '{"a":"b","c":"b"}',
    '{"a":"\\"b\\":","b":"\\\\"}',
    '{"":1," ":2}',
    '[{"a":{"b":{"c":{}}}}]',
    '[":","a:b"]',
  ])('that names no field twice, like %s, is read', (text) => {
    expect(readJson(text)).toEqual({ ok: true, value: JSON.parse(text) })
  })

  it('is read whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: anyCharacter, maxDepth: 5 }), (text) => {
        expect(readJson(text)).toEqual({ ok: true, value: JSON.parse(text) })
      }),
    )
  })

  it('is refused when it nests without end', () => {
    for (const depth of [MAX_DEPTH + 1, 100_000]) {
      expect(codeOf('['.repeat(depth) + ']'.repeat(depth))).toBe('TOO_DEEP')
      expect(codeOf(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)).toBe('TOO_DEEP')
    }
    expect(codeOf('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH))).toBe('ok')
    expect(codeOf('['.repeat(100_000))).toBe('NOT_JSON')
  })

  it('is not slow to refuse when it is long and hostile', () => {
    const start = performance.now()
    const settled = sentEvent('matter.settled.v1', {})
    const options = { receivedTime: 'refused' } as const
    for (const text of [
      `"${'\\\\'.repeat(500_000)}`,
      `{"a":"${'\\"'.repeat(500_000)}","a":1}`,
      `{"a"${' '.repeat(1_000_000)}:1,"a":2}`,
      JSON.stringify({ ...settled, id: ' '.repeat(1_000_000) }),
      JSON.stringify({ ...settled, id: '1'.repeat(1_000_000) }),
      JSON.stringify({ ...settled, source: `//${'@'.repeat(1_000_000)}` }),
      JSON.stringify({ ...settled, source: `//${'a'.repeat(110)}\\` }),
      JSON.stringify({ ...settled, subject: '-'.repeat(1_000_000) }),
      JSON.stringify({ ...settled, time: `2024-01-01T00:00:00.${'1'.repeat(1_000_000)}` }),
      JSON.stringify({ ...settled, data: { ['1 '.repeat(500_000)]: 1 } }),
    ]) {
      expect(parseEventText(text, options).ok).toBe(false)
    }
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})
