import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { scratchFront } from './scratch-front.ts'

const MIB = 1024 ** 2
const front = scratchFront({
  limits: {
    queryBytes: 2 * MIB,
    allQueryBytes: 8 * MIB,
    bodyBytes: 4 * MIB,
    allBodyBytes: 6 * MIB,
    resultBytes: 8 * MIB,
    headerBytes: 64 * 1024,
    requests: 100,
    sockets: 300,
    waitMs: 20_000,
    stallMs: 1500,
    executionSeconds: 5,
  },
})
const { ask } = front

/** Sends these bytes on a connection of its own and reads what comes until it closes, or for a while. */
const raw = (text: string | Buffer, patienceMs = 8000): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(front.url)
    const socket = connect({ host: hostname, port: Number(port) })
    let told = ''
    const timer = setTimeout(() => socket.destroy(), patienceMs)
    socket.on('data', (part) => {
      told += part.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(told)
    })
    socket.write(text)
  })

const stagedFiles = async (): Promise<string[]> => {
  const found: string[] = []
  for (const name of await readdir(tmpdir()))
    if (name.startsWith(`pulse-${process.pid}-`))
      found.push(...(await readdir(join(tmpdir(), name)).catch(() => [])))
  return found
}

/** After all that, the front works as before and nothing of it is left. */
const unharmed = async (): Promise<void> => {
  expect((await ask('', 'SELECT 1')).text).toBe('1\n')
  await expect.poll(stagedFiles, { timeout: 5000 }).toEqual([])
}

beforeAll(async () => {
  await ask('', 'CREATE TABLE t (a UInt32, b String) ENGINE = MergeTree ORDER BY a')
})

