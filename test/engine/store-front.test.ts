import { gunzipSync, gzipSync } from 'node:zlib'
import { Session } from 'chdb'
import { beforeAll, describe, expect, it } from 'vitest'
import { refusalCodes, statusCodes } from '../../schemas/store/http-front/exceptions.ts'
import { scratchFront } from './scratch-front.ts'

const front = scratchFront()
const { ask } = front

/** The engine itself, asked beside the front. */
const engine = async (sql: string, format: string): Promise<Buffer> => {
  const session = new Session(front.directory)
  try {
    await session.queryAsync(
      "USE pulse; SET session_timezone = 'UTC', compile_expressions = 0, compile_aggregate_expressions = 0",
    )
    return Buffer.from((await session.queryAsync(sql, { format })).bytes())
  } finally {
    session.close()
  }
}

const HOSTILE = `岳麓区😀é\`'"\\\n\t\r\u0000;--/*{}`

beforeAll(async () => {
  const made = await ask(
    '',
    `CREATE TABLE people (id UInt32, name String, tags Array(LowCardinality(String)), at DateTime64(3, 'UTC'),
     score Nullable(Float64), kind Enum8('a' = 1, '乙' = 2), note String DEFAULT 'none')
     ENGINE = MergeTree ORDER BY id`,
  )
  expect(made).toMatchObject({ status: 200, text: '' })
  const rows = Array.from({ length: 500 }, (_, id) =>
    JSON.stringify({
      id,
      name: `${HOSTILE}${id}`,
      tags: ['甲', `t${id % 7}`],
      at: '2024-03-01 01:02:03.004',
      score: id % 3 === 0 ? null : id / 7,
      kind: id % 2 === 0 ? 'a' : '乙',
    }),
  )
  expect(
    await ask({ query: 'INSERT INTO people FORMAT JSONEachRow' }, rows.join('\n')),
  ).toMatchObject({ status: 200 })
})

