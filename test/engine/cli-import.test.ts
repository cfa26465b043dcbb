import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pulse, startPulse, startServing, type Up } from '../support/cli-child.ts'

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'pulse-import-'))
  await writeFile(join(work, 'ledger.yaml'), mapping)
})
afterAll(() => rm(work, { recursive: true, force: true }))

const mapping = `format: csv
encoding: utf-8
timezone: Asia/Shanghai
datetime: ["yyyy-MM-dd HH:mm"]
source: /offices/430100
row: 编号
events:
  - type: petition.registered.v1
    time: 登记时间
    subject: 编号
    data:
      petitionId: 编号
      channel: {column: 形式, map: {来信: letter, 来访: visit}}
      region: 属地
      category: 类别
      people: {column: 人数, as: integer}
  - type: matter.accepted.v1
    time: 登记时间
    subject: 编号
    data: {org: {const: 信访局}}
  - type: matter.closed.v1
    when: 办结时间
    time: 办结时间
    subject: 编号
    data: {outcome: {const: supported}}
`

const header = '编号,登记时间,形式,属地,类别,人数,办结时间'
const row = (
  n: number,
  over: { people?: string; closed?: string; channel?: string } = {},
): string =>
  [
    `X${n}`,
    `2024-0${1 + (n % 6)}-1${n % 9} 09:00`,
    over.channel ?? (n % 3 === 0 ? '来访' : '来信'),
    `4301${String(1 + (n % 5)).padStart(2, '0')}`,
    '城乡建设/物业',
    over.people ?? String(1 + (n % 7)),
    over.closed ?? (n % 4 === 0 ? '' : `2024-0${2 + (n % 6)}-20 17:30`),
  ].join(',')

const ledger = async (name: string, rows: readonly string[]): Promise<string> => {
  const file = join(work, name)
  await writeFile(file, `${[header, ...rows].join('\n')}\n`)
  return file
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n + 1)

const importInto = (
  file: string,
  where: readonly string[],
  more: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) => pulse(['import', file, '--mapping', join(work, 'ledger.yaml'), ...where, ...more], { env })

const LATE = '2030-01-01'

/** Rows of a few figures at each as-of, for comparing stores. */
const figuresOf = async ({ url }: Pick<Up, 'url'>, days: readonly string[]): Promise<unknown[]> => {
  const rows: unknown[] = []
  for (const asOf of days)
    for (const [metric, by] of [
      ['people', 'month,region,channel'],
      ['closure_rate', 'month'],
      ['median_days_to_close', 'region'],
    ] as const) {
      const asked = new URLSearchParams({ from: '2024-01-01', to: '2025-01-01', by, asOf })
      const answer = await fetch(`${url}/api/v1/figures/${metric}?${asked}`)
      expect(answer.status).toBe(200)
      rows.push(((await answer.json()) as { rows: unknown }).rows)
    }
  return rows
}

/** The same of a directory that nobody serves. */
const figures = async (
  where: readonly string[],
  days: readonly string[] = [LATE],
): Promise<unknown[]> => {
  const up = await startServing(['up', ...where])
  const rows = await figuresOf(up, days)
  expect(await up.end('SIGTERM')).toBe(0)
  return rows
}

