import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RefoldReport } from '../../../consumers/replay/report.ts'
import { maintenanceRoutes } from '../../../dashboards/api/maintenance-routes.ts'
import { PulseError } from '../../../schemas/errors.ts'
import { nothingOtherwise } from '../../support/refold-report.ts'
import { type ServedApp, serveRoutes } from '../api/serve-routes.ts'
import { runPulse } from './capture-io.ts'

const same: RefoldReport = {
  from: 'store',
  dryRun: false,
  events: 12345,
  matters: 2,
  ...nothingOtherwise,
}
const other: RefoldReport = {
  ...same,
  mattersOnlyNew: 1,
  petitionsDiffer: 1000,
  inFlight: 3,
  columns: [{ table: 'petitions', column: 'org', differ: 1000 }],
  figures: [
    { figure: 'matters', live: 1, new: 2 },
    { figure: 'online_share', live: null, new: 0.125 },
  ],
  samples: [{ table: 'matters', difference: 'onlyNew', matter: 'm7' }],
}
const ofTheLog: RefoldReport = {
  ...same,
  read: 2000,
  lackingEvents: 1,
  lackingLetters: 2,
  onlyStored: 5,
  left: 6,
  passedOver: 7,
  lacking: [{ subject: 'm1', source: '/o', id: 'e1' }],
}

const asked: unknown[] = []
let answer: () => Promise<RefoldReport> = async () => same
let app: ServedApp
beforeAll(async () => {
  app = await serveRoutes(
    maintenanceRoutes({
      replay: async (question, { progress, report }) => {
        asked.push(question)
        progress(1, 2)
        const found = { ...(await answer()), ...question }
        report(found)
        return found
      },
      reconcile: () => Promise.reject(new Error('not asked')),
      schema: () => Promise.reject(new Error('not asked')),
      log: () => undefined,
    }),
  )
})
afterAll(() => app.stop())

const pulse = (...args: string[]) => runPulse(['replay', ...args, '--server', app.url])

describe('pulse replay', () => {
  it('tells what comes out otherwise, and that it took its place', async () => {
    answer = async () => same
    const unchanged = await pulse()
    expect(unchanged).toMatchObject({ code: 0 })
    expect(JSON.parse(unchanged.out)).toEqual(same)
    expect(unchanged.notes).toContain(
      '12,345 events folded to 2 matters; nothing comes out otherwise.',
    )
    answer = async () => other
    const changed = await pulse('--format', 'table')
    expect(changed.code).toBe(0)
    for (const said of [
      '1 matter only in the new ones; 1,000 petitions otherwise.',
      'Not compared: 3 rows',
      'Columns: petitions.org 1000.',
      'Such as: m7.',
      'matters: 1 before, 2 after.',
      'online_share: none before, 0.1250 after.',
      'The new tables have taken the place of the live ones.',
    ])
      expect(changed.notes).toContain(said)
  })

  it('as a dry run changes nothing, and exits 1 where something would be otherwise', async () => {
    answer = async () => same
    expect(await pulse('--dry-run')).toMatchObject({ code: 0 })
    for (const found of [other, ofTheLog]) {
      answer = async () => found
      const { code, notes } = await pulse('--dry-run')
      expect(code).toBe(1)
      expect(notes).toContain('nothing was changed')
    }
  })

  it('of the log tells what the store lacks, what the log lacks, and what is left to others', async () => {
    answer = async () => ofTheLog
    asked.length = 0
    const { code, notes } = await pulse('--from', 'kafka')
    expect(code).toBe(0)
    expect(asked).toEqual([{ from: 'kafka', dryRun: false }])
    for (const said of [
      '2,000 messages read. The store lacks 1 event; 2 dead letters.',
      'm1 (/o e1)',
      '5 events no longer in the log',
      '6 messages left to the consumers',
      '7 messages that the consumers went past',
      'Stop them, and run the command again.',
    ])
      expect(notes).toContain(said)
  })

  it('refuses what it does not know, and says why it failed', async () => {
    const unknown = await pulse('--from', 'somewhere')
    expect(unknown).toMatchObject({ code: 2, out: '' })
    expect(unknown.notes).toMatch(/--from.*store, kafka/s)
    answer = async () => {
      throw new PulseError('STORE_BUSY', 'A replay is under way.', {
        retriable: true,
        details: { tellClient: true },
      })
    }
    const busy = await pulse()
    expect(busy).toMatchObject({ code: 1, out: '' })
    expect(busy.notes).toContain('A replay is under way.')
  })
})