describe('a front that is attacked', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['bytes', Buffer.from([0, 1, 2, 255, 13, 10, 13, 10]), /^HTTP\/1\.1 400 /],
    [
      'a header without end',
      `GET /?query=SELECT+1 HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431 /,
    ],
    [
      'an address without end',
      `GET /?query=${'x'.repeat(70_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
      /^HTTP\/1\.1 431 /,
    ],
    ['no host', 'GET /?query=SELECT+1 HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 40[03] /],
    [
      'another host',
      'GET /?query=SELECT+1 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 403 [\s\S]*ACCESS_DENIED/,
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    [
      'an address that is none',
      'GET http://[ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 40[04] /,
    ],
    [
      'broken percents',
      'GET /?query=%E5%zz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 400 [\s\S]*percent-encoding/,
    ],
    [
      'another path',
      'GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 404 /,
    ],
  ])('answers %s and stays up', async (_, text, wanted) => {
    expect(await raw(text)).toMatch(wanted)
    await unharmed()
  })

  it('refuses a page of another site, whatever it sends', async () => {
    for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }]) {
      const told = await ask('', 'DROP TABLE t', { headers })
      expect(told.status).toBe(403)
    }
    expect((await ask('', 'EXISTS TABLE t')).text).toBe('1\n')
  })

  it('sets nothing by names that are no settings', async () => {
    for (const name of [
      'max_threads = 1, readonly',
      "log_comment='x', max_threads",
      'param_x; DROP TABLE t; --',
      'a`b',
      '岳',
      'max_threads\u0000',
    ])
      expect(await ask({ [name]: '1' }, 'SELECT 1'), name).toMatchObject({ status: 400 })
    for (const value of [
      "1'; DROP TABLE t; --",
      "\\'; DROP TABLE t; --",
      '1\u0000',
      '1, readonly = 1',
    ])
      expect((await ask({ max_threads: value }, 'SELECT 1')).status, value).toBeGreaterThanOrEqual(
        400,
      )
    expect(
      (await ask({ log_comment: "x'; DROP TABLE t; --\\" }, "SELECT getSetting('log_comment')"))
        .text,
    ).toBe("x\\'; DROP TABLE t; --\\\\\n")
    expect((await ask({ param_x: "'; DROP TABLE t; --" }, 'SELECT {x:String}')).text).toBe(
      "\\'; DROP TABLE t; --\n",
    )
    expect((await ask({ database: 'pulse`; DROP TABLE t; --' }, 'SELECT 1')).status).toBe(404)
    expect((await ask('', 'EXISTS TABLE t')).text).toBe('1\n')
    await unharmed()
  })

  it('takes NUL for the character it is, or refuses it', async () => {
    expect((await ask('', "SELECT length('a\u0000b')")).text).toBe('3\n')
    expect((await ask('', 'SELECT 1 \u0000; DROP TABLE t')).status).toBe(400)
    expect((await ask({ query: 'SELECT 1\u0000' })).status).toBe(400)
    expect((await ask('', 'EXISTS TABLE t')).text).toBe('1\n')
  })

  it('refuses statements, forms, rows and results over their limits', async () => {
    const long = await ask('', `SELECT '${'x'.repeat(3 * MIB)}'`)
    expect([long.status, long.text]).toEqual([413, expect.stringContaining('QUERY_IS_TOO_LARGE')])
    const form = new FormData()
    form.set('query', 'SELECT 1')
    form.set('param_x', 'x'.repeat(3 * MIB))
    expect((await ask('', undefined, { method: 'POST', body: form })).status).toBe(413)
    const rows = await ask({ query: 'INSERT INTO t FORMAT TSV' }, '1\tx\n'.repeat(2 * MIB))
    expect([rows.status, rows.text]).toEqual([413, expect.stringContaining('TOO_MANY_BYTES')])
    const bomb = gzipSync('1\tx\n'.repeat(5 * MIB))
    expect(bomb.length).toBeLessThan(MIB)
    const headers = { 'Content-Encoding': 'gzip' }
    expect((await ask({ query: 'INSERT INTO t FORMAT TSV' }, bomb, { headers })).status).toBe(413)
    expect((await ask('', gzipSync(`SELECT '${'x'.repeat(3 * MIB)}'`), { headers })).status).toBe(
      413,
    )
    expect((await ask('', 'SELECT number FROM numbers(10000000)')).text).toContain(
      'TOO_MANY_ROWS_OR_BYTES',
    )
    expect((await ask('', 'SELECT count() FROM t')).text).toBe('0\n')
    await unharmed()
  })

  it('refuses bodies that are not packed as they say', async () => {
    const headers = { 'Content-Encoding': 'gzip' }
    expect((await ask('', 'SELECT 1', { headers })).status).toBe(400)
    expect((await ask('', gzipSync('SELECT 1').subarray(0, 20), { headers })).status).toBe(400)
    const zstd = await ask('', 'SELECT 1', { headers: { 'Content-Encoding': 'zstd' } })
    expect([zstd.status, zstd.text]).toEqual([415, expect.stringContaining('use gzip')])
    await unharmed()
  })

  it('cuts off a client that does not send its body', async () => {
    const told = await raw(
      'POST /?query=INSERT+INTO+t+FORMAT+CSV HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n1,a\n',
    )
    expect(told).toMatch(/^HTTP\/1\.1 408 [\s\S]*SOCKET_TIMEOUT/)
    expect((await ask('', 'SELECT count() FROM t')).text).toBe('0\n')
    await unharmed()
  })

  it('cuts off a client that does not take its answer, without holding the engine for it', async () => {
    const { hostname, port } = new URL(front.url)
    const sockets = Array.from({ length: 8 }, () => {
      const socket = connect({ host: hostname, port: Number(port) })
      socket.pause()
      socket.on('error', () => undefined)
      socket.write(
        `GET /?query=SELECT+repeat('x',1000)+FROM+numbers(7000)&n=${Math.random()} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.replace(
          '&n=',
          '&log_comment=',
        ),
      )
      return socket
    })
    await sleep(500)
    const started = performance.now()
    expect((await ask('', 'SELECT 1')).text).toBe('1\n')
    expect(performance.now() - started).toBeLessThan(1000)
    await sleep(2500)
    await unharmed()
    for (const socket of sockets) socket.destroy()
  })

  it('ends a query whose client went away, and one that would run for ever', async () => {
    const count = async () =>
      (
        await ask({
          query: "SELECT count() FROM system.processes WHERE query LIKE '%AS ' || 'endless%'",
        })
      ).text
    const endless =
      'SELECT count() AS endless FROM numbers(10000000000000) WHERE NOT ignore(number)'
    const controller = new AbortController()
    const gone = ask('', endless, { signal: controller.signal }).catch(() => 'gone')
    await expect.poll(count, { timeout: 5000 }).toBe('1\n')
    controller.abort()
    expect(await gone).toBe('gone')
    await expect.poll(count, { timeout: 4000 }).toBe('0\n')
    const told = await ask('', endless)
    expect([told.status, told.text]).toEqual([408, expect.stringContaining('TIMEOUT_EXCEEDED')])
    await unharmed()
  })

  it('answers 200 requests at once, or says that there is no room and when to come again', async () => {
    // every lane is taken until all have arrived, however slowly they do
    const before = Array.from({ length: 6 }, () => ask('', 'SELECT sleep(2)'))
    await sleep(200)
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) => ask('', `SELECT sleep(0.01), ${n}`)),
    )
    for (const told of await Promise.all(before)) expect(told.status).toBe(200)
    for (const [n, told] of answers.entries())
      if (told.status === 200) expect(told.text).toBe(`0\t${n}\n`)
      else {
        expect(told.status).toBe(503)
        expect(told.headers.get('retry-after')).toBe('1')
        expect(told.text).toContain('TOO_MANY_SIMULTANEOUS_QUERIES')
      }
    const answered = answers.filter(({ status }) => status === 200).length
    expect(answered).toBe(100 - before.length)
    await unharmed()
  })

  it('keeps room for all rows in hand together', async () => {
    const body = '1\tx\n'.repeat(700_000)
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => ask({ query: 'INSERT INTO t FORMAT TSV' }, body)),
    )
    for (const { status } of answers) expect([200, 503]).toContain(status)
    expect(answers.some(({ status }) => status === 200)).toBe(true)
    await ask('', 'TRUNCATE TABLE t')
    await unharmed()
  })

  it('survives clients that leave at any moment', async () => {
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const controller = new AbortController()
        const asked = ask(
          { query: n % 2 === 0 ? 'INSERT INTO t FORMAT TSV' : 'SELECT sleep(0.02)' },
          n % 2 === 0 ? '1\tx\n'.repeat(100_000) : '',
          { signal: controller.signal },
        ).catch(() => undefined)
        await sleep(n)
        controller.abort()
        await asked
      }),
    )
    await unharmed()
  })
})
