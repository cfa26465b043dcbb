import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { remoteAccess } from '../../../cli/access/remote.ts'
import { MAX_LINE_BYTES, type Taken, takeLines } from '../../../producers/append/take-lines.ts'
import { eventsRoute } from '../../../producers/intake/events-route.ts'
import { ledgerEventsRoutes } from '../../../producers/intake/ledger-events-routes.ts'
import { settledRoute } from '../../../producers/intake/settled-route.ts'
import { PulseError } from '../../../schemas/errors.ts'
import { parseEvent } from '../../../schemas/events/parse.ts'
import type { LedgerState } from '../../../schemas/log/ledger-state.ts'
import type { EventLog } from '../../../schemas/log/port.ts'
import { type ServedApp, serveRoutes } from '../api/serve-routes.ts'
import { memoryLog, wireEvent } from '../intake/memory-log.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

const serveLog = async (log: EventLog): Promise<ServedApp> => {
  const edge = { log, receivedClock: Date.now }
  const app = await serveRoutes([eventsRoute({ edge, maxBodyBytes: 1_000 }), settledRoute(log)])
  stops.push(app.stop)
  return app
}

const serveRaw = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  stops.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function* stream(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

const json = (n: number, over: object = {}): string => JSON.stringify(wireEvent(n, over))
const quiet = (): void => undefined

describe('through a running process', () => {
  it('lines end as they do on the spot: counts, refusals, their lines and order', async () => {
    const many = Array.from({ length: 10_500 }, (_, n) => json(n))
    const text = [
      '\ufeff',
      json(1, { data: {} }),
      '',
      ...many,
      'x'.repeat(MAX_LINE_BYTES + 1),
      '"信访"',
      json(1),
      json(2, { time: '2024-03-02T00:00:00Z' }),
    ].join('\n')
    const here: Taken = await takeLines(stream(text), {
      log: memoryLog().log,
      receivedClock: Date.now,
    })
    const app = await serveLog(memoryLog().log)
    const heard: number[] = []
    const there = await remoteAccess(app.url).append(stream(text), (events) => heard.push(events))
    expect(there).toEqual(here)
    expect(there).toMatchObject({ duplicates: 1, conflicts: 1, rejectedCount: 3 })
    expect(there.rejected.map(({ line }) => line)).toEqual([2, 10_504, 10_505])
    expect(heard.reduce((sum, events) => sum + events, 0)).toBe(there.events)
  }, 60_000)

  it('an event of an import arrives as the same event', async () => {
    const { log, batches } = memoryLog()
    const app = await serveLog(log)
    const parsed = parseEvent(
      wireEvent(7, {
        recordedtime: '2024-03-01T10:00:00.123456+08:00',
        data: wireEvent(7)['data'],
      }),
      { receivedTime: 'refused' },
    )
    if (!parsed.ok) throw new Error('the event is sound')
    expect(await remoteAccess(app.url).publish([parsed.event])).toEqual({
      published: 1,
      duplicates: 0,
      conflicts: 0,
    })
    expect(batches[0]?.[0]?.contentHash).toBe(parsed.event.contentHash)
  })

  it('much is stored request by request and waited for once', async () => {
    const { log, calls } = memoryLog()
    const app = await serveLog(log)
    const access = remoteAccess(app.url)
    await access.append(stream(Array.from({ length: 10_001 }, (_, n) => json(n)).join('\n')), quiet)
    expect(calls.splice(0)).toEqual(['stored', 'stored', 'settled'])
    const parsed = parseEvent(wireEvent(7), { receivedTime: 'refused' })
    if (!parsed.ok) throw new Error('the event is sound')
    await access.publish([parsed.event])
    expect(calls.splice(0)).toEqual(['stored'])
    await access.settled()
    expect(calls).toEqual(['settled'])
  }, 60_000)

  it('how an import stands is said and asked for', async () => {
    const states = new Map<string, LedgerState>()
    const app = await serveRoutes(
      ledgerEventsRoutes({
        priorLedgerEvents: async () => [],
        ledgerState: async (...ledger) => states.get(JSON.stringify(ledger)) ?? {},
        noteLedger: async (source, prefix, state) => {
          states.set(JSON.stringify([source, prefix]), state)
        },
      }),
    )
    stops.push(app.stop)
    const access = remoteAccess(app.url)
    const ledger = ['/offices/长沙?&', 'ab.'] as const
    expect(await access.ledgerState(...ledger)).toEqual({})
    const state = { finished: true, keyPrint: '0123456789abcdef' }
    await access.noteLedger(...ledger, state)
    expect(await access.ledgerState(...ledger)).toEqual(state)
    expect(await access.ledgerState(ledger[0], 'ab')).toEqual({})
    await expect(access.noteLedger(...ledger, { keyPrint: 'the key itself' })).rejects.toThrow(
      'hexadecimal digits',
    )
  })

  it('waits and sends again while the process cannot take it', async () => {
    const { log } = memoryLog()
    let refusals = 1
    const app = await serveLog({
      ...log,
      publish: async (events, options) => {
        if (refusals-- > 0) throw new PulseError('LOG_UNAVAILABLE', 'full', { retriable: true })
        return log.publish(events, options)
      },
    })
    const taken = await remoteAccess(app.url).append(stream(json(1)), quiet)
    expect(taken).toMatchObject({ published: 1, duplicates: 0 })
  })

  it('a process that goes away in the middle is said, with what to do', async () => {
    const url = await serveRaw((request) => request.socket.destroy())
    const failed = remoteAccess(url).append(stream(json(1)), quiet)
    await expect(failed).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(failed).rejects.toThrow(/doubles nothing/)
  })

  it('something else at the address is no crash', async () => {
    const url = await serveRaw((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' })
      response.end('<html>')
    })
    await expect(
      remoteAccess(url).figure({ metric: 'petitions', from: '2024-01-01', to: '2024-02-01' }),
    ).rejects.toBeInstanceOf(PulseError)
  })

  it('a replay that breaks off is an error, not a result', async () => {
    const url = await serveRaw((_request, response) => {
      response.end('{"done":1,"whole":9}\n')
    })
    await expect(
      remoteAccess(url).replay(
        { from: 'store', dryRun: false },
        { progress: quiet, report: quiet },
      ),
    ).rejects.toThrow(/went away/)
  })
})
