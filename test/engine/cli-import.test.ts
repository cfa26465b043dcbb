import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pulse, startServing } from './cli-child.ts'

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

const importInto = (file: string, where: readonly string[], more: readonly string[] = []) =>
  pulse(['import', file, '--mapping', join(work, 'ledger.yaml'), ...where, ...more])

/** Rows of a few figures, for comparing stores. */
const figures = async (where: readonly string[], asOf = '2030-01-01'): Promise<unknown[]> => {
  const rows: unknown[] = []
  for (const [metric, by] of [
    ['people', 'month,region,channel'],
    ['closure_rate', 'month'],
    ['median_days_to_close', 'region'],
  ] as const) {
    const ran = await pulse([
      ...['figure', metric, '--from', '2024-01-01', '--to', '2025-01-01', '--by', by],
      ...['--as-of', asOf, '--format', 'json', ...where],
    ])
    expect(ran.notes).toBe('')
    rows.push(JSON.parse(ran.out).rows)
  }
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
    const before = await figures(direct, between)
    const again = await both(first)
    expect(again).toMatchObject({ published: 0, duplicates: again.events })
    expect(await figures(direct, between)).toEqual(before)
    await sleep(5)
    const changed = await both(second, ['--remove-missing'])
    expect(changed.changed).toBeGreaterThan(0)
    expect(changed.missing).toHaveLength(10)

    const clean = ['--data', join(work, 'clean')]
    await importInto(second, clean)
    const expected = await figures(clean)
    expect(await figures(direct)).toEqual(expected)
    expect(await figures(served)).toEqual(expected)
    expect(await figures(served, between)).toEqual(before)
    expect(await up.end('SIGTERM')).toBe(0)
  })

  it('goes on after the process it went through was killed in its midst', async () => {
    const file = await ledger(
      'large.csv',
      numbers(6_000).map((n) => row(n)),
    )
    const where = ['--data', join(work, 'killed')]
    const up = await startServing(['up', ...where])
    const interrupted = importInto(file, where)
    await sleep(900)
    await up.end('SIGKILL')
    const first = await interrupted
    expect([0, 1]).toContain(first.code)
    const again = await importInto(file, where)
    expect(again.code).toBe(0)
    const clean = ['--data', join(work, 'unkilled')]
    await importInto(file, clean)
    expect(await figures(where)).toEqual(await figures(clean))
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
