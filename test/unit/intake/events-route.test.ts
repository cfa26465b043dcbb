import { request as httpRequest } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_BATCH_EVENTS } from '../../../producers/append/take-lines.ts'
import { eventsRoute } from '../../../producers/intake/events-route.ts'
import { PulseError } from '../../../schemas/errors.ts'
import type { EventLog } from '../../../schemas/log/port.ts'
import { type ServedApp, serveRoutes } from '../api/serve-routes.ts'
import { memoryLog, wireEvent } from './memory-log.ts'

let served: ServedApp | undefined
afterEach(async () => {
  await served?.stop()
  served = undefined
})

const serve = async (log: EventLog, maxBodyBytes = 100_000): Promise<ServedApp> => {
  served = await serveRoutes([
    eventsRoute({ edge: { log, receivedClock: Date.now }, maxBodyBytes }),
  ])
  return served
}

const send = async (
  { url }: Pick<ServedApp, 'url'>,
  type: string | undefined,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  query = '',
): Promise<{
  status: number
  body: Record<string, unknown>
  type: string | null
  response: Response
}> => {
  const response = await fetch(`${url}/api/v1/events${query}`, {
    method: 'POST',
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    body,
  })
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    type: response.headers.get('content-type'),
    response,
  }
}

const one = 'application/cloudevents+json'
const batch = 'application/cloudevents-batch+json'
const lines = 'application/x-ndjson'

