import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { scratchFront } from './scratch-front.ts'

const front = scratchFront({ user: 'pulse', password: 'pass' })
const account = ['-u', 'pulse:pass']

/** Runs curl as somebody would in a terminal; what it printed. */
const curl = (args: readonly string[], stdin: string | Buffer = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn('curl', ['-sS', '--max-time', '20', ...args])
    const parts: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    child.stderr.on('data', (part: Buffer) => parts.push(part))
    child.on('error', reject)
    child.on('close', () => resolve(Buffer.concat(parts).toString()))
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
  })

beforeAll(async () => {
  await promisify(execFile)('curl', ['--version']).catch(() => {
    throw new Error(
      'These tests ask the front with curl: install it with `apt-get install -y curl`.',
    )
  })
})

describe('curl', () => {
  it('asks in each of the usual forms', async () => {
    const { url } = front
    expect(await curl([`${url}/ping`])).toBe('Ok.\n')
    expect(await curl([`${url}/replicas_status`])).toBe('Ok.\n')
    expect(await curl([`${url}/`])).toBe('Ok.\n')
    expect(await curl([...account, `${url}/?query=SELECT+1`])).toBe('1\n')
    expect(await curl([...account, url, '--data-binary', '@-'], 'SELECT 1')).toBe('1\n')
    expect(await curl([...account, url, '-d', 'SELECT 1'])).toBe('1\n')
    expect(await curl([...account, '-G', url, '--data-urlencode', "query=SELECT '岳 & 麓'"])).toBe(
      '岳 & 麓\n',
    )
    expect(await curl([`${url}/?user=pulse&password=pass&query=SELECT+1`])).toBe('1\n')
    expect(
      await curl([
        '-H',
        'X-ClickHouse-User: pulse',
        '-H',
        'X-ClickHouse-Key: pass',
        `${url}/?query=SELECT+1`,
      ]),
    ).toBe('1\n')
    expect(
      await curl([
        ...account,
        '-H',
        'X-ClickHouse-Format: JSONEachRow',
        `${url}/?query=SELECT+1+AS+a`,
      ]),
    ).toBe('{"a":1}\n')
    expect(
      await curl([...account, '-F', 'query=SELECT {x:UInt8} + 1', '-F', 'param_x=1', url]),
    ).toBe('2\n')
  })

  it('is refused without the password, and told how to give one', async () => {
    expect(await curl(['-i', `${front.url}/?query=SELECT+1`])).toMatch(
      /^HTTP\/1\.1 401 [\s\S]*WWW-Authenticate: Basic[\s\S]*Code: 194\. DB::Exception: [\s\S]*\(REQUIRED_PASSWORD\)/,
    )
    expect(await curl(['-i', '-u', 'pulse:x', `${front.url}/?query=SELECT+1`])).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*X-ClickHouse-Exception-Code: 516/,
    )
  })

  it('sends rows, plain and packed, small and large', async () => {
    const { url } = front
    await curl([
      ...account,
      url,
      '-d',
      'CREATE TABLE t (a UInt32, b String) ENGINE = MergeTree ORDER BY a',
    ])
    const insert = `${url}/?query=INSERT+INTO+t+FORMAT+CSV`
    expect(await curl([...account, insert, '--data-binary', '@-'], '1,岳\n')).toBe('')
    const packed = gzipSync(Array.from({ length: 200_000 }, (_, n) => `${n},${n}\n`).join(''))
    expect(
      await curl(
        [...account, '-H', 'Content-Encoding: gzip', insert, '--data-binary', '@-'],
        packed,
      ),
    ).toBe('')
    // larger than curl sends without asking first
    const large = Array.from({ length: 500_000 }, (_, n) => `${n},岳麓区\n`).join('')
    expect(await curl([...account, insert, '--data-binary', '@-'], large)).toBe('')
    expect(
      await curl([
        ...account,
        '--compressed',
        `${url}/?enable_http_compression=1&query=SELECT+count(),uniqExact(b)+FROM+t`,
      ]),
    ).toBe('700001\t200002\n')
  })

  it('is told what was wrong with the status of a failure', async () => {
    const said = await curl([...account, '-w', '%{http_code}', `${front.url}/?query=SELECT+nope`])
    expect(said).toMatch(/^Code: 47\. DB::Exception: [\s\S]*\)\n404$/)
    expect(
      await curl([...account, '-o', '/dev/null', '-w', '%{http_code}', `${front.url}/nothing`]),
    ).toBe('404')
    expect(
      await curl([...account, '-X', 'DELETE', '-o', '/dev/null', '-w', '%{http_code}', front.url]),
    ).toBe('405')
  })
})
