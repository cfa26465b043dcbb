import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deadLetterRoutes } from '../../../dashboards/api/dead-letter-routes.ts'
import { PulseError } from '../../../schemas/errors.ts'
import { runPulse } from '../cli/capture-io.ts'
import { type ServedApp, serveRoutes } from './serve-routes.ts'

const line = {
  letter: 'petition.case-events/3/17',
  parkedAt: '2024-06-01T00:00:00.000Z',
  reason: 'UNKNOWN_FIELD',
  error: 'data.colour is no field',
  replay: 'refused',
}
let asked: object[] = []
let failing = false

let app: ServedApp
beforeAll(async () => {
  app = await serveRoutes(
    deadLetterRoutes({
      timezone: 'Asia/Shanghai',
      list: async (letters) => {
        asked.push(letters)
        return [line]
      },
      show: async (letter) => {
        if (letter !== line.letter) throw new PulseError('NOT_FOUND', 'No such letter was parked.')
        return { ...line, original: '{}', headers: [{ name: 'a', value: 'b' }] }
      },
      replay: async (replay, progress) => {
        asked.push(replay)
        progress(1)
        if (failing) throw new PulseError('LOG_UNAVAILABLE', 'secret inside', { retriable: true })
        const { letter, reason, error } = line
        return {
          dryRun: replay.dryRun,
          letters: 2,
          published: 1,
          already: 0,
          rejected: [{ letter, reason, error }],
          rejectedCount: 1,
        }
      },
      log: () => undefined,
    }),
  )
})
afterAll(() => app.stop())
beforeEach(() => {
  asked = []
  failing = false
})

const pulse = (...args: string[]) => runPulse([...args, '--server', app.url])

describe('pulse dead-letters through a running process', () => {
  it('lists with what was asked for, in every format', async () => {
    const listed = await pulse(
      'dead-letters',
      'list',
      '--reason',
      'unknown_field',
      '--since',
      '2024-06-01',
      '--limit',
      '7',
    )
    expect(listed).toMatchObject({ code: 0, notes: '' })
    expect(listed.out).toContain('UNKNOWN_FIELD')
    expect(listed.out.split('\n')[0]).toMatch(/^parked +letter +reason +replay +error$/)
    expect(asked).toEqual([{ reason: 'UNKNOWN_FIELD', since: Date.UTC(2024, 4, 31, 16), limit: 7 }])
    const json = await pulse('dead-letters', 'list', '--format', 'json')
    expect(JSON.parse(json.out)).toEqual({ letters: [line] })
    expect(asked.at(-1)).toEqual({ limit: 50 })
    const csv = await pulse('dead-letters', 'list', '--format', 'csv')
    expect(csv.out.split('\r\n')[0]).toBe('letter,parkedAt,reason,error,replay')
  })

  it('shows one letter, and says which are not there', async () => {
    const shown = await pulse('dead-letters', 'show', line.letter)
    expect(shown.code).toBe(0)
    expect(JSON.parse(shown.out)).toMatchObject({ letter: line.letter, original: '{}' })
    const none = await pulse('dead-letters', 'show', 'petition.case-events/3/18')
    expect(none).toMatchObject({ code: 2, out: '' })
    expect(none.notes).toContain('No such letter')
  })

  it('replays, exits 1 where a letter still fails, and says why', async () => {
    const replayed = await pulse('dead-letters', 'replay', '--reason', 'NOT_JSON', '--dry-run')
    expect(asked).toEqual([{ reason: 'NOT_JSON', dryRun: true }])
    expect(replayed.code).toBe(1)
    expect(JSON.parse(replayed.out)).toMatchObject({ published: 1, rejectedCount: 1 })
    expect(replayed.notes).toContain('1 of 2 letters')
  })

  it('fails as on the spot when the work fails half-way', async () => {
    failing = true
    const failed = await pulse('dead-letters', 'replay')
    expect(failed).toMatchObject({ code: 1, out: '' })
    expect(failed.notes).not.toContain('secret inside')
  })

  it.each([
    [['list', '--reason', 'NOT_JSN'], 'perhaps NOT_JSON'],
    [['list', '--since', 'yesterday'], '--since'],
    [['list', '--since', '2024-02-30'], '--since'],
    [['list', '--limit', '0'], '--limit'],
    [['list', '--limit', '10001'], '--limit'],
    [['show', 'nowhere'], 'petition.case-events/3/17'],
    [['show'], 'letter'],
    [['replay', '--reason', 'x'], '--reason'],
    [['rewind'], 'rewind'],
    [[], 'replay'],
  ])('%j is wrong usage', async (args, said) => {
    const ran = await runPulse(['dead-letters', ...args], { PULSE_SERVER: app.url })
    expect(ran).toMatchObject({ code: 2, out: '' })
    expect(ran.notes).toContain(said)
    expect(asked).toEqual([])
  })

  it.each([
    ['?reason=x', 400],
    ['?limit=1&limit=2', 400],
    ['?since=2024-06-01T00:00:00+08:00', 200],
  ])('GET %s answers %i', async (query, status) => {
    expect((await fetch(`${app.url}/api/v1/dead-letters${query}`)).status).toBe(status)
  })

  it('a replay cannot be asked by a form of another site', async () => {
    const response = await fetch(`${app.url}/api/v1/dead-letters/replay`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    })
    expect(response.status).toBe(415)
    expect(asked).toEqual([])
  })
})