describe('answers are the engine’s own bytes', () => {
  it.each([
    ...[
      'JSONEachRow',
      'JSONCompactEachRow',
      'JSONStringsEachRow',
      'JSONCompactEachRowWithNamesAndTypes',
    ],
    ...['JSONObjectEachRow', 'JSONColumns', 'JSONLines'],
    ...['CSV', 'CSVWithNames', 'CSVWithNamesAndTypes', 'TabSeparated', 'TSVWithNames', 'TSVRaw'],
    ...[
      'RowBinary',
      'RowBinaryWithNamesAndTypes',
      'Native',
      'Parquet',
      'Arrow',
      'ArrowStream',
      'ORC',
    ],
    ...[
      'Values',
      'Vertical',
      'Pretty',
      'PrettyCompact',
      'Markdown',
      'SQLInsert',
      'MsgPack',
      'Null',
    ],
  ])('in %s', async (format) => {
    const sql = 'SELECT * FROM people ORDER BY id'
    const told = await ask('', `${sql} FORMAT ${format}`)
    expect(told.status).toBe(200)
    expect(told.headers.get('x-clickhouse-format')).toBe(format)
    expect(told.bytes.equals(await engine(sql, format))).toBe(true)
    expect((await ask({ default_format: format }, sql)).bytes.equals(told.bytes)).toBe(true)
  })

  it.each(['JSON', 'JSONCompact', 'JSONStrings', 'XML'])(
    'in %s, but for the time it took',
    async (format) => {
      const timeless = (bytes: Buffer) => bytes.toString().replace(/elapsed"?[:>] ?[\d.e-]+/g, '')
      const sql = 'SELECT id % 2 AS k, count() AS n FROM people GROUP BY k WITH TOTALS ORDER BY k'
      const told = await ask('', `${sql} FORMAT ${format}`)
      expect(timeless(told.bytes)).toBe(timeless(await engine(sql, format)))
      expect(told.text).toContain('totals')
    },
  )

  it('in each of the ways a format may be asked for', async () => {
    expect((await ask('', 'SELECT 1')).headers.get('content-type')).toBe(
      'text/tab-separated-values; charset=UTF-8',
    )
    const headers = { 'X-ClickHouse-Format': 'JSONEachRow' }
    const told = await ask('', 'SELECT 1 AS one', { headers })
    expect(told.text).toBe('{"one":1}\n')
    expect(told.headers.get('content-type')).toBe('application/x-ndjson; charset=UTF-8')
  })

  it.each([
    ['SELECT 1;', '1\n'],
    ['SELECT 1 -- FORMAT JSON', '1\n'],
    ['SELECT 1 /* ; */ ; -- the end', '1\n'],
    ["SELECT ';SELECT 2' FORMAT TSV", ';SELECT 2\n'],
    ['(SELECT 1) UNION ALL (SELECT 1)', '1\n1\n'],
    ['SELECT 1 UNION ALL SELECT 1 FORMAT CSV', '1\n1\n'],
    ['WITH x AS (SELECT 3 AS n) SELECT n FROM x', '3\n'],
    ["SELECT format('{}-{}', 'a', 'b') AS format", 'a-b\n'],
    ["SELECT $a$it's; $a$", "it\\'s; \n"],
    ['SELECT ‘岳麓’', '岳麓\n'],
    ['SELECT number FROM numbers(3) LIMIT 2', '0\n1\n'],
    ['EXISTS TABLE people', '1\n'],
    ['SHOW TABLES', 'people\n'],
    ['SELECT 1 FORMAT Null', ''],
    ['SELECT 1 WHERE 0', ''],
  ])('of %s', async (sql, wanted) => {
    expect(await ask('', sql)).toMatchObject({ status: 200, text: wanted })
    // and the same from a reader, whose statement the engine writes anew
    expect(await ask({ query: sql })).toMatchObject({ status: 200, text: wanted })
  })
})

describe('settings in a statement', () => {
  it.each([
    ['SELECT 1 FORMAT CSV SETTINGS max_threads = 1', '1\n'],
    ['SELECT 1 SETTINGS max_threads = 1', '1\n'],
    ['SELECT 1 SETTINGS max_threads = 1 FORMAT CSV', '1\n'],
  ])('are a writer’s: %s', async (sql, wanted) => {
    expect(await ask('', sql)).toMatchObject({ status: 200, text: wanted })
    expect((await ask({ query: sql })).text).toContain('READONLY')
  })
})

describe('a statement may come', () => {
  it('in the address, in the body, or half in each', async () => {
    expect((await ask({ query: 'SELECT 1' })).text).toBe('1\n')
    expect((await ask({ query: 'SELECT 1' }, '')).text).toBe('1\n')
    expect((await ask('', 'SELECT 1')).text).toBe('1\n')
    expect((await ask({ query: 'SELECT' }, '1')).text).toBe('1\n')
  })

  it('packed, and is answered packed where that is asked for and accepted', async () => {
    const headers = { 'Content-Encoding': 'gzip' }
    expect((await ask('', gzipSync('SELECT 1'), { headers })).text).toBe('1\n')
    const raw = async (search: string, accept: string) => {
      const { request } = await import('node:http')
      return new Promise<{ encoding: string | undefined; bytes: Buffer }>((resolve, reject) => {
        request(
          `${front.url}/?${search}`,
          { headers: { 'accept-encoding': accept } },
          (response) => {
            const parts: Buffer[] = []
            response.on('data', (part: Buffer) => parts.push(part))
            response.on('end', () =>
              resolve({
                encoding: response.headers['content-encoding'],
                bytes: Buffer.concat(parts),
              }),
            )
          },
        )
          .on('error', reject)
          .end()
      })
    }
    const asked = 'enable_http_compression=1&query=SELECT+number+FROM+numbers(1000)'
    const packed = await raw(asked, 'br;q=0, gzip')
    expect(packed.encoding).toBe('gzip')
    expect(gunzipSync(packed.bytes).toString().split('\n')).toHaveLength(1001)
    expect((await raw(asked, 'zstd')).encoding).toBeUndefined()
    expect((await raw(asked, 'gzip;q=0')).encoding).toBeUndefined()
    expect((await raw('query=SELECT+1', 'gzip')).encoding).toBeUndefined()
  })

  it('as a form, with values too long for an address', async () => {
    const form = new FormData()
    const long = '岳'.repeat(300_000)
    form.set('query', 'SELECT length({x:String}), {y:String}')
    form.set('param_x', long)
    const told = await ask({ param_y: 'in the address' }, undefined, { method: 'POST', body: form })
    expect(told.text).toBe(`${long.length * 3}\tin the address\n`)
  })

  it('with HEAD, answered without its result', async () => {
    const told = await ask({ query: 'SELECT 1' }, undefined, { method: 'HEAD' })
    expect(told).toMatchObject({ status: 200, text: '' })
    expect(told.headers.get('content-length')).toBe('2')
  })
})

describe('rows go in', () => {
  it.each([
    ...['RowBinary', 'RowBinaryWithNamesAndTypes', 'Native', 'Parquet', 'Arrow', 'ArrowStream'],
    ...[
      'JSONEachRow',
      'JSONCompactEachRow',
      'CSV',
      'CSVWithNames',
      'TSV',
      'TSVWithNames',
      'Values',
    ],
    ...['MsgPack', 'ORC'],
  ])('as %s, and come out as they were', async (format) => {
    await ask('', 'CREATE OR REPLACE TABLE copy AS people')
    const rows = (await ask('', `SELECT * FROM people ORDER BY id FORMAT ${format}`)).bytes
    const told = await ask({ query: `INSERT INTO copy FORMAT ${format}` }, rows)
    expect(told).toMatchObject({ status: 200, text: '' })
    expect(JSON.parse(told.headers.get('x-clickhouse-summary') ?? '')).toMatchObject({
      written_rows: '500',
    })
    expect(
      await ask(
        '',
        'SELECT count(), countIf(p.name = c.name AND p.tags = c.tags AND p.at = c.at AND p.kind = c.kind AND p.score IS NOT DISTINCT FROM c.score) FROM people p JOIN copy c ON p.id = c.id',
      ),
    ).toMatchObject({ text: '500\t500\n' })
  })

  it('after their statement in one body, packed or in the address', async () => {
    await ask('', 'CREATE OR REPLACE TABLE few (a UInt32, b String) ENGINE = MergeTree ORDER BY a')
    for (const [search, body, headers] of [
      [{}, "INSERT INTO few VALUES (1, 'a;b'), (2, '岳');", {}],
      [{}, 'INSERT INTO few (a, b) FORMAT CSV\n3,"c\nd"\n', {}],
      [{}, gzipSync('INSERT INTO few FORMAT JSONEachRow {"a":4}'), { 'Content-Encoding': 'gzip' }],
      [{ query: 'INSERT INTO few FORMAT TSV' }, '5\te\n', {}],
      [{ query: 'INSERT INTO few VALUES' }, "(6, concat('f', 'g'))", {}],
      [{ query: "INSERT INTO few VALUES (7, 'h')" }, '', {}],
      [{ query: 'INSERT INTO few SETTINGS async_insert = 0 FORMAT CSV' }, '8,i\n', {}],
      [{ query: 'INSERT INTO few SELECT 9,' }, "'j'", {}],
      [{ query: 'INSERT INTO few FORMAT CSV' }, '', {}],
    ] as const)
      expect(await ask(search, body, { headers }), JSON.stringify(search)).toMatchObject({
        status: 200,
      })
    expect((await ask('', 'SELECT a, b FROM few ORDER BY a')).text).toBe(
      '1\ta;b\n2\t岳\n3\tc\\nd\n4\t\n5\te\n6\tfg\n7\th\n8\ti\n9\tj\n',
    )
  })

  it('not at all where one is wrong, and nobody hears where they lay', async () => {
    await ask('', 'CREATE OR REPLACE TABLE few (a UInt32, b String) ENGINE = MergeTree ORDER BY a')
    const told = await ask({ query: 'INSERT INTO few FORMAT CSV' }, '1,a\nx,b\n')
    expect(told.status).toBe(400)
    expect(told.text).not.toContain('/pulse-')
    expect((await ask('', 'SELECT count() FROM few')).text).toBe('0\n')
  })

  it('in one part, though they came in many pieces', async () => {
    await ask('', 'CREATE OR REPLACE TABLE few (a UInt32, b String) ENGINE = MergeTree ORDER BY a')
    const piece = Buffer.from(Array.from({ length: 5000 }, (_, n) => `${n},岳麓\n`).join(''))
    const body = new ReadableStream({
      start(controller) {
        // cut where a character is cut
        for (let n = 0; n < 40; n++)
          for (let from = 0; from < piece.length; from += 9973)
            controller.enqueue(piece.subarray(from, from + 9973))
        controller.close()
      },
    })
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    expect(await ask({ query: 'INSERT INTO few FORMAT CSV' }, undefined, init)).toMatchObject({
      status: 200,
    })
    expect(
      (
        await ask(
          '',
          "SELECT count(), countIf(b = '岳麓'), (SELECT count() FROM system.parts WHERE active AND table = 'few' AND database = 'pulse') FROM few",
        )
      ).text,
    ).toBe('200000\t200000\t1\n')
  })
})

describe('nothing of one request meets the next', () => {
  it('of settings, with many at once', async () => {
    const [{ text: usual }] = await Promise.all([ask('', "SELECT getSetting('max_block_size')")])
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const own = n % 3 === 0 ? undefined : String(1000 + (n % 17))
        const told = await ask(
          own === undefined ? {} : { max_block_size: own },
          "SELECT getSetting('max_block_size')",
        )
        return { wanted: own === undefined ? usual : `${own}\n`, told: told.text }
      }),
    )
    for (const { wanted, told } of answers) expect(told).toBe(wanted)
  })

  it('of the settings of readers', async () => {
    const query = "SELECT getSetting('max_result_rows')"
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const own = n % 2 === 0 ? undefined : String(10 + (n % 5))
        const told = await ask(own === undefined ? { query } : { query, max_result_rows: own })
        return { wanted: `${own ?? '0'}\n`, told: told.text }
      }),
    )
    for (const { wanted, told } of answers) expect(told).toBe(wanted)
  })

  it('of a setting that cannot be taken back', async () => {
    await ask({ allow_ddl: '0' }, 'SELECT 1')
    for (let n = 0; n < 6; n++)
      expect(
        await ask('', `CREATE OR REPLACE TABLE ddl${n} (a Int8) ENGINE = Memory`),
      ).toMatchObject({
        status: 200,
      })
  })

  it('of values', async () => {
    const text = '{secret:String}'
    expect((await ask({ param_secret: 's' }, `SELECT ${text}`)).text).toBe('s\n')
    for (let n = 0; n < 8; n++)
      expect(await ask({ param_other: 'o' }, `SELECT ${text}`)).toMatchObject({ status: 500 })
    expect((await ask({ param_secret: 't' }, `SELECT ${text}`)).text).toBe('t\n')
  })

  it('of SET, USE and temporary tables', async () => {
    for (const sql of [
      'SET max_block_size = 77',
      'USE system',
      'CREATE TEMPORARY TABLE mine (a Int8)',
    ])
      for (let n = 0; n < 4; n++) expect(await ask('', sql)).toMatchObject({ status: 200 })
    for (let n = 0; n < 6; n++) {
      expect(
        (await ask('', "SELECT currentDatabase(), getSetting('max_block_size') = 77")).text,
      ).toBe('pulse\t0\n')
      expect(await ask('', 'SELECT * FROM mine')).toMatchObject({ status: 404 })
    }
  })

  it('of the database', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const database = ['pulse', 'system', 'default'][n % 3] ?? ''
        const told = await ask({ database }, 'SELECT currentDatabase()')
        return [`${database}\n`, told.text]
      }),
    )
    for (const [wanted, told] of answers) expect(told).toBe(wanted)
    const headers = { 'X-ClickHouse-Database': 'system' }
    expect((await ask('', 'SELECT currentDatabase()', { headers })).text).toBe('system\n')
    expect(await ask({ database: 'no`pe' }, 'SELECT 1')).toMatchObject({ status: 404 })
  })
})

