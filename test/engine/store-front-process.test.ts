import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pulse, startPulse, startServing } from '../support/cli-child.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pulse-front-process-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const key = { PULSE_PSEUDONYM_KEY: '0'.repeat(64) }
const office = ['import', 'examples/ledger/office.csv', '--mapping', 'examples/ledger/office.yaml']
const asOf = ['--as-of', '2026-01-01T00:00:00Z']

/** Figures of both kinds, with everything that could differ but the moment of asking. */
const figures = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  years: readonly [string, string],
): Promise<unknown[]> => {
  const answers: unknown[] = []
  for (const metric of ['petitions', 'closure_rate', 'open_matters', 'median_days_to_close']) {
    const ran = await pulse(
      [
        'figure',
        metric,
        '--from',
        years[0],
        '--to',
        years[1],
        '--by',
        'month,region',
        ...asOf,
        '--format',
        'json',
        ...args,
      ],
      { env },
    )
    expect(ran.code, ran.notes).toBe(0)
    const { receivedBy: _receivedBy, ...answer } = JSON.parse(ran.out) as Record<string, unknown>
    answers.push(answer)
  }
  return answers
}

describe('pulse store', () => {
  it('gives the same figures as the embedded engine: import, figure, replay', async () => {
    const embedded = ['--data', join(folder, 'embedded')]
    const years = ['2024-01-01', '2025-01-01'] as const
    expect((await pulse([...office, ...embedded], { env: key })).code).toBe(0)
    const wanted = await figures(embedded, {}, years)

    const front = await startServing(['store', '--data', join(folder, 'served')])
    const env = { CLICKHOUSE_URL: front.url, ...key }
    const imported = await pulse(office, { env })
    expect(imported).toMatchObject({ code: 0, notes: '' })
    expect(JSON.parse(imported.out)).toMatchObject({ published: 7, duplicates: 0, rejected: [] })
    expect(await figures([], env, years)).toEqual(wanted)
    const again = await pulse(office, { env })
    expect(JSON.parse(again.out)).toMatchObject({ published: 0, duplicates: 7 })
    expect((await pulse(['replay'], { env })).code).toBe(0)
    expect(await figures([], env, years)).toEqual(wanted)
    expect(await front.end('SIGTERM')).toBe(0)

    // and the directory is the embedded engine's again
    expect(await figures(['--data', join(folder, 'served')], {}, years)).toEqual(wanted)
  })

  it('loses and doubles nothing when it is killed in the middle of an import', async () => {
    const ledger = join(folder, 'ledger.csv')
    const mapping = join(folder, 'ledger.yaml')
    const rows = Array.from({ length: 40_000 }, (_, n) => {
      const day = String(1 + (n % 28)).padStart(2, '0')
      const month = String(1 + (n % 12)).padStart(2, '0')
      return `A${n},2023-${month}-${day} 09:00:00,${n % 5 === 0 ? '' : `2023-${month}-28 10:00:00`},4301${String(n % 7).padStart(2, '0')}`
    })
    await writeFile(ledger, `编号,登记,办结,属地\n${rows.join('\n')}\n`)
    await writeFile(
      mapping,
      [
        'format: csv',
        'timezone: Asia/Shanghai',
        'datetime: ["yyyy-MM-dd HH:mm:ss"]',
        'source: /offices/430100',
        'row: 编号',
        'events:',
        '  - type: petition.registered.v1',
        '    time: 登记',
        '    subject: 编号',
        '    data: {petitionId: 编号, channel: {const: letter}, region: 属地, category: {const: 城建}}',
        '  - type: matter.closed.v1',
        '    when: 办结',
        '    time: 办结',
        '    subject: 编号',
        '    data: {outcome: {const: supported}}',
        '',
      ].join('\n'),
    )
    const load = ['import', ledger, '--mapping', mapping]
    const embedded = ['--data', join(folder, 'whole')]
    const years = ['2023-01-01', '2024-01-01'] as const
    expect((await pulse([...load, ...embedded])).code).toBe(0)
    const wanted = await figures(embedded, {}, years)

    const data = join(folder, 'killed')
    let front = await startServing(['store', '--data', data])
    const stored = async (): Promise<number> =>
      Number(
        await fetch(`${front.url}/?query=SELECT+count()+FROM+case_events`).then(
          (told) => told.text(),
          () => '',
        ),
      )
    const importing = pulse(load, { env: { CLICKHOUSE_URL: front.url } })
    await expect.poll(stored, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0)
    await front.end('SIGKILL')
    const cut = await importing
    expect(cut.code).toBe(1)
    expect(cut.notes).toMatch(/^error: /m)

    front = await startServing(['store', '--data', data])
    const before = await stored()
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(72_000)
    const env = { CLICKHOUSE_URL: front.url }
    const finished = await pulse(load, { env })
    expect(finished.code, finished.notes).toBe(0)
    const { published, duplicates } = JSON.parse(finished.out) as Record<string, number>
    expect((published ?? 0) + (duplicates ?? 0)).toBe(72_000)
    expect(await figures([], env, years)).toEqual(wanted)
    expect(await front.end('SIGTERM')).toBe(0)
  })

  it('refuses to be open to a network without a password, and says how to mend it', async () => {
    const ran = await pulse([
      'store',
      '--data',
      join(folder, 'open'),
      '--host',
      '0.0.0.0',
      '--port',
      '0',
    ])
    expect(ran.code).toBe(2)
    expect(ran.notes).toContain('CLICKHOUSE_PASSWORD')
    const front = await startServing(
      ['store', '--data', join(folder, 'open'), '--host', '0.0.0.0'],
      {
        CLICKHOUSE_PASSWORD: 'p',
      },
    )
    expect((await fetch(`${front.url}/?query=SELECT+1`)).status).toBe(401)
    expect((await fetch(`${front.url}/?query=SELECT+1&password=p`)).status).toBe(200)
    expect(front.notes()).not.toMatch(/CLICKHOUSE_PASSWORD|=p\b/)
    expect(await front.end('SIGINT')).toBe(0)
  })

  it('takes turns at a directory with the other commands', async () => {
    const data = join(folder, 'turns')
    const front = await startServing(['store', '--data', data])
    const second = await pulse(['store', '--data', data, '--port', '0'])
    expect(second.code).toBe(1)
    expect(second.notes).toContain('is open in process')
    const taken = await pulse([
      'store',
      '--data',
      join(folder, 'other'),
      '--port',
      new URL(front.url).port,
    ])
    expect(taken.code).toBe(1)
    expect(taken.notes).toContain('is in use')
    // one that waits has its turn as soon as the first is gone
    const waiting = startPulse([
      'figure',
      'petitions',
      '--from',
      '2024-01-01',
      '--to',
      '2025-01-01',
      '--data',
      data,
    ])
    const ended = new Promise<number | null>((resolve) => waiting.once('close', resolve))
    await sleep(1500)
    expect(await front.end('SIGTERM')).toBe(0)
    expect([0, 2]).toContain(await ended)
    const up = await startServing(['up', '--data', data])
    const refused = await pulse(['store', '--data', data, '--port', '0'])
    expect(refused.code).toBe(1)
    expect(refused.notes).toContain(`is served by \`pulse up\` at ${up.url}`)
    expect(await up.end('SIGTERM')).toBe(0)
  })

  it('finishes what is in hand when it is asked to stop', async () => {
    const front = await startServing(['store', '--data', join(folder, 'stop')])
    const answered = fetch(front.url, { method: 'POST', body: 'SELECT sleep(1)' }).then((told) =>
      told.text(),
    )
    await sleep(300)
    const code = front.end('SIGTERM')
    expect(await answered).toBe('0\n')
    expect(await code).toBe(0)
    await expect(fetch(`${front.url}/ping`)).rejects.toThrow()
  })

  it('leaves no files behind, and clears away what a killed one left', async () => {
    const front = await startServing(['store', '--data', join(folder, 'left')])
    void fetch(front.url, {
      method: 'POST',
      body: 'SELECT number, sleepEachRow(0.01) FROM numbers(1000) SETTINGS max_block_size = 10',
    }).catch(() => undefined)
    await sleep(400)
    await front.end('SIGKILL')
    const next = await startServing(['store', '--data', join(folder, 'left')])
    expect(await (await fetch(`${next.url}/?query=SELECT+1`)).text()).toBe('1\n')
    expect(await next.end('SIGTERM')).toBe(0)
    const note = await readFile(join(folder, 'left', 'turn.json'), 'utf8').catch(() => 'none')
    expect(note).toBe('none')
  })
})
