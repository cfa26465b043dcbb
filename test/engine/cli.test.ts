import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pulse, startPulse, startServing, type Up } from '../support/cli-child.ts'

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'pulse-cli-'))
})
afterAll(() => rm(work, { recursive: true, force: true }))

const event = (n: number, type: string, time: string, data: object): string =>
  JSON.stringify({
    specversion: '1.0',
    id: `e${n}`,
    source: '/offices/430100',
    type,
    subject: `m${n % 10}`,
    time,
    recordedtime: time,
    data,
  })

const registered = (n: number, over: object = {}): string =>
  event(n, 'petition.registered.v1', '2024-03-01T09:00:00+08:00', {
    petitionId: `p${n}`,
    channel: 'visit',
    region: '430102',
    category: '城乡建设/物业',
    ...over,
  })

const accepted = (n: number): string =>
  event(n, 'matter.accepted.v1', '2024-03-05T09:00:00+08:00', { org: '住建局' })

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`

const year = ['--from', '2024-01-01', '--to', '2025-01-01']

describe('append, then figure', () => {
  it('counts what went in, and the same again changes nothing', async () => {
    const data = join(work, 'basic')
    const file = join(work, 'basic.ndjson')
    await writeFile(file, lines(registered(1), registered(2, { people: 7 }), accepted(11)))
    const first = await pulse(['append', file, '--data', data])
    expect(first.code).toBe(0)
    expect(JSON.parse(first.out)).toEqual({
      rows: 3,
      events: 3,
      published: 3,
      duplicates: 0,
      conflicts: 0,
      rejected: [],
    })
    const asked = ['figure', 'people', ...year, '--data', data, '--format', 'json']
    const before = JSON.parse((await pulse(asked)).out)
    expect(before).toMatchObject({ metric: 'people', unit: '人次', rows: [{ value: 8 }] })
    const again = await pulse(['append', '-', '--data', data], {
      stdin: await readFile(file, 'utf8'),
    })
    expect(JSON.parse(again.out)).toMatchObject({ published: 0, duplicates: 3 })
    expect(JSON.parse((await pulse(asked)).out).rows).toEqual(before.rows)
    const byChannel = await pulse([
      ...['figure', 'petitions', ...year, '--data', data],
      ...['--by', 'channel,category@1', '--format', 'csv'],
    ])
    expect(byChannel.out).toContain('城乡建设')
  })

  it('takes sound lines beside refused ones, names these, and exits 1', async () => {
    const data = join(work, 'partly')
    const ran = await pulse(['append', '-', '--data', data], {
      stdin: lines(
        registered(1),
        '{"specversion":',
        '',
        registered(2, { channel: 'pigeon' }),
        registered(3),
      ),
    })
    expect(ran.code).toBe(1)
    const report = JSON.parse(ran.out)
    expect(report).toMatchObject({ rows: 4, events: 2, published: 2 })
    expect(report.rejected).toEqual([
      { line: 2, reason: expect.any(String) },
      { line: 4, field: 'data.channel', reason: expect.any(String) },
    ])
    expect(ran.out).not.toContain('pigeon')
    const figure = await pulse(['figure', 'petitions', ...year, '--data', data, '--format', 'json'])
    expect(JSON.parse(figure.out).rows).toEqual([{ value: 2 }])
  })

  it('counts other content under a taken identity as a conflict', async () => {
    const data = join(work, 'conflict')
    const ran = await pulse(['append', '-', '--data', data], {
      stdin: lines(registered(1), registered(1, { region: '430103' })),
    })
    expect(JSON.parse(ran.out)).toMatchObject({ events: 2, published: 1, conflicts: 1 })
  })

  it('prints nothing but JSON on standard output, and no noise beside it', async () => {
    const ran = await pulse(['append', '-', '--data', join(work, 'quiet')], {
      stdin: lines(registered(1)),
    })
    expect(ran.notes).toBe('')
    expect(ran.out.trim().split('\n')).toHaveLength(1)
  })

  it('replays and migrates', async () => {
    const data = join(work, 'basic')
    const replay = await pulse(['replay', '--data', data])
    expect(replay.code).toBe(0)
    expect(JSON.parse(replay.out)).toMatchObject({ events: 3 })
    const figure = await pulse(['figure', 'people', ...year, '--data', data, '--format', 'json'])
    expect(JSON.parse(figure.out).rows).toEqual([{ value: 8 }])
    const migrate = await pulse(['migrate', '--data', data])
    expect(migrate.code).toBe(0)
    expect(JSON.parse(migrate.out).version).toBeGreaterThan(0)
  })

  it('reconciles, and has no dead letters', async () => {
    const data = join(work, 'basic')
    const reconciled = await pulse(['reconcile', '--data', data, '--format', 'json'])
    expect(reconciled.code).toBe(0)
    expect(JSON.parse(reconciled.out)).toMatchObject({ clean: true, gaps: [], events: 3 })
    const letters = await pulse(['dead-letters', 'list', '--data', data])
    expect(letters).toMatchObject({ code: 0, out: 'No dead letters.\n' })
    const nowhere = await pulse(['reconcile', '--data', join(work, 'nowhere')])
    expect(nowhere.code).toBe(2)
  })
})

describe('a directory that `pulse up` holds', () => {
  const data = (): string => join(work, 'served')
  let up: Up
  beforeAll(async () => {
    up = await startServing(['up', '--data', data()])
  })
  afterAll(() => up.end('SIGTERM'))

  it('is asked through it without being told, with the same output and exit codes', async () => {
    const stdin = lines(registered(1), 'broken', registered(2), registered(1))
    const through = await pulse(['append', '-', '--data', data()], { stdin })
    const direct = await pulse(['append', '-', '--data', join(work, 'direct')], { stdin })
    expect(through).toEqual(direct)
    const figure = (where: readonly string[]) =>
      pulse([
        ...['figure', 'petitions', ...year, '--by', 'month,channel', '--format', 'csv'],
        ...['--as-of', '2024-12-31', ...where],
      ])
    const told = await figure(['--server', up.url])
    expect(told.code).toBe(0)
    expect(await figure(['--data', data()])).toEqual(told)
    expect(await figure(['--data', join(work, 'direct')])).toEqual(told)
    const wrong = (where: readonly string[]) =>
      pulse(['figure', 'petitions', ...year, '--by', 'colour', ...where])
    expect(await wrong(['--data', data()])).toEqual(await wrong(['--server', up.url]))
    expect((await wrong(['--data', data()])).code).toBe(2)
    expect((await pulse(['replay', '--data', data()])).code).toBe(0)
    expect((await pulse(['migrate', '--data', data()])).code).toBe(0)
    const reconciled = await pulse(['reconcile', '--data', data()])
    expect(reconciled.code).toBe(0)
    expect(reconciled.out).toContain('Nothing is missing.')
    expect((await pulse(['dead-letters', 'replay', '--data', data()])).code).toBe(0)
  })

  it('gives up a replay that nobody waits for any more', async () => {
    const said =
      /error USAGE The connection of POST \/api\/v1\/replay was closed .* changed nothing/
    const leave = async (): Promise<string> => {
      const leaving = new AbortController()
      const answer = await fetch(`${up.url}/api/v1/replay`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
        signal: leaving.signal,
      })
      leaving.abort()
      await answer.text().catch(() => undefined)
      return up.notes()
    }
    // one that has come as far as its switch runs to its end, so it may take more than one
    await expect.poll(leave, { timeout: 60_000, interval: 500 }).toMatch(said)
    await expect
      .poll(async () => (await pulse(['replay', '--data', data()])).code, { timeout: 60_000 })
      .toBe(0)
  })

  it('is not served a second time', async () => {
    const second = await pulse(['up', '--data', data(), '--port', '0'])
    expect(second.code).toBe(1)
    expect(second.notes).toContain(up.url)
  })

  it('keeps its port from another, which says so', async () => {
    const port = new URL(up.url).port
    const other = await pulse(['up', '--data', join(work, 'other'), '--port', port])
    expect(other.code).toBe(1)
    expect(other.notes).toContain(`port ${port}`)
    expect(other.notes).toContain('--port')
  })

  it('figures of a scope are those of the region and all below it', async () => {
    const scoped = (scope: string, where: readonly string[]) =>
      pulse([...['figure', 'petitions', ...year, '--format', 'json', '--scope', scope], ...where])
    for (const where of [
      ['--data', data()],
      ['--data', join(work, 'direct')],
    ]) {
      expect(JSON.parse((await scoped('4301', where)).out).rows).toEqual([{ value: 2 }])
      expect(JSON.parse((await scoped('4302', where)).out).rows).toEqual([{ value: 0 }])
      expect(await scoped(' ', where)).toMatchObject({ code: 2, out: '' })
    }
    const empty = await fetch(
      `${up.url}/api/v1/figures/petitions?from=2024-01-01&to=2025-01-01&scope=`,
    )
    expect(empty.status).toBe(400)
  })

  it('answers over HTTP as the command line does', async () => {
    const response = await fetch(
      `${up.url}/api/v1/figures/petitions?from=2024-01-01&to=2025-01-01&by=month&where=channel%3Dvisit`,
    )
    expect(response.headers.get('x-pulse-timezone')).toBe('Asia/Shanghai')
    const { rows } = (await response.json()) as { rows: { month: string; value: number }[] }
    expect(rows).toHaveLength(12)
    expect(rows[2]).toEqual({ month: '2024-03', value: 2 })
    expect((await fetch(`${up.url}/readyz`)).status).toBe(200)
    expect(await (await fetch(up.url)).text()).toContain('信访')
  })

  it('warns when the server counts by other settings', async () => {
    const ran = await pulse(['figure', 'petitions', ...year, '--data', data()], {
      env: { PULSE_TIMEZONE: 'Europe/Berlin', PULSE_MONTH_START: '1' },
    })
    expect(ran.code).toBe(0)
    expect(ran.notes).toContain('PULSE_TIMEZONE=Asia/Shanghai')
    expect(ran.notes).not.toContain('PULSE_MONTH_START')
  })
})

describe('a `pulse up` that ends', () => {
  it('asked to, finishes, exits 0 and leaves the directory free', async () => {
    const data = join(work, 'stopped')
    const up = await startServing(['up', '--data', data])
    await pulse(['append', '-', '--data', data], { stdin: lines(registered(1)) })
    expect(await up.end('SIGTERM')).toBe(0)
    expect(await readdir(data)).not.toContain('serving.json')
    const figure = await pulse(['figure', 'visits', ...year, '--data', data, '--format', 'json'])
    expect(figure.notes).toBe('')
    expect(JSON.parse(figure.out).rows).toEqual([{ value: 1 }])
  })

  it('killed, leaves what it acknowledged, and the next command works', async () => {
    const data = join(work, 'killed')
    const up = await startServing(['up', '--data', data])
    const sent = await pulse(['append', '-', '--data', data], {
      stdin: lines(registered(1), registered(2)),
    })
    expect(sent.code).toBe(0)
    await up.end('SIGKILL')
    expect(await readdir(data)).toContain('serving.json')
    const figure = await pulse(['figure', 'visits', ...year, '--data', data, '--format', 'json'])
    expect(figure.code).toBe(0)
    expect(JSON.parse(figure.out).rows).toEqual([{ value: 2 }])
    const again = await startServing(['up', '--data', data])
    expect(await again.end('SIGINT')).toBe(0)
  })
})

describe('a directory that cannot be opened', () => {
  it('because its files are damaged is not called taken', async () => {
    const data = join(work, 'damaged')
    await pulse(['migrate', '--data', data])
    await writeFile(join(data, 'metadata', 'pulse.sql'), 'no statement')
    const ran = await pulse(['figure', 'visits', ...year, '--data', data])
    expect(ran).toMatchObject({ code: 1, out: '' })
    expect(ran.notes).toContain('damaged')
    expect(ran.notes).not.toContain('open in another process')
  })
})

describe('a directory open in a command that is still at work', () => {
  it('is waited for by the next', async () => {
    const data = join(work, 'queue')
    await pulse(['migrate', '--data', data])
    const all = await Promise.all(
      [1, 2, 3, 4].map((n) =>
        pulse(['append', '-', '--data', data], { stdin: lines(registered(n)) }),
      ),
    )
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    for (const { notes } of all) expect(notes).not.toContain('Exception')
  })

  it('is given up after a while with one message and exit code 1', async () => {
    const data = join(work, 'held')
    await pulse(['migrate', '--data', data])
    const holder = startPulse(['append', '-', '--data', data])
    holder.stdin?.write(`${registered(1)}\n`)
    while (!(await readdir(data)).includes('turn.json'))
      await new Promise((done) => setTimeout(done, 20))
    const ran = await pulse(['figure', 'visits', ...year, '--data', data])
    holder.stdin?.end()
    await new Promise((done) => holder.once('close', done))
    expect(ran).toMatchObject({ code: 1, out: '' })
    expect(ran.notes).toContain(`process ${holder.pid}`)
    expect(ran.notes).toContain('--data')
  })
})
