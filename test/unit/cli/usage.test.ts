import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runPulse } from './capture-io.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usage-'))
})
afterAll(() => rm(directory, { recursive: true }))

const commands = ['demo', 'up', 'import', 'append', 'figure', 'metrics', 'migrate', 'replay']
const period = ['--from', '2024-01-01', '--to', '2025-01-01']

describe('wrong usage exits 2 and says how to mend it', () => {
  it.each([
    [['figur'], 'figure'],
    [['figure', 'petitions', '--form', 'x'], '--from'],
    [['figure', 'petitions', '--from', '2024-01-01'], '--to'],
    [['figure', 'petitions', ...period, '--format', 'xml'], 'table, json, csv'],
    [['figure', 'petitionz', ...period], 'petitions'],
    [['figure', 'petitions', ...period, '--by', 'chanel'], 'channel'],
    [['figure', 'petitions', ...period, '--by', 'month,day'], 'one time key'],
    [['figure', 'petitions', ...period, '--where', 'colour=red'], 'colour'],
    [['figure', 'petitions', ...period, '--where', 'channel'], 'key=value'],
    [['figure', 'petitions', ...period, '--as-of', 'yesterday'], '--as-of'],
    [['figure', 'petitions', ...period, '--compare', 'week'], 'yoy'],
    [['figure', 'petitions', '--from', '2024-02-30', '--to', '2024-03-01'], '--from'],
    [['figure', 'petitions', '--from', '2024-03-01', '--to', '2024-03-01'], '--to'],
    [['figure', 'petitions', ...period, '--data', 'a', '--server', 'http://b'], '--server'],
    [['append'], 'file'],
    [['import', 'ledger.csv'], '--mapping'],
    [['metrics', 'nothing'], 'pulse metrics'],
    [['demo', '--matters', 'many'], '--matters'],
    [['up', '--port', '99999'], '--port'],
    [['replay', 'extra'], 'argument'],
  ])('pulse %j', async (args, said) => {
    const ran = await runPulse([...args], { PULSE_DATA: join(directory, 'none') })
    expect(ran.code).toBe(2)
    expect(ran.out).toBe('')
    expect(ran.notes).toContain(said)
    expect(ran.notes).not.toContain('    at ')
  })

  it('with no command shows what there is', async () => {
    const ran = await runPulse([])
    expect(ran.code).toBe(2)
    for (const command of commands) expect(ran.notes).toContain(command)
  })
})

describe('wrong settings and missing files exit 2', () => {
  it('a time zone that is none', async () => {
    const ran = await runPulse(['figure', 'petitions', ...period], { PULSE_TIMEZONE: 'Mars/Base' })
    expect(ran.code).toBe(2)
    expect(ran.notes).toContain('PULSE_TIMEZONE')
    expect(ran.notes).not.toContain('Mars')
  })

  it('a secret of the wrong form, never said back', async () => {
    const ran = await runPulse(['append', '-'], { PULSE_PSEUDONYM_KEY: 'hunter2' })
    expect(ran.code).toBe(2)
    expect(ran.notes).toContain('PULSE_PSEUDONYM_KEY')
    expect(ran.notes).not.toContain('hunter2')
  })

  it('a file that is not there, before any store is made', async () => {
    const data = join(directory, 'untouched')
    const ran = await runPulse(['append', join(directory, 'no.ndjson'), '--data', data])
    expect(ran).toMatchObject({ code: 2, out: '' })
    expect(ran.notes).toContain('no.ndjson')
    expect(await readdir(directory)).not.toContain('untouched')
  })

  it('a mapping that is not there', async () => {
    const ran = await runPulse(['import', 'l.csv', '--mapping', join(directory, 'no.yaml')])
    expect(ran.code).toBe(2)
    expect(ran.notes).toContain('--suggest')
  })

  it('a directory without a store', async () => {
    const data = join(directory, 'typo')
    const ran = await runPulse(['figure', 'petitions', ...period, '--data', data])
    expect(ran.code).toBe(2)
    expect(ran.notes).toContain('no store')
    expect(await readdir(directory)).not.toContain('typo')
  })

  it('a data directory that is a file', async () => {
    const data = join(directory, 'file')
    await writeFile(data, '')
    const ran = await runPulse(['migrate', '--data', data])
    expect(ran.code).toBe(2)
    expect(ran.notes).toContain('is a file')
  })

  it('a variable that nothing reads is pointed out', async () => {
    const ran = await runPulse(['append', join(directory, 'no.ndjson')], { PULSE_TIMEZON: 'x' })
    expect(ran.notes).toContain('did you mean PULSE_TIMEZONE?')
  })
})

describe('work that fails exits 1', () => {
  it('when the server does not answer', async () => {
    const ran = await runPulse(
      ['figure', 'petitions', ...period, '--server', 'http://127.0.0.1:1'],
      {},
    )
    expect(ran).toMatchObject({ code: 1, out: '' })
    expect(ran.notes).toContain('http://127.0.0.1:1')
    expect(ran.notes).toContain('pulse up')
  })
})

describe('help', () => {
  it.each(commands)('of %s shows an example', async (command) => {
    const ran = await runPulse([command, '--help'])
    expect(ran.code).toBe(0)
    expect(ran.out).toContain(`Example:\n  `)
    expect(ran.out).toMatch(/[\u4e00-\u9fff]/)
  })

  it('and the version go to standard output', async () => {
    expect(await runPulse(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n', notes: '' })
  })
})

describe('metrics need no store', () => {
  it('json holds definition, unit, basis and SQL', async () => {
    const ran = await runPulse(['metrics', 'closure_rate', '--format', 'json'])
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.out)).toMatchObject({ id: 'closure_rate', unit: '件', basis: 'R' })
  })

  it('the list names every metric in each format', async () => {
    for (const format of ['table', 'csv', 'json'])
      expect((await runPulse(['metrics', '--format', format])).out).toContain('open_matters')
  })
})
