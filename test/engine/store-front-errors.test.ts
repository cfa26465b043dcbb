import { describe, expect, it } from 'vitest'
import { refusalCodes, statusCodes } from '../../schemas/store/http-front/exceptions.ts'
import { scratchFront } from './scratch-front.ts'

const { ask } = scratchFront()

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
