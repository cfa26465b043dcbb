import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PulseError } from '../../schemas/errors.ts'
import type { Store } from '../../schemas/store/port.ts'
import { rowBinaryWriter } from '../../schemas/store/row-binary.ts'
import { sqlString, sqlStringSet } from '../../schemas/store/sql-text.ts'
import { migrate } from '../../schemas/tables/migrate.ts'

/** Everything that has upset a format on its way: other scripts, quotes, line ends, control characters. */
const HOSTILE = `岳麓区😀é\`'"\\\\n\t\r\n${String.fromCharCode(...Array.from({ length: 32 }, (_, n) => n))};--/*{}`

const columns = [
  { name: 'n', type: 'UInt64' },
  { name: 'text', type: 'String' },
  { name: 'at', type: "DateTime64(3, 'UTC')" },
  { name: 'none', type: "Nullable(DateTime64(3, 'UTC'))" },
  { name: 'tags', type: 'Array(String)' },
]

const rowsOf = (count: number, text: (n: number) => string): Uint8Array => {
  const writer = rowBinaryWriter()
  for (let n = 0; n < count; n++) {
    writer.u64(n)
    writer.string(text(n))
    writer.time(-2_208_988_800_000 + n)
    writer.timeOrNull(n % 2 === 0 ? undefined : n)
    writer.strings(['甲', `乙${n}`])
  }
  return writer.bytes()
}

const fails = async (work: Promise<unknown>): Promise<PulseError> => {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (error instanceof PulseError) return error
  throw new Error(`expected a PulseError, got ${String(error)}`)
}

