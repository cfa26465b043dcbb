import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pulse, startServing } from '../support/cli-child.ts'

let data: string
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'pulse-demo-'))
})
afterAll(() => rm(data, { recursive: true, force: true }))

const small = ['demo', '--years', '1', '--matters', '400', '--seed', '5']
const allTime = ['--from', '2000-01-01', '--to', '2199-01-01', '--format', 'json']

describe('pulse demo', () => {
  it('loads a city, serves it, and reuses it when asked again', async () => {
    const first = await startServing([...small, '--data', data])
    const asked = ['figure', 'petitions', ...allTime, '--as-of', '2030-01-01', '--data', data]
    const figure = JSON.parse((await pulse(asked)).out)
    expect(figure.rows[0].value).toBeGreaterThan(400)

    const twice = await pulse([...small, '--data', data])
    expect(twice.code).toBe(0)
    expect(twice.notes).toContain(first.url)
    expect(await first.end('SIGTERM')).toBe(0)

    const note = await readFile(join(data, 'demo.json'), 'utf8')
    const second = await startServing([...small, '--data', data])
    expect(second.notes()).not.toContain('is loaded')
    expect(await readFile(join(data, 'demo.json'), 'utf8')).toBe(note)
    expect(JSON.parse((await pulse(asked)).out).rows).toEqual(figure.rows)
    expect(await second.end('SIGTERM')).toBe(0)
  })

  it('refuses other options on the same directory, naming those it has', async () => {
    const other = await pulse(['demo', '--matters', '500', '--data', data])
    expect(other.code).toBe(2)
    expect(other.notes).toContain('--seed 5 --years 1 --matters 400')
  })

  it('refuses a directory that holds something else', async () => {
    const own = join(data, 'own')
    const line = JSON.stringify({
      specversion: '1.0',
      id: 'e1',
      source: '/o',
      type: 'petition.registered.v1',
      subject: 'm1',
      time: '2024-03-01T09:00:00+08:00',
      data: { petitionId: 'p', channel: 'call', region: '0', category: 'x' },
    })
    await pulse(['append', '-', '--data', own], { stdin: line })
    const refused = await pulse([...small, '--data', own, '--port', '0'])
    expect(refused.code).toBe(2)
    expect(refused.notes).toContain('pulse up')
  })
})
