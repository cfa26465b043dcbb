import { describe, expect, it } from 'vitest'
import { authenticate } from '../../../schemas/store/http-front/credentials.ts'
import { exceptionOf, refusal } from '../../../schemas/store/http-front/exceptions.ts'
import { boundaryOf, formPairs } from '../../../schemas/store/http-front/form.ts'
import { roomFor } from '../../../schemas/store/http-front/limits.ts'
import { mayBeForeign } from '../../../schemas/store/http-front/origin.ts'
import { pairsOf, parametersOf } from '../../../schemas/store/http-front/parameters.ts'
import {
  baseSettings,
  readerSettingsFor,
  settingsFor,
} from '../../../schemas/store/http-front/setting-policy.ts'

const parse = (search: string, headers = {}) => parametersOf(pairsOf(search), headers)

describe('the parameters of a request', () => {
  it('are told apart: its own, values of the statement, and settings', () => {
    const parsed = parse(
      'query=SELECT+%7Bx%3AString%7D&param_x=%E5%B2%B3%5Ct%26&database=d&default_format=CSV&query_id=q&max_threads=2&wait_end_of_query=1&enable_http_compression=1&client_protocol_version=54460',
    )
    expect(parsed).toEqual({
      query: 'SELECT {x:String}',
      database: 'd',
      format: 'CSV',
      queryId: 'q',
      values: new Map([['x', '岳\\t&']]),
      settings: new Map([['max_threads', '2']]),
      compress: true,
      revision: 54_460,
    })
  })

  it('may come as headers, which the address overrules', () => {
    const headers = {
      'x-clickhouse-database': 'h',
      'x-clickhouse-format': 'JSON',
      'x-clickhouse-query-id': 'hq',
    }
    expect(parse('', headers)).toMatchObject({ database: 'h', format: 'JSON', queryId: 'hq' })
    expect(parse('database=a&default_format=CSV&query_id=aq', headers)).toMatchObject({
      database: 'a',
      format: 'CSV',
      queryId: 'aq',
    })
  })

  it.each([
    ['a setting with SQL in its name', 'max_threads%3D1%2Creadonly=0', 'UNKNOWN_SETTING'],
    ['a value with SQL in its name', 'param_x%3D1%3B=0', 'UNKNOWN_SETTING'],
    ['a format with SQL in its name', 'default_format=CSV+SETTINGS+x%3D1', 'UNKNOWN_FORMAT'],
    ['a NUL in a name', 'a%00b=1', 'UNKNOWN_SETTING'],
    ['bytes that are not UTF-8', 'query=%ff', 'BAD_ARGUMENTS'],
    ['broken percent-encoding', 'query=%zz', 'BAD_ARGUMENTS'],
    ['a session', 'session_id=1', 'SUPPORT_IS_DISABLED'],
    ['a role', 'role=x', 'SUPPORT_IS_DISABLED'],
    ['compression in a framing of its own', 'compress=1', 'SUPPORT_IS_DISABLED'],
    ['a body in it', 'decompress=1', 'SUPPORT_IS_DISABLED'],
  ])('are refused with %s', (_, search, name) => {
    expect(() => parse(search)).toThrow(`(${name})`)
  })

  it('let pass compress=0', () => {
    expect(parse('compress=0&decompress=0').settings.size).toBe(0)
  })
})