/** What sink, fold, rebuild and figures rely on, whichever ClickHouse is behind the port. */
export const storeContract = (name: string, open: () => Promise<Store>): void => {
  describe(`the store on ${name}`, () => {
    let store: Store
    beforeAll(async () => {
      store = await open()
      await migrate(store)
      await store.command(`CREATE TABLE contract_rows (
        n UInt64, text String, at DateTime64(3, 'UTC'), none Nullable(DateTime64(3, 'UTC')),
        tags Array(String), stored DateTime64(3) DEFAULT now64(3)
      ) ENGINE = MergeTree ORDER BY n`)
    })
    afterAll(async () => {
      await store.command('DROP TABLE IF EXISTS contract_rows')
      await store.close()
    })

    it('gives back every character and every instant as stored', async () => {
      await store.insert(
        'contract_rows',
        columns,
        rowsOf(3, () => HOSTILE),
      )
      expect(
        await store.query(
          'SELECT n, text, toUnixTimestamp64Milli(at) AS at, toUnixTimestamp64Milli(none) AS none, tags FROM contract_rows ORDER BY n',
        ),
      ).toEqual([
        { n: 0, text: HOSTILE, at: -2_208_988_800_000, none: null, tags: ['甲', '乙0'] },
        { n: 1, text: HOSTILE, at: -2_208_988_799_999, none: 1, tags: ['甲', '乙1'] },
        { n: 2, text: HOSTILE, at: -2_208_988_799_998, none: null, tags: ['甲', '乙2'] },
      ])
      expect(
        await store.query(
          `SELECT count() AS n FROM contract_rows WHERE text = ${sqlString(HOSTILE)}`,
        ),
      ).toEqual([{ n: 3 }])
      await store.command('TRUNCATE TABLE contract_rows')
    })

    it('refuses rows that do not fit, stores none of them, and says it will not help to try again', async () => {
      const rows = rowsOf(2000, () => 'x')
      const error = await fails(
        store.insert('contract_rows', columns, rows.subarray(0, rows.length - 3)),
      )
      expect(error).toMatchObject({ code: 'STORE_REJECTED', retriable: false })
      expect(await store.query('SELECT count() AS n FROM contract_rows')).toEqual([{ n: 0 }])
    })

    it('names the engine’s error', async () => {
      const error = await fails(store.query('SELECT nothing FROM contract_rows'))
      expect(error).toMatchObject({
        code: 'STORE_REJECTED',
        details: { type: 'UNKNOWN_IDENTIFIER' },
      })
      expect((await fails(store.command('selec 1'))).details).toMatchObject({
        type: 'SYNTAX_ERROR',
      })
    })

    it('says of a statement that took too long that it may be tried again', async () => {
      const error = await fails(
        store.query(
          'SELECT count() AS n FROM numbers(1000000000000) WHERE NOT ignore(number) SETTINGS max_execution_time = 0.2',
        ),
      )
      expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retriable: true })
    })

    it('takes an insert of 16 MB and a statement of 2 MB', async () => {
      const rows = rowsOf(16_000, (n) => String(n).padStart(1000, '字'))
      expect(rows.length).toBeGreaterThan(16e6)
      await store.insert('contract_rows', columns, rows)
      const wanted = Array.from({ length: 100_000 }, (_, n) => String(n).padStart(20, '0'))
      expect(
        await store.query(
          `SELECT countIf(leftPad(toString(n), 20, '0') IN ${sqlStringSet(wanted)}) AS n, sum(length(text)) > 16e6 AS whole FROM contract_rows`,
        ),
      ).toEqual([{ n: 16_000, whole: 1 }])
      await store.command('TRUNCATE TABLE contract_rows')
    })

    it('keeps what one statement sets to that statement', async () => {
      await store.query('SELECT 1 AS one SETTINGS max_result_rows = 1, max_threads = 1')
      expect(await store.query('SELECT number AS n FROM numbers(2)')).toHaveLength(2)
    })

    it('feeds materialised views from a table that keeps nothing, and exchanges tables', async () => {
      for (const sql of [
        'CREATE TABLE contract_in (n UInt64, parts Array(String)) ENGINE = Null',
        'CREATE TABLE contract_live (n UInt64) ENGINE = MergeTree ORDER BY n',
        'CREATE TABLE contract_beside (n UInt64) ENGINE = MergeTree ORDER BY n',
        'CREATE MATERIALIZED VIEW contract_view TO contract_live AS SELECT n + length(parts) AS n FROM contract_in',
        "INSERT INTO contract_in SELECT number, ['a', 'b'] FROM numbers(3)",
        'INSERT INTO contract_beside SELECT 99',
        'EXCHANGE TABLES contract_live AND contract_beside',
      ])
        await store.command(sql)
      expect(await store.query('SELECT n FROM contract_live')).toEqual([{ n: 99 }])
      expect(await store.query('SELECT n FROM contract_beside ORDER BY n')).toEqual([
        { n: 2 },
        { n: 3 },
        { n: 4 },
      ])
      expect(
        await store.query(
          "SELECT count() > 0 AS some FROM mergeTreeIndex(currentDatabase(), 'contract_beside')",
        ),
      ).toEqual([{ some: 1 }])
      expect(
        await store.query(
          "SELECT engine FROM system.tables WHERE database = currentDatabase() AND name = 'contract_in'",
        ),
      ).toEqual([{ engine: 'Null' }])
      for (const table of ['view', 'in', 'live', 'beside'])
        await store.command(`DROP TABLE contract_${table}`)
    })

    it('answers reads while a statement writes', async () => {
      let written = false
      const writing = store
        .command('INSERT INTO contract_rows (n) SELECT sleepEachRow(1) FROM numbers(1)')
        .then(() => {
          written = true
        })
      expect(await store.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
      expect(written).toBe(false)
      await writing
    })

    it('runs statements that write in the order they were given', async () => {
      await store.command('TRUNCATE TABLE contract_rows')
      await store.command('INSERT INTO contract_rows (n) SELECT 1')
      await store.command(
        'ALTER TABLE contract_rows DELETE WHERE n = 1 SETTINGS mutations_sync = 2',
      )
      await store.command('INSERT INTO contract_rows (n) SELECT 2')
      expect(await store.query('SELECT n FROM contract_rows')).toEqual([{ n: 2 }])
    })
  })
}
