import { describe, expect, it } from 'vitest'
import { scratchFront } from './scratch-front.ts'

const { ask } = scratchFront()

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
