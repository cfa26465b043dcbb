import { gunzipSync, gzipSync } from 'node:zlib'
import { Session } from 'chdb'
import { beforeAll, describe, expect, it } from 'vitest'
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
