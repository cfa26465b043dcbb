import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, sha256Hex } from '../../../schemas/events/canonical.ts'
import { parseEvent } from '../../../schemas/events/parse.ts'
import { anyCharacter, anyEvent, sampleData, sentEvent } from './arbitraries.ts'

const doubleOf = (bits: string): number => Buffer.from(bits, 'hex').readDoubleBE()

describe('canonical JSON', () => {
  it('is that of the sample of RFC 8785, section 3.2.2', () => {
    const sample = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`
    expect(canonicalJson(JSON.parse(sample))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('sorts names by UTF-16 units, as section 3.2.3 shows', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      1: 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    expect([...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
  })

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s of appendix B as %s', (bits, text) => {
    expect(canonicalJson(doubleOf(bits))).toBe(text)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800', { a: '\udc00' }, () => 0, 1n])(
    'does not exist for what JSON cannot say',
    (value) => {
      expect(() => canonicalJson(value)).toThrow()
    },
  )

  it('says the same value again, whatever the order of names', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: anyCharacter }), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
        // JSON.parse has no minus zero left after the first round.
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('the content of an event', () => {
  const options = { receivedTime: 'carried' } as const
  const parsed = (raw: unknown) => {
    const result = parseEvent(raw, options)
    if (!result.ok) throw new Error(JSON.stringify(result.errors))
    return result.event
  }

  it('is the canonical JSON of its attributes as sent, hashed', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { canonical, contentHash } = parsed({ ...event, traceparent: 'x', extra: { a: [1] } })
        expect(canonical).toBe(canonicalJson(event))
        expect(contentHash).toBe(createHash('sha256').update(canonical, 'utf8').digest('hex'))
      }),
    )
  })

  it('leaves out when the system received it', () => {
    const event = sentEvent('matter.closed.v1', sampleData['matter.closed.v1'])
    const carried = parsed({ ...event, receivedtime: '2024-03-02T00:00:00Z' })
    expect(carried.receivedTime).toBe(Date.UTC(2024, 2, 2))
    expect(carried.contentHash).toBe(parsed(event).contentHash)
  })

  it('differs where the office sent another recording time, or the same time written otherwise', () => {
    const event = sentEvent('matter.settled.v1', {})
    const hashes = [
      event,
      { ...event, recordedtime: event.time },
      { ...event, time: '2024-03-01T01:30:00Z' },
      { ...event, id: ' e-1' },
    ].map((sent) => parsed(sent).contentHash)
    expect(new Set(hashes).size).toBe(4)
  })

  it('takes minus zero for zero, and a whole number however it is written', () => {
    const sent = (amount: string) =>
      parsed(
        JSON.parse(
          JSON.stringify(sentEvent('matter.relief.v1', { amountFen: 7 })).replace(
            '7}',
            `${amount}}`,
          ),
        ),
      )
    expect(Object.is((sent('-0').data as { amountFen: number }).amountFen, 0)).toBe(true)
    expect(sent('-0').contentHash).toBe(sent('0').contentHash)
    expect(sent('1e3').contentHash).toBe(sent('1000.0').contentHash)
  })
})

it('hashes the UTF-8 of a text', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(sha256Hex('信访')).toBe(createHash('sha256').update(Buffer.from('信访')).digest('hex'))
})
