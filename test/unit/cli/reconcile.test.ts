import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Reconciliation } from '../../../consumers/reconcile/report.ts'
import { maintenanceRoutes } from '../../../dashboards/api/maintenance-routes.ts'
import { PulseError } from '../../../schemas/errors.ts'
import { type ServedApp, serveRoutes } from '../api/serve-routes.ts'
import { runPulse } from './capture-io.ts'

const clean: Reconciliation = {
  at: '2024-06-01T00:00:00.000Z',
  clean: true,
  watermark: '2024-06-01T00:00:00.000Z',
  gaps: [],
  notes: ['log/1: the group goes on at 3.'],
  outcomes: { new: 12345, duplicate: 2, conflict: 1, deadLetter: 0 },
  partitions: [
    { origin: 'log/0', begin: 0, end: 20, committed: 10, folded: 10, stored: 12, lag: 10 },
    { origin: 'log/1', folded: 5, stored: 5 },
  ],
  events: 12347,
  matters: 7,
  petitions: 8,
}
const broken: Reconciliation = {
  ...clean,
  clean: false,
  gaps: [
    { kind: 'offsets', found: 2, origin: 'log/0', from: 3, to: 4, message: 'two passed over' },
    {
      kind: 'events',
      found: 1,
      message: 'one is gone',
      positions: [{ origin: 'log/0', position: 7, subject: 'm1', source: '/o', id: 'e1' }],
    },
    {
      kind: 'petitions',
      found: 1,
      message: 'no row',
      petitions: [{ matter: 'm2', petitionId: 'p' }],
    },
  ],
}

let answer: () => Promise<Reconciliation> = async () => clean
let app: ServedApp
beforeAll(async () => {
  app = await serveRoutes(
    maintenanceRoutes({
      reconcile: async (progress) => {
        progress(1, 2)
        return answer()
      },
      replay: () => Promise.reject(new Error('not asked')),
      schema: () => Promise.reject(new Error('not asked')),
      log: () => undefined,
    }),
  )
})
afterAll(() => app.stop())

const pulse = (...args: string[]) => runPulse(['reconcile', ...args, '--server', app.url])

describe('pulse reconcile', () => {
  it('exits 0 where nothing is missing, and shows what was compared', async () => {
    const { code, out, notes } = await pulse()
    expect({ code, notes }).toEqual({ code: 0, notes: '' })
    expect(out).toContain('12,345')
    expect(out).toMatch(/^log\/0 +0 +20 +10 +10 +12 +10$/m)
    expect(out).toMatch(/^log\/1 +- +- +- +5 +5 +-$/m)
    expect(out).toContain('note: log/1')
    expect(out.trimEnd().split('\n').at(-1)).toBe('Nothing is missing.')
    expect(JSON.parse((await pulse('--format', 'json')).out)).toEqual(clean)
    expect((await pulse('--format', 'csv')).out).toBe('kind,found,origin,from,to,message\r\n')
  })

  it('exits 1 on a gap, and names it in every format', async () => {
    answer = async () => broken
    const { code, out } = await pulse()
    expect(code).toBe(1)
    for (const said of ['two passed over', 'log/0/7  m1  /o  e1', '  m2  p', 'gap (petitions)'])
      expect(out).toContain(said)
    const json = await pulse('--format', 'json')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out)).toEqual(broken)
    const csv = await pulse('--format', 'csv')
    expect(csv.code).toBe(1)
    expect(csv.out.split('\r\n').slice(1, 3)).toEqual([
      'offsets,2,log/0,3,4,two passed over',
      'events,1,,,,one is gone',
    ])
    answer = async () => clean
  })

  it('exits 1 where it could not be done, 2 where it was asked wrongly', async () => {
    answer = async () => {
      throw new PulseError('LOG_UNAVAILABLE', 'no broker', { retriable: true })
    }
    expect(await pulse()).toMatchObject({ code: 1, out: '' })
    answer = async () => clean
    expect(await pulse('--format', 'xml')).toMatchObject({ code: 2, out: '' })
    expect(await pulse('everything')).toMatchObject({ code: 2, out: '' })
  })
})
