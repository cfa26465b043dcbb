import { Readable } from 'node:stream'
import {
  type ClickHouseClient,
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
  TupleParam,
} from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scratchFront } from './scratch-front.ts'

const front = scratchFront({ user: 'pulse', password: '密码: $pace' })
const HOSTILE = `岳麓区😀é\`'"\\\\N\\n\n\t\r;--/*{x:String}*/ ' OR 1=1`

const open = (options: NonNullable<Parameters<typeof createClient>[0]> = {}): ClickHouseClient =>
  createClient({
    url: front.url,
    username: 'pulse',
    password: '密码: $pace',
    database: 'pulse',
    log: { level: ClickHouseLogLevel.OFF },
    ...options,
  })

const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe.each([
  ['plain', {}],
  ['packed both ways', { compression: { request: true, response: true } }],
] as const)('the unmodified client, %s', (_, options) => {
  let client: ClickHouseClient
  beforeAll(async () => {
    client = open(options)
    await client.command({
      query:
        'CREATE OR REPLACE TABLE seen (n UInt64, text String, tags Array(String)) ENGINE = MergeTree ORDER BY n',
    })
  })
  afterAll(() => client.close())

  it('pings, with a query and without', async () => {
    expect(await client.ping()).toEqual({ success: true })
    expect(await client.ping({ select: true })).toEqual({ success: true })
  })

  it('inserts objects, arrays and streams, and reads them in every format it has', async () => {
    const row = (n: number) => ({ n: String(n), text: `${HOSTILE}${n}`, tags: ['甲', String(n)] })
    expect(
      await client.insert({ table: 'seen', values: [row(0), row(1)], format: 'JSONEachRow' }),
    ).toMatchObject({ executed: true, summary: { written_rows: '2' } })
    await client.insert({
      table: 'seen',
      values: [['2', `${HOSTILE}2`, ['甲', '2']]],
      format: 'JSONCompactEachRow',
      columns: ['n', 'text', 'tags'],
    })
    await client.insert({
      table: 'seen',
      values: Readable.from(
        Array.from({ length: 997 }, (_, n) => row(n + 3)),
        {
          objectMode: true,
        },
      ),
      format: 'JSONEachRow',
    })
    await client.insert({
      table: 'seen',
      values: Readable.from(['1000,"a\nb","[\'x\']"\n', '1001,岳,"[]"\n'], { objectMode: false }),
      format: 'CSV',
    })
    const query = 'SELECT * FROM seen ORDER BY n LIMIT 1000'
    const wanted = Array.from({ length: 1000 }, (_, n) => row(n))
    const quoted = { output_format_json_quote_64bit_integers: 1 } as const
    const read = (format: 'JSON' | 'JSONEachRow' | 'JSONCompact' | 'JSONCompactEachRow') =>
      client.query({ query, format, clickhouse_settings: quoted })
    expect(await (await read('JSONEachRow')).json()).toEqual(wanted)
    expect(await (await read('JSON')).json()).toMatchObject({ data: wanted, rows: 1000 })
    expect(await (await read('JSONCompact')).json()).toMatchObject({
      data: wanted.map(({ n, text, tags }) => [n, text, tags]),
    })
    const streamed: unknown[] = []
    for await (const rows of (await read('JSONCompactEachRow')).stream())
      for (const each of rows) streamed.push(each.json())
    expect(streamed).toHaveLength(1000)
    for (const format of [
      ...([
        'CSV',
        'CSVWithNames',
        'CSVWithNamesAndTypes',
        'TabSeparated',
        'TabSeparatedRaw',
      ] as const),
      ...(['TabSeparatedWithNames', 'CustomSeparated', 'JSONStringsEachRow'] as const),
      ...(['JSONCompactStringsEachRow', 'JSONCompactEachRowWithNames'] as const),
    ]) {
      const text = await (await client.query({ query, format })).text()
      expect(text, format).toContain('岳麓区😀é')
    }
    for (const format of [
      ...([
        'JSONStrings',
        'JSONCompactStrings',
        'JSONObjectEachRow',
        'JSONColumnsWithMetadata',
      ] as const),
      ...(['JSONCompactStringsEachRowWithNames', 'JSONEachRowWithProgress'] as const),
      ...(['JSONCompactEachRowWithNamesAndTypes'] as const),
    ]) {
      const answer = JSON.stringify(await (await client.query({ query, format })).json())
      expect(answer, format).toContain('岳麓区😀é')
    }
    const parquet = await client.exec({ query: `${query} FORMAT Parquet` })
    const parts: Buffer[] = []
    for await (const part of parquet.stream) parts.push(part as Buffer)
    const whole = Buffer.concat(parts)
    expect([whole.subarray(0, 4), whole.subarray(-4)].map(String)).toEqual(['PAR1', 'PAR1'])
  })

  it('binds values of every kind, whatever is in them', async () => {
    const result = await client.query({
      query: `SELECT {s:String} AS s, {n:Nullable(String)} AS n, {i:Int64} AS i, {f:Float64} AS f, {b:Bool} AS b,
        {a:Array(String)} AS a, {m:Map(String, UInt8)} AS m, {t:Tuple(String, UInt8)} AS t,
        toUnixTimestamp64Milli({d:DateTime64(3, 'UTC')}) AS d, {e:Array(Nullable(Int8))} AS e`,
      query_params: {
        s: HOSTILE,
        n: null,
        i: -9007199254740993n,
        f: 0.1,
        b: true,
        a: [HOSTILE, '', "'"],
        m: { [HOSTILE]: 1 },
        t: new TupleParam([HOSTILE, 7]),
        d: new Date(1_700_000_000_123),
        e: [1, null],
      },
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    })
    expect(await result.json()).toEqual([
      {
        s: HOSTILE,
        n: null,
        i: '-9007199254740993',
        f: 0.1,
        b: true,
        a: [HOSTILE, '', "'"],
        m: { [HOSTILE]: 1 },
        t: [HOSTILE, 7],
        d: '1700000000123',
        e: [1, null],
      },
    ])
    const named = await client.query({
      query: 'SELECT count() AS n FROM {table:Identifier} WHERE text = {text:String}',
      query_params: { table: 'seen', text: `${HOSTILE}1` },
      format: 'JSONEachRow',
    })
    expect(await named.json()).toEqual([{ n: 1 }])
  })

  it('sends values that are long in a form', async () => {
    const values = Array.from({ length: 20_000 }, (_, n) => `${HOSTILE}${n}`)
    const result = await client.query({
      query: 'SELECT length({a:Array(String)}) AS n, {a:Array(String)}[20000] AS last',
      query_params: { a: values },
      use_multipart_params_auto: true,
      format: 'JSONEachRow',
    })
    expect(await result.json()).toEqual([{ n: 20_000, last: `${HOSTILE}19999` }])
  })

  it('executes with rows of its own, and commands', async () => {
    await client.command({ query: 'TRUNCATE TABLE seen' })
    const { stream } = await client.exec({
      query: 'INSERT INTO seen (n, text) FORMAT RowBinary',
      values: Readable.from([Buffer.from('0700000000000000', 'hex'), Buffer.from('\u0006岳麓')], {
        objectMode: false,
      }),
    })
    for await (const _part of stream);
    const read = await client.exec({ query: 'SELECT n, text FROM seen FORMAT CSV' })
    const parts: Buffer[] = []
    for await (const part of read.stream) parts.push(part as Buffer)
    // an answer of exec that is packed is unpacked by the client
    expect(Buffer.concat(parts).toString()).toBe('7,"岳麓"\n')
  })

  it('throws the server’s errors with code and type', async () => {
    const error = await failure(client.query({ query: 'SELECT nope' }))
    expect(error).toBeInstanceOf(ClickHouseError)
    expect(error).toMatchObject({ code: '47', type: 'UNKNOWN_IDENTIFIER' })
    expect(
      await failure(client.insert({ table: 'nope', values: [{ a: 1 }], format: 'JSONEachRow' })),
    ).toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' })
    expect(
      await failure(client.insert({ table: 'seen', values: [{ n: 'x' }], format: 'JSONEachRow' })),
    ).toBeInstanceOf(ClickHouseError)
    expect(await failure(client.command({ query: 'DROP TABLE nope' }))).toMatchObject({
      type: 'UNKNOWN_TABLE',
    })
  })

  it('is told that there are no sessions and no roles', async () => {
    expect(await failure(client.query({ query: 'SELECT 1', session_id: 's' }))).toMatchObject({
      type: 'SUPPORT_IS_DISABLED',
      message: expect.stringContaining('There are no sessions here'),
    })
    expect(await failure(client.query({ query: 'SELECT 1', role: 'r' }))).toMatchObject({
      type: 'SUPPORT_IS_DISABLED',
    })
  })

  it('may give up a query, which ends in the engine too', async () => {
    const controller = new AbortController()
    const query = 'SELECT count() AS given_up FROM numbers(10000000000000) WHERE NOT ignore(number)'
    const given = failure(client.query({ query, abort_signal: controller.signal }))
    const running = async () => {
      const result = await client.query({
        query:
          "SELECT count() AS n FROM system.processes WHERE query LIKE '%AS given_up%' AND query NOT LIKE '%system.processes%'",
        format: 'JSONEachRow',
      })
      return ((await result.json()) as { n: number }[])[0]?.n
    }
    await expect.poll(running, { timeout: 10_000 }).toBe(1)
    controller.abort()
    expect(await given).toBeInstanceOf(Error)
    await expect.poll(running, { timeout: 10_000 }).toBe(0)
  })

  it('runs many at once, one after another on one connection', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const result = await client.query({
          query: "SELECT {n:UInt32} AS n, getSetting('max_block_size') AS size",
          query_params: { n },
          clickhouse_settings: { max_block_size: String(1000 + (n % 5)) },
          format: 'JSONEachRow',
        })
        return (await result.json()) as unknown
      }),
    )
    for (const [n, answer] of answers.entries())
      expect(answer).toEqual([{ n, size: 1000 + (n % 5) }])
  })
})

describe('an account', () => {
  it.each([
    ['a wrong password', { password: 'x' }],
    ['a wrong user', { username: 'default' }],
  ])('is refused with %s', async (_, options) => {
    const client = open(options)
    expect(await failure(client.query({ query: 'SELECT 1' }))).toMatchObject({
      code: '516',
      type: 'AUTHENTICATION_FAILED',
    })
    await client.close()
  })
})
