import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { migrate } from '../../schemas/tables/migrate.ts'
import { scratchFront } from './scratch-front.ts'

// the engine is this process's already, as in `pulse up`: the front stands on it
const directory = await mkdtemp(join(tmpdir(), 'pulse-readers-'))
let store: Store
beforeAll(async () => {
  store = await openEmbedded({ directory, readers: 1 })
  await migrate(store)
  await store.command('CREATE TABLE t (a UInt32, b String) ENGINE = MergeTree ORDER BY a')
  await store.command("INSERT INTO t SELECT number, '岳麓' FROM numbers(10)")
})
const front = scratchFront({ mode: 'read-only', directory })
const { ask } = front
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

describe('a read-only front on an open engine', () => {
  it('answers what the store answers, and sees what the store writes', async () => {
    const sql = 'SELECT a, b FROM t ORDER BY a'
    const told = await ask('', `${sql} FORMAT JSONEachRow`)
    expect(
      told.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(await store.query(sql))
    await store.command("INSERT INTO t SELECT 10, 'x'")
    expect((await ask('', 'SELECT count() FROM t')).text).toBe('11\n')
  })

  it.each([
    'INSERT INTO t VALUES (99, 1)',
    'INSERT INTO t SELECT 99, 1',
    'CREATE TABLE u (a Int8) ENGINE = Memory',
    'CREATE TEMPORARY TABLE u (a Int8)',
    'DROP TABLE t',
    'ALTER TABLE t DELETE WHERE 1',
    'OPTIMIZE TABLE t FINAL',
    'TRUNCATE TABLE t',
    'SYSTEM STOP MERGES',
    'SYSTEM SHUTDOWN',
    'KILL QUERY WHERE 1',
    'SET max_threads = 1',
    'SET readonly = 0',
    'USE system',
    'SELECT 1 SETTINGS readonly = 0',
    'SELECT 1 SETTINGS max_execution_time = 1000',
    'SELECT 1; DROP TABLE t',
    `SELECT 1 INTO OUTFILE '${directory}/must-not-be'`,
    `EXPLAIN SELECT 1 INTO OUTFILE '${directory}/must-not-be'`,
    "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV",
    `BACKUP TABLE t TO File('${directory}/must-not-be')`,
    "ATTACH TABLE u FROM '/tmp' (a Int8) ENGINE = Memory",
  ])('refuses %s', async (sql) => {
    for (const told of [await ask('', sql), await ask({ query: sql })]) {
      expect(told.status, told.text).toBeGreaterThanOrEqual(400)
      expect(told.text).toMatch(/READONLY|INTO_OUTFILE_NOT_ALLOWED|SYNTAX_ERROR|NOT_IMPLEMENTED/)
    }
    expect((await ask('', 'SELECT count() >= 10 FROM t')).text).toBe('1\n')
    expect(await readdir(directory)).not.toContain('must-not-be')
  })

  const secret = join(directory, 'status')
  it.each([
    `SELECT file('${secret}')`,
    `SELECT \`file\`('${secret}')`,
    `SELECT \`\\x66ile\`('${secret}')`,
    `SELECT "fi" "le"('${secret}')`,
    `SELECT arrayMap(file, ['${secret}'])`,
    `SELECT arrayMap(x -> file(x), ['${secret}'])`,
    `SELECT * APPLY file FROM (SELECT '${secret}')`,
    `SELECT * APPLY(file) FROM (SELECT '${secret}')`,
    `WITH file AS f SELECT f('${secret}')`,
    `SELECT file/**/ ('${secret}')`,
    `SELECT * FROM file('${secret}', 'LineAsString')`,
    `SELECT * FROM (SELECT * FROM file('${secret}', 'LineAsString'))`,
    `DESCRIBE file('${secret}', 'LineAsString')`,
    `DESC TABLE file('${secret}', 'LineAsString')`,
    `DESCRIBE (SELECT * FROM file('${secret}', 'LineAsString'))`,
    `EXPLAIN SELECT * FROM file('${secret}', 'LineAsString')`,
    `EXPLAIN TABLE OVERRIDE file('${secret}', 'LineAsString') PARTITION BY tuple()`,
    `SELECT * FROM default.\`${secret}\``,
    `SELECT * FROM '${secret}'`,
    `SELECT * FROM filesystem('${directory}')`,
    "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
    "DESCRIBE url('http://127.0.0.1:1/', 'CSV')",
    "SELECT * FROM remote('127.0.0.1', 'system.one')",
    "SELECT * FROM executable('id', 'TSV', 'a String')",
    "SELECT catboostEvaluate('/x', 1)",
  ])('reads no file and reaches no address by %s', async (sql) => {
    for (const body of [sql, `${sql} FORMAT JSON`]) {
      const told = await ask('', body)
      expect(told.status, told.text).toBeGreaterThanOrEqual(400)
      expect(told.text).not.toMatch(/PID|Started at/)
    }
  })

  it('takes no value for the name of a function', async () => {
    const told = await ask({ param_f: 'file' }, `SELECT arrayMap({f:Identifier}, ['${secret}'])`)
    expect(told.text).toContain('READONLY')
  })

  it('offers no table function that reaches beyond, whatever this engine has', async () => {
    // those that only compute, or read our tables
    const inside = new Set([
      ...[
        'numbers',
        'numbers_mt',
        'zeros',
        'zeros_mt',
        'primes',
        'generateSeries',
        'generate_series',
      ],
      ...['generateRandom', 'fuzzQuery', 'fuzzJSON', 'values', 'SQLStandardValues', 'null', 'view'],
      ...['viewIfPermitted', 'viewExplain', 'merge', 'mergeTreeIndex', 'mergeTreeProjection'],
      ...[
        'mergeTreeTextIndex',
        'mergeTreeAnalyzeIndexes',
        'mergeTreeAnalyzeIndexesUUID',
        'dictionary',
      ],
      ...[
        'timeSeriesData',
        'timeSeriesTags',
        'timeSeriesMetrics',
        'timeSeriesSamples',
        'timeSeriesSelector',
      ],
      ...['prometheusQuery', 'prometheusQueryRange'],
    ])
    const all = (await ask('', 'SELECT name FROM system.table_functions ORDER BY name')).text
      .trim()
      .split('\n')
    expect(all.length).toBeGreaterThan(50)
    const reached: string[] = []
    for (const name of all.filter((name) => !inside.has(name))) {
      for (const sql of [
        `SELECT * FROM ${name}('${secret}', 'LineAsString', 'line String')`,
        `DESCRIBE TABLE ${name}('${secret}', 'LineAsString')`,
      ]) {
        const told = await ask('', sql)
        if (told.status === 200) reached.push(sql)
      }
    }
    expect(reached).toEqual([])
  })

  it('knows the functions of this engine that ask programs elsewhere', async () => {
    const named = (
      await ask(
        '',
        "SELECT name FROM system.functions WHERE match(name, '^[aA][iI][A-Z]') OR name IN ('catboostEvaluate', 'fil' || 'e')",
      )
    ).text
      .trim()
      .split('\n')
    expect(named.length).toBeGreaterThan(2)
    for (const name of named) {
      const told = await ask('', `SELECT ${name}('x')`)
      expect(told.text, name).toContain('reaches beyond the tables')
    }
  })

  it('lets a reader shape the answer and lower limits, no more', async () => {
    expect(
      (
        await ask(
          { output_format_json_quote_64bit_integers: '1' },
          'SELECT toUInt64(1) AS n FORMAT JSONEachRow',
        )
      ).text,
    ).toBe('{"n":"1"}\n')
    expect(
      (await ask({ max_execution_time: '0.2' }, 'SELECT count() FROM numbers(1e13)')).text,
    ).toContain('TIMEOUT_EXCEEDED')
    // a driver's own limit, above ours, is not an error: ours holds
    expect(
      (await ask({ max_execution_time: '9999' }, "SELECT getSetting('max_execution_time')")).text,
    ).toBe('60\n')
    expect((await ask({ allow_ddl: '0' }, 'SELECT 1')).text).toContain('READONLY')
    expect((await ask({ max_result_rows: '1' }, 'SELECT number FROM numbers(9)')).text).toContain(
      'TOO_MANY_ROWS_OR_BYTES',
    )
    // what drivers send to every server
    expect(
      await ask({ readonly: '2', extremes: '0', wait_end_of_query: '1' }, 'SELECT 1'),
    ).toMatchObject({ status: 200 })
  })
})
