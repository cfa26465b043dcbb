import { describe, expect, it } from 'vitest'
import { type Layers, layeredSelect } from '../../../schemas/fold/layered-select.ts'

const flat = (layers: Layers): string => layeredSelect(layers).replace(/\s+/g, ' ')

describe('a SELECT in layers', () => {
  it('carries through the middle what it uses, and the rest to the end as one tuple', () => {
    expect(
      flat({
        base: [
          ['a', 'max(x)'],
          ['b', 'min(y)'],
          ['c', 'sum(z)'],
        ],
        from: 'FROM t GROUP BY k',
        middle: [[['d', 'a + 1']]],
        last: [
          ['out', 'd * 2'],
          ['other', 'b - c'],
        ],
      }),
    ).toBe(
      'SELECT d * 2 AS out, kept.1 - kept.2 AS other FROM ( SELECT kept AS kept, a + 1 AS d FROM ( SELECT max(x) AS a, (min(y), sum(z)) AS kept FROM t GROUP BY k ) )'.replace(
        'kept AS kept',
        'kept',
      ),
    )
  })

  it('leaves out what nothing later uses', () => {
    const sql = flat({
      base: [
        ['used', 'max(x)'],
        ['idle', 'max(unread)'],
        ['tail', 'min(y)'],
      ],
      from: 'FROM t',
      middle: [
        [
          ['step', 'used + 1'],
          ['waste', 'used + 2'],
        ],
        [['more', 'step + 1']],
      ],
      last: [['out', 'more + tail']],
    })
    expect(sql).not.toContain('unread')
    expect(sql).not.toContain('waste')
    expect(sql).toBe(
      'SELECT more + kept.1 AS out FROM ( SELECT kept, step + 1 AS more FROM ( SELECT kept, used + 1 AS step FROM ( SELECT max(x) AS used, (min(y)) AS kept FROM t ) ) )',
    )
  })

  it('takes a name for a name only where it stands alone', () => {
    const sql = flat({
      base: [
        ['a', 'max(x)'],
        ['aa', 'max(y)'],
      ],
      from: 'FROM t',
      middle: [[['m', '1']]],
      last: [
        ['a', 'a'],
        ['sum_a', 'aa + a + m'],
      ],
    })
    expect(sql).toContain('SELECT kept.1 AS a, kept.2 + kept.1 + m AS sum_a FROM')
  })

  it('packs what only the last uses as soon as no layer between does, element of an element too', () => {
    const sql = flat({
      base: [
        ['a', 'max(x)'],
        ['b', 'min((y, z))'],
      ],
      from: 'FROM t',
      middle: [[['c', 'a + b.1']], [['d', 'c + 1']], [['e', 'd + 1']]],
      last: [['out', 'e + a + b.2 + c']],
    })
    expect(sql).toBe(
      'SELECT e + kept_0.1 + (kept_0.2).2 + c AS out FROM ( SELECT c, kept, kept_0, d + 1 AS e FROM ( SELECT c, kept, kept_0, c + 1 AS d FROM ( SELECT kept, (a, b) AS kept_0, a + b.1 AS c FROM ( SELECT max(x) AS a, min((y, z)) AS b, () AS kept FROM t ) ) ) )',
    )
  })
})