describe('what fails is answered in the server’s form', () => {
  it.each([
    ['SELECT nope', 404, 47, 'UNKNOWN_IDENTIFIER'],
    ['SELECT * FROM nope', 404, 60, 'UNKNOWN_TABLE'],
    ['SELECT 1 FRM x', 400, 62, 'SYNTAX_ERROR'],
    ['selec 1', 400, 62, 'SYNTAX_ERROR'],
    ["SELECT 'open", 400, 62, 'SYNTAX_ERROR'],
    ['', 400, 62, 'SYNTAX_ERROR'],
    ['-- nothing', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT 1; SELECT 2', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT 1; SET max_threads = 1', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT 1 FORMAT Nope', 404, 73, 'UNKNOWN_FORMAT'],
    [
      "SELECT throwIf(number = 100000, 'late') FROM numbers(200000)",
      500,
      395,
      'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO',
    ],
    ['SELECT toUInt8(throwIf(1))', 500, 395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
    ["SELECT 1 INTO OUTFILE 'x'", 400, 358, 'INTO_OUTFILE_NOT_ALLOWED'],
    ["INSERT INTO people FROM INFILE 'x' FORMAT CSV", 400, 358, 'INTO_OUTFILE_NOT_ALLOWED'],
    ['BEGIN TRANSACTION', 501, 48, 'NOT_IMPLEMENTED'],
  ])('%s', async (sql, status, code, name) => {
    const told = await ask('', sql)
    expect(told.status).toBe(status)
    expect(told.headers.get('x-clickhouse-exception-code')).toBe(String(code))
    expect(told.text).toMatch(
      new RegExp(
        `^Code: ${code}\\. DB::Exception: [\\s\\S]*\\(${name}\\) \\(version [\\d.]+\\)\\n$`,
      ),
    )
    // nothing of what the front adds
    expect(told.text).not.toMatch(/OUTFILE '|front [0-9a-f]{8}|\/pulse-|formatQuery/)
  })

  it('of the setting and the value, where these are wrong', async () => {
    expect(await ask({ nope_nope: '1' }, 'SELECT 1')).toMatchObject({ status: 404 })
    expect(await ask({ max_threads: 'x' }, 'SELECT 1')).toMatchObject({ status: 400 })
    const told = await ask({ param_x: 'a' }, 'SELECT {x:UInt8}')
    expect(told.text).toContain('BAD_QUERY_PARAMETER')
    // and the lanes are as good as before
    expect((await ask('', 'SELECT 1')).text).toBe('1\n')
  })

  it('of a statement that is not UTF-8, which the engine would be given changed', async () => {
    const told = await ask('', Buffer.from("SELECT '\xff'", 'latin1'))
    expect(told).toMatchObject({ status: 400 })
    expect(told.text).toContain('UTF-8')
  })

  it('by the codes and statuses the engine’s names have', async () => {
    const codes = [...Object.values(refusalCodes), ...statusCodes.flatMap(({ codes }) => codes)]
    const told = await ask(
      { default_format: 'JSONEachRow' },
      `SELECT arrayJoin([${codes.join(',')}]) AS code, errorCodeToName(code) AS name`,
    )
    const names = new Map(
      told.text
        .trim()
        .split('\n')
        .map((line): [number, string] => {
          const { code, name } = JSON.parse(line) as { code: number; name: string }
          return [code, name]
        }),
    )
    for (const [name, code] of Object.entries(refusalCodes)) expect(names.get(code)).toBe(name)
    for (const name of names.values()) expect(name).not.toBe('')
  })

  it('by the identity of the query', async () => {
    const told = await ask({ query_id: 'mine', query: 'SELECT 1' })
    expect(told.headers.get('x-clickhouse-query-id')).toBe('mine')
    const [first, second] = await Promise.all([
      ask({ query_id: 'twice' }, 'SELECT sleep(0.3)'),
      ask({ query_id: 'twice' }, 'SELECT sleep(0.3)'),
    ])
    expect([first?.status, second?.status].sort()).toEqual([200, 500])
    expect([first?.text, second?.text].join('')).toContain('QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING')
    expect(await ask({ query_id: 'twice' }, 'SELECT 1')).toMatchObject({ status: 200 })
  })
})

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
