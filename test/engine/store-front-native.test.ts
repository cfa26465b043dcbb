import { describe, expect, it } from 'vitest'
import { scratchFront } from './scratch-front.ts'

const { ask } = scratchFront()

describe('a client of the native protocol', () => {
  /** One column of every kind whose values have a length of their own or lie in pieces. */
  const columns = [
    ...[
      'number::UInt8',
      'number::Int256',
      'number % 2 = 0',
      'toFloat32(number)',
      'toDate32(number)',
    ],
    ...[
      "toDateTime64(number, 3, 'Asia/Shanghai')",
      'toDecimal128(number, 3)',
      'number::Decimal(9, 2)',
    ],
    ...[
      'toUUID(generateUUIDv4())',
      "toIPv6('::1')",
      "toFixedString('岳', 5)",
      "repeat('岳', number)",
    ],
    ...[
      'if(number % 3 = 0, NULL, toString(number))',
      'NULL',
      "CAST('b', 'Enum16(\\'a, (\\' = 1, \\'b\\' = 2)')",
    ],
    ...[
      'toLowCardinality(toString(number % 5))',
      "CAST(if(number % 3 = 0, NULL, 'x'), 'LowCardinality(Nullable(String))')",
    ],
    ...[
      'range(number)',
      'arrayMap(n -> (n, toString(n), [n]), range(number % 4))',
      '[[], [number, 1], [2]]',
    ],
    ...[
      "CAST([toString(number)], 'Array(LowCardinality(String))')",
      "CAST([], 'Array(LowCardinality(String))')",
    ],
    ...[
      "map(toString(number), [number], 'b', [])",
      "CAST(map('k', 'v'), 'Map(LowCardinality(String), String)')",
    ],
    ...[
      "CAST((number, 'x'), 'Tuple(a UInt8, `b c` LowCardinality(String))')",
      '(1.5, 2.5)::Point',
      'INTERVAL 1 DAY',
    ],
  ]

  it.each([0, 1, 70_000])(
    'reads results of %i rows of every type, laid out for its revision',
    async (rows) => {
      const sql = `SELECT ${columns.map((column, n) => `${column} AS c${n}`).join(', ')} FROM (SELECT number % 100 AS number FROM numbers(${rows}))`
      const usual = await ask({ default_format: 'Native' }, sql)
      const told = await ask({ default_format: 'Native', client_protocol_version: '54460' }, sql)
      expect(told.status, told.text.slice(0, 300)).toBe(200)
      if (rows === 0) return
      const blocks =
        told.bytes.toString('latin1').split('\x01\x00\x02\xff\xff\xff\xff\x00').length - 1
      expect(told.bytes.length).toBe(usual.bytes.length + blocks * (8 + columns.length))
      expect(blocks).toBeGreaterThanOrEqual(rows > 65_536 ? 2 : 1)
    },
  )

  it('is told which columns it cannot have', async () => {
    const told = await ask(
      { default_format: 'Native', client_protocol_version: '54460' },
      "SELECT 'x'::JSON(max_dynamic_paths = 0) AS j FORMAT Native SETTINGS allow_experimental_json_type = 1".replace(
        "'x'",
        "'{}'",
      ),
    )
    expect(told.status).toBe(501)
    expect(told.text).toContain('Ask for another format')
  })
})
