import { describe, expect, it } from 'vitest'
import type { LogMessage } from '../../../../consumers/log/log-message.ts'
import { packMessages, rawMessageAt, valueAt } from '../../../../consumers/log/packed-messages.ts'

const message = (offset: number, value: string | null, more: Partial<LogMessage> = {}) => ({
  offset: String(offset),
  timestamp: String(1_000 + offset),
  value: value === null ? null : Buffer.from(value),
  ...more,
})

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()

describe('packed messages', () => {
  const messages = [
    message(3, '一'),
    message(5, null, { key: Buffer.from('M2') }),
    message(6, '', { headers: { a: 'x', b: [Buffer.from('y'), 'z'], c: undefined } }),
    message(9, 'last', { key: Buffer.from('钥'), headers: {} }),
  ]
  const packed = packMessages(messages)

  it('say what was packed', () => {
    expect([...packed.positions]).toEqual([3, 5, 6, 9])
    expect([...packed.appendedAt]).toEqual([1_003, 1_005, 1_006, 1_009])
    expect(messages.map((_, n) => text(valueAt(packed, n)))).toEqual(['一', '', '', 'last'])
    const raw = messages.map((_, n) => rawMessageAt('events/0', packed, n))
    expect(raw.map(({ position, receivedTime }) => [position, receivedTime])).toEqual([
      [3, 1_003],
      [5, 1_005],
      [6, 1_006],
      [9, 1_009],
    ])
    expect(raw.map(({ key }) => text(key))).toEqual([undefined, 'M2', undefined, '钥'])
    expect(
      raw.map(({ headers = [] }) => headers.map(([name, value]) => [name, text(value)])),
    ).toEqual([
      [],
      [],
      [
        ['a', 'x'],
        ['b', 'y'],
        ['b', 'z'],
      ],
      [],
    ])
  })

  it('say the same in another thread', () => {
    const copy = structuredClone(packed)
    expect(messages.map((_, n) => text(valueAt(copy, n)))).toEqual(['一', '', '', 'last'])
    expect(rawMessageAt('events/0', copy, 3)).toEqual(rawMessageAt('events/0', packed, 3))
  })

  it('are copied in stretches from where the client read them', () => {
    // as a fetch lies in memory: key and value behind each other, little between them
    const fetched = Buffer.from(`..k1.v-one..k2.v-two${'.'.repeat(300)}k3.v-three`)
    const part = (text: string) => {
      const at = fetched.indexOf(text)
      return fetched.subarray(at, at + text.length)
    }
    const parts: LogMessage[] = [
      message(0, null, { key: part('k1'), value: part('v-one') }),
      message(1, null, { key: part('k2'), value: part('v-two') }),
      message(2, null, { key: part('k3'), value: part('v-three') }),
      // before what was copied, in memory of its own, and none
      message(3, null, { key: part('k2'), value: Buffer.from('elsewhere') }),
      message(4, null),
    ]
    const stretched = packMessages(parts)
    expect(parts.map((_, n) => text(valueAt(stretched, n)))).toEqual([
      'v-one',
      'v-two',
      'v-three',
      'elsewhere',
      '',
    ])
    expect(parts.map((_, n) => text(rawMessageAt('o', stretched, n).key))).toEqual([
      'k1',
      'k2',
      'k3',
      'k2',
      undefined,
    ])
    // what lies far between two of them is not copied
    expect(stretched.bytes.length).toBeLessThan(60)
    fetched.fill(0)
    expect(text(valueAt(stretched, 0))).toBe('v-one')
  })

  it('may be none', () => {
    expect(packMessages([]).positions).toHaveLength(0)
  })
})
