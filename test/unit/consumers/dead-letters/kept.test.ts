import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptOf } from '../../../../consumers/dead-letters/kept.ts'
import { REMOVED } from '../../../../consumers/dead-letters/remove-identities.ts'
import { withoutKeys } from '../../../../consumers/dead-letters/without-keys.ts'
import { cardCheckDigit } from '../../../../schemas/events/identity.ts'
import { parseEventText } from '../../../../schemas/events/parse.ts'

const MOBILE = '13812345678'
const CARD = ((first) => `${first}${cardCheckDigit(first)}`)('43010419700101123')

const event = {
  specversion: '1.0',
  id: 'e1',
  source: '/offices/430100',
  type: 'petition.registered.v1',
  subject: 'm1',
  time: '2024-03-01T09:00:00+08:00',
  data: { petitionId: 'p1', channel: 'visit', region: '岳麓区', category: '城建/物业' },
}

const kept = (value: string | Uint8Array, more: object = {}) => {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  const parsed = parseEventText(bytes, { receivedTime: 'carried' })
  const message = { origin: 'log/0', position: 1, value: bytes, receivedTime: 0, ...more }
  const { original, ...rest } = keptOf({ message, errors: parsed.ok ? [] : parsed.errors })
  return { ...rest, bytes: original, text: Buffer.from(original).toString('latin1') }
}

describe('what is kept of a message', () => {
  it('is its bytes as they came, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const { bytes: original, identityRemoved } = kept(bytes)
        expect(identityRemoved).toBe(false)
        expect(Buffer.compare(original, bytes)).toBe(0)
      }),
      // digits enough for a number of identity are not drawn by chance
    )
  })

  it('holds no identity where an event was refused for it, in whatever form it stands', () => {
    const forms = [
      { ...event, data: { ...event.data, category: `来电 ${MOBILE} 反映` } },
      { ...event, data: { ...event.data, category: `行\n${MOBILE}` } },
      { ...event, subject: CARD },
      { ...event, id: `x-${CARD.toLowerCase()}-1` },
      { ...event, data: { ...event.data, [MOBILE]: 1 } },
      { ...event, data: { ...event.data, region: Number(MOBILE) } },
      { ...event, data: { ...event.data, petitioners: [MOBILE] } },
      { ...event, data: { ...event.data, deep: [{ in: [CARD] }] } },
    ]
    for (const form of forms) {
      const { text, identityRemoved } = kept(JSON.stringify(form))
      expect(text).toContain(REMOVED)
      expect(text).not.toContain(MOBILE)
      expect(text).not.toContain(CARD.slice(0, 17))
      expect(identityRemoved).toBe(true)
    }
    const escaped = JSON.stringify(forms[0]).replace(MOBILE, '\\u00313812345678')
    expect(kept(escaped).text).not.toContain('3812345678')
  })

  it('holds none where the text cannot be read at all', () => {
    const broken = [
      `不是 JSON 的一行 ${MOBILE}`,
      `{"id":"${CARD}"`,
      `a${MOBILE}b`,
      `\\n${MOBILE}`,
      CARD,
      `\\u00313812345678`,
    ]
    for (const text of broken) {
      const found = kept(text)
      expect(found.text).toContain(REMOVED)
      expect(found.text).not.toMatch(/3812345678|43010419700101123/)
      expect(found.identityRemoved).toBe(true)
    }
    expect(kept(Buffer.from(`"${MOBILE}`, 'utf16le')).text.replaceAll('\0', '')).not.toContain(
      MOBILE,
    )
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from(MOBILE)])
    expect(Buffer.from(kept(bytes).bytes).subarray(0, 3)).toEqual(bytes.subarray(0, 3))
    expect(kept(bytes).text).not.toContain(MOBILE)
  })

  it('leaves numbers that are none, and keys of petitioners', () => {
    const sound = [
      { ...event, data: { ...event.data, colour: 1, petitioners: ['0123456789abcdef01'] } },
      { ...event, type: 'matter.relief.v1', data: { amountFen: Number(MOBILE), colour: 1 } },
      { ...event, id: `X${MOBILE}`, data: {} },
      // a birth date less than ten years before the event makes no person
      { ...event, id: CARD, time: '1975-01-01T00:00:00Z', data: {} },
    ]
    for (const form of sound) {
      const text = JSON.stringify(form)
      expect(kept(text)).toMatchObject({ identityRemoved: false })
      expect(Buffer.from(kept(text).bytes).toString()).toBe(text)
    }
  })

  it('can still be replayed where only what the contract ignores held one', () => {
    const found = kept(JSON.stringify({ ...event, comment: `call ${MOBILE}`, data: {} }))
    expect(found.text).not.toContain(MOBILE)
    expect(found.identityRemoved).toBe(false)
  })

  it('holds none in its key and headers either', () => {
    const { key, headers } = kept('x', {
      key: Buffer.from(`m-${MOBILE}`),
      headers: [
        ['trace', Buffer.from('00-4bf92f')],
        [`n ${CARD}`, Buffer.from(`tel ${MOBILE}`)],
      ],
    })
    expect(Buffer.from(key).toString()).toBe(`m-${REMOVED}`)
    expect(headers.map(([name, value]) => [name, Buffer.from(value).toString()])).toEqual([
      ['trace', '00-4bf92f'],
      [`n ${REMOVED}`, `tel ${REMOVED}`],
    ])
  })
})

describe('what may be seen of a letter', () => {
  const KEY = 'abcdef0123456789'

  it('leaves out keys of petitioners wherever they are', () => {
    for (const value of [
      { ...event, data: { petitioners: [KEY, KEY], colour: 1 } },
      { ...event, data: { petitioners: { a: KEY } } },
      [{ Petitioners: KEY }],
    ]) {
      const text = withoutKeys(Buffer.from(JSON.stringify(value)))
      expect(text).not.toContain(KEY)
      expect(text).toContain('[key]')
    }
    expect(withoutKeys(Buffer.from(`{"petitioners":["${KEY}"`))).toBe('{"petitioners":["[key]"')
    expect(withoutKeys(Buffer.from(JSON.stringify(event)))).toBe(JSON.stringify(event))
  })
})