describe('POST /api/v1/events', () => {
  it('takes one event and answers 202 when it is durable', async () => {
    const { log, batches } = memoryLog()
    const answer = await send(await serve(log), one, JSON.stringify(wireEvent(1)))
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({
      accepted: 1,
      published: 1,
      duplicates: 0,
      conflicts: 0,
      rejected: [],
    })
    expect(batches.flat()).toHaveLength(1)
  })

  it('answers 207 where a batch is partly refused, naming index, id, field and reason', async () => {
    const { log } = memoryLog()
    const answer = await send(
      await serve(log),
      batch,
      JSON.stringify([wireEvent(1), wireEvent(2, { data: { petitionId: 'p' } }), wireEvent(3)]),
    )
    expect(answer.status).toBe(207)
    expect(answer.body).toMatchObject({ accepted: 2 })
    const [refused] = answer.body['rejected'] as { index: number; id: string; errors: object[] }[]
    expect(refused).toMatchObject({ index: 1, id: 'e2' })
    expect(refused?.errors[0]).toMatchObject({ field: 'data.channel', code: 'MISSING' })
  })

  it('takes a stream of lines with the line of each refusal', async () => {
    const { log } = memoryLog()
    const answer = await send(
      await serve(log),
      `${lines}; charset=UTF-8`,
      `${JSON.stringify(wireEvent(1))}\n\nnonsense\n${JSON.stringify(wireEvent(2))}`,
    )
    expect(answer.status).toBe(207)
    expect(answer.body).toMatchObject({ accepted: 2, rejected: [{ index: 1, line: 3 }] })
  })

  it.each([
    [one, JSON.stringify(wireEvent(1)), ['visible'], ['stored']],
    [batch, JSON.stringify([wireEvent(1)]), ['visible'], ['stored']],
    [lines, JSON.stringify(wireEvent(1)), ['stored', 'settled'], ['stored']],
  ])('waits until figures count it, or as `waitFor` says: %s', async (type, body, usual, asked) => {
    const { log, calls } = memoryLog()
    const app = await serve(log)
    await send(app, type, body)
    expect(calls.splice(0)).toEqual(usual)
    await send(app, type, body, {}, '?waitFor=visible')
    expect(calls.splice(0)).toEqual(usual)
    expect((await send(app, type, body, {}, '?waitFor=stored')).status).toBe(202)
    expect(calls).toEqual(asked)
  })

  it.each(['?waitFor=soon', '?waitFor=', '?waitFor=stored&waitFor=visible'])(
    'answers 400 to %s and takes nothing',
    async (query) => {
      const { log, batches } = memoryLog()
      const answer = await send(await serve(log), one, JSON.stringify(wireEvent(1)), {}, query)
      expect(answer.status).toBe(400)
      expect(answer.body['detail']).toContain('visible or stored')
      expect(batches).toHaveLength(0)
    },
  )

  it.each([
    [one, '{"specversion":"1.0"}', 'No event'],
    [batch, '[]', 'no event'],
    [batch, '{}', 'JSON array'],
    [one, '', 'empty'],
    [one, '{"a":1}{"b":2}', 'not one JSON value'],
    [lines, '\n\n', 'no event'],
  ])('answers 400 in problem+json where nothing is usable: %s %s', async (type, body, said) => {
    const { log, batches } = memoryLog()
    const answer = await send(await serve(log), type, body)
    expect(answer.status).toBe(400)
    expect(answer.type).toContain('application/problem+json')
    expect(answer.body).toMatchObject({ status: 400, code: 'INPUT_INVALID' })
    expect(answer.body['detail']).toContain(said)
    expect(batches.flat()).toHaveLength(0)
  })

  it('refuses bytes that are not UTF-8', async () => {
    const { log } = memoryLog()
    const answer = await send(await serve(log), one, Uint8Array.of(0x22, 0xc3, 0x28, 0x22))
    expect(answer).toMatchObject({ status: 400 })
    expect(answer.body['detail']).toContain('UTF-8')
  })

  it.each([
    ['application/json', {}, 'application/cloudevents+json'],
    [undefined, {}, 'Content-Type must be'],
    [`${one}; charset=gb18030`, {}, 'charset'],
    [one, { 'content-encoding': 'gzip' }, 'Content-Encoding'],
  ])('answers 415 to %s %o', async (type, headers, said) => {
    const { log } = memoryLog()
    const answer = await send(await serve(log), type, '{}', headers)
    expect(answer.status).toBe(415)
    expect(answer.body['detail']).toContain(said)
  })

  it('answers 413 over the limit of bytes or of events, naming the limit', async () => {
    const { log, batches } = memoryLog()
    const app = await serve(log, 50_000)
    const large = await send(app, batch, JSON.stringify([' '.repeat(50_001)]))
    expect(large.status).toBe(413)
    expect(large.body).toMatchObject({ code: 'LIMIT_EXCEEDED', limitBytes: 50_000 })
    const many = await send(app, batch, JSON.stringify(Array(MAX_BATCH_EVENTS + 1).fill(1)))
    expect(many.status).toBe(413)
    expect(many.body).toMatchObject({ limitEvents: MAX_BATCH_EVENTS })
    expect(batches).toHaveLength(0)
  })

  it('answers 503 with Retry-After and says nothing of the inside when the log cannot take it', async () => {
    const log: EventLog = {
      settled: async () => undefined,
      publish: async () => {
        throw new PulseError('STORE_UNAVAILABLE', 'Writing to /var/lib/x: Code: 241', {
          retriable: true,
        })
      },
    }
    const app = await serve(log)
    const answer = await send(app, one, JSON.stringify(wireEvent(1)))
    expect(answer.status).toBe(503)
    expect(Number(answer.response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(JSON.stringify(answer.body)).not.toContain('/var/lib')
    expect(app.logged).toHaveLength(1)
  })

  it("refuses a client's own stamp of receipt", async () => {
    const { log } = memoryLog()
    const answer = await send(
      await serve(log),
      one,
      JSON.stringify(wireEvent(1, { receivedtime: '2024-03-01T00:00:00Z' })),
    )
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body['rejected'])).toContain('RECEIVED_TIME_REFUSED')
  })

  it('never says an identity number back', async () => {
    const { log } = memoryLog()
    const mobile = `138${'0013800'}0`
    const answer = await send(
      await serve(log),
      batch,
      JSON.stringify([wireEvent(1, { id: mobile }), wireEvent(2)]),
    )
    expect(answer.status).toBe(207)
    expect(JSON.stringify(answer.body)).not.toContain(mobile)
  })

  it('lives on when a sender hangs up in the middle of a stream', async () => {
    const { log } = memoryLog()
    const app = await serve(log)
    await new Promise<void>((done) => {
      const sending = httpRequest(`${app.url}/api/v1/events`, {
        method: 'POST',
        headers: { 'content-type': lines },
      })
      sending.on('error', () => done())
      sending.write(`${JSON.stringify(wireEvent(1))}\n`, () => {
        setTimeout(() => sending.destroy(new Error('gone')), 50)
      })
    })
    expect((await send(app, one, JSON.stringify(wireEvent(2)))).status).toBe(202)
    expect(app.logged).toEqual([])
  })

  it('answers 405 to another method, with what is allowed', async () => {
    const { log } = memoryLog()
    const app = await serve(log)
    const response = await fetch(`${app.url}/api/v1/events`)
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })
})