describe('a form', () => {
  const type = 'multipart/form-data; boundary=b0'
  const part = (name: string, value: string) =>
    `--b0\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

  it('gives its fields, whatever is in them', () => {
    const value = '岳麓区\r\n--b1\n"\\N'
    const body = Buffer.from(`${part('query', 'SELECT 1')}${part('param_x', value)}--b0--\r\n`)
    expect(formPairs(body, boundaryOf(type) ?? '')).toEqual([
      ['query', 'SELECT 1'],
      ['param_x', value],
    ])
  })

  it.each([
    ['a file', `--b0\r\nContent-Disposition: form-data; name="t"; filename="t"\r\n\r\n1\r\n--b0--`],
    ['another field', `${part('table', '1')}--b0--`],
    ['no end', part('query', 'SELECT 1')],
    ['no boundary', 'query=1'],
    ['a part without head', '--b0\r\nx\r\n--b0--'],
  ])('is refused with %s', (_, text) => {
    expect(() => formPairs(Buffer.from(text), 'b0')).toThrow(/^Code: /)
  })

  it('is told by its content type', () => {
    expect(boundaryOf('application/x-www-form-urlencoded')).toBeUndefined()
    expect(boundaryOf('multipart/form-data; boundary="a b"')).toBe('a b')
  })
})

describe('credentials', () => {
  const account = { user: 'pulse', password: '密码: x' }
  const basic = (text: string) => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  })

  it.each([
    ['basic', basic('pulse:密码: x'), {}],
    ['headers', { 'x-clickhouse-user': 'pulse', 'x-clickhouse-key': '密码: x' }, {}],
    ['parameters', {}, { user: 'pulse', password: '密码: x' }],
  ])('pass as %s', (_, headers, parameters) => {
    expect(() => authenticate(account, headers, parameters)).not.toThrow()
  })

  it.each([
    ['a wrong password', basic('pulse:x'), {}, 'AUTHENTICATION_FAILED'],
    ['a wrong user', basic('default:密码: x'), {}, 'AUTHENTICATION_FAILED'],
    ['none', {}, {}, 'REQUIRED_PASSWORD'],
    ['two ways at once', basic('pulse:密码: x'), { user: 'pulse' }, 'AUTHENTICATION_FAILED'],
    ['another scheme', { authorization: 'Bearer x' }, {}, 'AUTHENTICATION_FAILED'],
  ])('are refused with %s', (_, headers, parameters, name) => {
    expect(() => authenticate(account, headers, parameters)).toThrow(`(${name})`)
  })

  it('without a password are those of the default user, who may say so or not', () => {
    const open = { user: 'default', password: '' }
    expect(() => authenticate(open, {}, {})).not.toThrow()
    expect(() => authenticate(open, basic('default:'), {})).not.toThrow()
    expect(() => authenticate(open, basic('default:x'), {})).toThrow('AUTHENTICATION_FAILED')
  })
})

describe('a request from a page of another site', () => {
  const local = '127.0.0.1'
  it.each([
    ['a program', { host: '127.0.0.1:8123' }, local, false],
    ['a program that says localhost', { host: 'localhost' }, local, false],
    [
      'a page of the front itself',
      { host: 'localhost:1', origin: 'http://localhost:1' },
      local,
      false,
    ],
    ['a page elsewhere', { host: 'localhost:1', origin: 'https://evil.example' }, local, true],
    ['a page in a frame without origin', { host: 'localhost:1', origin: 'null' }, local, true],
    ['an image elsewhere', { host: 'localhost:1', 'sec-fetch-site': 'cross-site' }, local, true],
    ['a name that points here', { host: 'evil.example' }, local, true],
    ['no name', {}, local, true],
    ['a name, on the network', { host: 'store.example' }, '0.0.0.0', false],
  ])('%s is known', (_, headers, listensOn, foreign) => {
    expect(mayBeForeign(headers, listensOn)).toBe(foreign)
  })
})

describe('settings of readers', () => {
  const base = baseSettings({ memoryBytes: 1000, resultBytes: 1000, executionSeconds: 60 })
  const ask = (name: string, value: string) => readerSettingsFor(base, new Map([[name, value]]))

  it('may change the form of the answer, and lower limits', () => {
    expect(
      ask('output_format_json_quote_64bit_integers', '1').get(
        'output_format_json_quote_64bit_integers',
      ),
    ).toBe('1')
    expect(ask('max_execution_time', '5').get('max_execution_time')).toBe('5')
    expect(ask('max_memory_usage', '1000').get('max_memory_usage')).toBe('1000')
    expect(ask('readonly', '0').has('readonly')).toBe(false)
  })

  it.each(['61', '0', '-1', 'x', '1e9'])('have their limit where they ask for %s s', (value) => {
    expect(ask('max_execution_time', value).get('max_execution_time')).toBe('60')
  })

  it.each([
    ['allow_ddl', '1'],
    ['async_insert', '1'],
    ['user_files_path', '/'],
  ])('may not set %s to %s', (name, value) => {
    expect(() => ask(name, value)).toThrow(
      `Cannot modify '${name}' setting in readonly mode. (READONLY)`,
    )
  })

  it('of writers are theirs, above the base', () => {
    const settings = settingsFor(base, new Map([['max_execution_time', '9999']]))
    expect(settings.get('max_execution_time')).toBe('9999')
    expect(settings.get('async_insert')).toBe('0')
  })
})

describe('an exception', () => {
  it('keeps the engine’s code and message, with the server’s status', () => {
    const error = new Error('Code: 60. DB::Exception: Table x does not exist. (UNKNOWN_TABLE)')
    expect(exceptionOf(error, () => undefined)).toEqual({
      code: 60,
      status: 404,
      message: error.message,
    })
    expect(exceptionOf(refusal('TOO_MANY_BYTES', 'x', 413), () => undefined)).toMatchObject({
      code: 307,
      status: 413,
    })
  })

  it('says nothing of a fault of ours, which the log hears', () => {
    const heard: unknown[] = []
    const fault = new TypeError('cannot read /secret/path')
    const told = exceptionOf(fault, (error) => heard.push(error))
    expect(told).toMatchObject({ code: 1002, status: 500 })
    expect(told.message).not.toContain('secret')
    expect(heard).toEqual([fault])
  })
})

describe('room', () => {
  it('is taken up to its bound and given back', () => {
    const room = roomFor(10)
    expect(room.take(7)).toBe(true)
    expect(room.take(4)).toBe(false)
    room.give(7)
    expect(room.take(10)).toBe(true)
  })
})