describe('pulse import', () => {
  it('reports refused rows with row, column and reason, takes the rest, and exits 1', async () => {
    const file = await ledger('bad.csv', [row(1), row(2, { people: 'many' }), row(3)])
    const rejects = join(work, 'refused.csv')
    const ran = await importInto(file, ['--data', join(work, 'bad')], ['--rejects', rejects])
    expect(ran.code).toBe(1)
    const report = JSON.parse(ran.out)
    expect(report).toMatchObject({ rows: 3, published: report.events, duplicates: 0 })
    expect(report.rejected).toEqual([{ row: 3, column: '人数', reason: expect.any(String) }])
    const written = await readFile(rejects, 'utf8')
    expect(written).toContain('X2')
    expect(written).not.toContain('X1')
  })

  it('rehearses without making a store', async () => {
    const file = await ledger(
      'dry.csv',
      numbers(5).map((n) => row(n)),
    )
    const data = join(work, 'dry')
    const ran = await importInto(file, ['--data', data], ['--dry-run'])
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.out)).toMatchObject({ rows: 5, dryRun: true })
    const asked = ['figure', 'petitions', '--from', '2024-01-01', '--to', '2025-01-01']
    expect((await pulse([...asked, '--data', data])).code).toBe(2)
  })

  it('suggests a mapping that imports', async () => {
    const file = await ledger(
      'suggest.csv',
      numbers(20).map((n) => row(n)),
    )
    const suggested = await pulse(['import', file, '--suggest'])
    expect(suggested.code).toBe(0)
    const yaml = join(work, 'suggested.yaml')
    await writeFile(yaml, suggested.out)
    const ran = await pulse(['import', file, '--mapping', yaml, '--data', join(work, 'suggested')])
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.out)).toMatchObject({ rows: 20, rejected: [] })
  })

  it('through a running process gives what it gives on the spot, later versions too', async () => {
    const first = await ledger(
      'v1.csv',
      numbers(200).map((n) => row(n)),
    )
    const edited = numbers(200)
      .filter((n) => n % 20 !== 0)
      .map((n) => row(n, n % 7 === 0 ? { people: '50' } : {}))
    const second = await ledger('v2.csv', edited)
    const direct = ['--data', join(work, 'on-the-spot')]
    const served = ['--data', join(work, 'served')]
    const up = await startServing(['up', ...served])
    const both = async (file: string, more: readonly string[] = []) => {
      const here = await importInto(file, direct, more)
      const there = await importInto(file, served, more)
      expect(there).toEqual(here)
      return JSON.parse(here.out)
    }
    expect(await both(first)).toMatchObject({ rows: 200, duplicates: 0 })
    const between = new Date().toISOString()
    const before = await figures(direct, [between])
    const again = await both(first)
    expect(again).toMatchObject({ published: 0, duplicates: again.events })
    expect(await figuresOf(up, [between])).toEqual(before)
    await sleep(5)
    const changed = await both(second, ['--remove-missing'])
    expect(changed.changed).toBeGreaterThan(0)
    expect(changed.missing).toHaveLength(10)

    const clean = ['--data', join(work, 'clean')]
    await importInto(second, clean)
    const expected = await figures(clean)
    expect(await figures(direct)).toEqual(expected)
    expect(await figuresOf(up, [LATE])).toEqual(expected)
    expect(await figuresOf(up, [between])).toEqual(before)
    expect(await up.end('SIGTERM')).toBe(0)
  })

  it.each([
    ['on the spot', false],
    ['through a running process', true],
  ])('rows added at its end are news, and change no earlier figure: %s', async (_, through) => {
    const rows = numbers(60).map((n) => row(n))
    const first = await ledger('end1.csv', rows)
    const longer = await ledger('end2.csv', [...rows, ...[61, 62, 63, 64].map((n) => row(n))])
    const where = ['--data', join(work, through ? 'end-served' : 'end')]
    const up = through ? await startServing(['up', ...where]) : undefined
    await importInto(first, where)
    const days = ['2024-04-12', '2024-12-31', new Date().toISOString()]
    const now = (asOf: readonly string[]): Promise<unknown[]> =>
      up === undefined ? figures(where, asOf) : figuresOf(up, asOf)
    const before = await now(days)
    await sleep(5)
    const rehearsed = await importInto(longer, where, ['--dry-run'])
    const added = JSON.parse((await importInto(longer, where)).out)
    expect(added).toMatchObject({ changed: 0, retracted: 0, missing: [], rejected: [] })
    expect(JSON.parse(rehearsed.out)).toEqual({ ...added, dryRun: true })
    expect(added.published).toBeGreaterThan(4)
    const clean = ['--data', join(work, through ? 'end-served-clean' : 'end-clean')]
    await importInto(longer, clean)
    expect(await now([...days, LATE])).toEqual([...before, ...(await figures(clean))])
    if (up !== undefined) expect(await up.end('SIGTERM')).toBe(0)
  })

  it('with rows refused it came to its end all the same', async () => {
    const where = ['--data', join(work, 'end-refused')]
    const bad = row(3, { people: 'many' })
    const first = await importInto(await ledger('part1.csv', [row(1), row(2), bad]), where)
    expect(first.code).toBe(1)
    const before = await figures(where, ['2024-12-31'])
    await importInto(await ledger('part2.csv', [row(1), row(2), bad, row(4)]), where)
    expect(await figures(where, ['2024-12-31'])).toEqual(before)
  })

  it('goes on after it was killed in its midst as if it had not been, at every as-of', async () => {
    const file = await ledger(
      'large.csv',
      numbers(12_000).map((n) => row(n)),
    )
    const where = ['--data', join(work, 'killed')]
    const up = await startServing(['up', ...where])
    const interrupted = importInto(file, where)
    const stored = async (): Promise<boolean> =>
      /outcome="new"\} [1-9]/.test(await (await fetch(`${up.url}/metrics`)).text())
    while (!(await stored())) await sleep(5)
    await up.end('SIGKILL')
    expect(await interrupted).toMatchObject({ code: 1, out: '' })
    const again = await importInto(file, where)
    expect(again.code).toBe(0)
    const report = JSON.parse(again.out)
    expect(report.duplicates).toBeGreaterThan(0)
    expect(report.published).toBeGreaterThan(0)
    const clean = ['--data', join(work, 'unkilled')]
    await importInto(file, clean)
    const days = ['2024-03-31', '2024-05-12', '2024-12-31', LATE]
    expect(await figures(where, days)).toEqual(await figures(clean, days))
  })

  it('killed itself, leaves nothing of it in memory after the next command', async () => {
    const file = await ledger(
      'midst.csv',
      numbers(3_000).map((n) => row(n)),
    )
    const where = ['--data', join(work, 'midst')]
    const child = startPulse(['import', file, '--mapping', join(work, 'ledger.yaml'), ...where])
    const staged = async (): Promise<boolean> =>
      (await readdir('/dev/shm')).some((name) => name.startsWith(`pulse-${child.pid}-`))
    const ended = new Promise((done) => child.once('exit', done))
    while (child.exitCode === null && !(await staged())) await sleep(5)
    expect(child.exitCode).toBeNull()
    child.kill('SIGKILL')
    await ended
    expect((await importInto(file, where)).code).toBe(0)
    expect(await staged()).toBe(false)
    const clean = ['--data', join(work, 'midst-clean')]
    await importInto(file, clean)
    const days = ['2024-05-12', LATE]
    expect(await figures(where, days)).toEqual(await figures(clean, days))
  })

  it('under another key than before is refused, unless the key was changed on purpose', async () => {
    const keyed = join(work, 'keyed.yaml')
    await writeFile(
      keyed,
      mapping.replace('people:', 'petitioners: [{hmac: [编号]}]\n      people:'),
    )
    const file = await ledger(
      'keyed.csv',
      numbers(10).map((n) => row(n)),
    )
    const where = ['--data', join(work, 'keyed')]
    const under = (digit: string, more: readonly string[] = []) =>
      importInto(file, where, ['--mapping', keyed, ...more], {
        PULSE_PSEUDONYM_KEY: digit.repeat(64),
      })
    const first = await under('a')
    expect(first.code).toBe(0)
    const { events } = JSON.parse(first.out)
    const refused = await under('b')
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.notes).toContain('is not the key that ledger')
    expect(refused.notes).not.toContain('bbbb')
    expect(JSON.parse((await under('a')).out)).toMatchObject({ published: 0, duplicates: events })
    const up = await startServing(['up', ...where])
    expect((await under('b')).code).toBe(2)
    const changed = await under('b', ['--new-key'])
    expect(JSON.parse(changed.out)).toMatchObject({ changed: 10, retracted: 10 })
    expect((await under('a')).code).toBe(2)
    expect(JSON.parse((await under('b')).out)).toMatchObject({ published: 0 })
    expect(await up.end('SIGTERM')).toBe(0)
  })

  it("refuses a folder of the engine's own as a store, naming the store", async () => {
    const file = await ledger('inner.csv', [row(1)])
    const data = join(work, 'outer')
    expect((await importInto(file, ['--data', data])).code).toBe(0)
    const inner = await importInto(file, ['--data', join(data, 'store')])
    expect(inner).toMatchObject({ code: 2, out: '' })
    expect(inner.notes).toContain(`--data ${data}`)
  })

  it.each([
    ['a ledger that is not there', ['no.csv'], 'no.csv'],
    ['a mapping without its column', ['wrong.csv'], '编号'],
  ])('%s is said, with exit code 2', async (_, [name], said) => {
    await writeFile(join(work, 'wrong.csv'), 'a,b\n1,2\n')
    const ran = await importInto(join(work, name ?? ''), ['--data', join(work, 'none')])
    expect(ran).toMatchObject({ code: 2, out: '' })
    expect(ran.notes).toContain(said)
  })
})
