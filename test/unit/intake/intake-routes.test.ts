import { Validator } from '@seriousme/openapi-schema-validator'
import { afterEach, describe, expect, it } from 'vitest'
import { remoteAccess } from '../../../cli/access/remote.ts'
import { type IntakeStep, intakeRoutes } from '../../../cli/serve/intake-routes.ts'
import { createTelemetry } from '../../../dashboards/api/telemetry.ts'
import { PulseError } from '../../../schemas/errors.ts'
import type { EventLog } from '../../../schemas/log/port.ts'
import { type ServedApp, serveRoutes } from '../api/serve-routes.ts'
import { memoryLog, wireEvent } from './memory-log.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** A log that, like Kafka, does not say how events ended, and takes none longer than 500 characters. */
const silentLog = () => {
  const memory = memoryLog()
  const log: EventLog = {
    ...memory.log,
    publish: async (events, options) => {
      await memory.log.publish(events, options)
      return {}
    },
    refusal: ({ canonical }) =>
      canonical.length > 500
        ? { field: '', code: 'TOO_LONG', message: 'the event is too large for the log' }
        : undefined,
  }
  return { ...memory, log }
}

const serve = async (
  log: EventLog,
  onStep?: (step: IntakeStep) => void,
): Promise<ServedApp & { readonly series: () => Promise<string> }> => {
  const telemetry = createTelemetry({}, ['logged'])
  const app = await serveRoutes(
    intakeRoutes({
      edge: { log, receivedClock: Date.now },
      ledgers: undefined,
      probes: {},
      telemetry,
      instance: 'this-run',
      maxBodyBytes: 100_000,
      ...(onStep === undefined ? {} : { onStep }),
    }),
  )
  stops.push(app.stop)
  return { ...app, series: async () => (await telemetry.expose()).text }
}

const post = async (url: string, events: readonly object[], query = '') => {
  const response = await fetch(`${url}/api/v1/events${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('an intake in front of a log that does not judge', () => {
  it('says what the log has, and nothing of what it cannot know', async () => {
    const { log } = silentLog()
    const app = await serve(log)
    const events = [wireEvent(1), wireEvent(1), wireEvent(2, { data: {} })]
    const { status, body } = await post(app.url, events)
    expect(status).toBe(207)
    expect(body).toMatchObject({ accepted: 2, published: 2, rejected: [{ index: 2, id: 'e2' }] })
    expect(Object.keys(body).sort()).toEqual(['accepted', 'published', 'rejected'])
    const series = await app.series()
    expect(series).toContain('pulse_events_accepted_total{outcome="logged"} 2')
    expect(series).toContain('pulse_events_rejected_total{reason="MISSING"} 1')
  })

  it('answers once the log has the events, and waits for figures only where it is asked to', async () => {
    const { log, calls } = silentLog()
    const app = await serve(log)
    await post(app.url, [wireEvent(1)])
    await post(app.url, [wireEvent(2)], '?waitFor=visible')
    expect(calls).toEqual(['stored', 'visible'])
  })

  it('refuses an event the log could never take, and takes the others', async () => {
    const { log, batches } = silentLog()
    const app = await serve(log)
    const wide = wireEvent(1, { id: 'x'.repeat(128), source: `/${'y'.repeat(120)}` })
    const data = { ...(wide['data'] as object), org: 'z'.repeat(128) }
    const { status, body } = await post(app.url, [{ ...wide, data }, wireEvent(2)])
    expect(status).toBe(207)
    expect(body).toMatchObject({
      accepted: 1,
      rejected: [{ index: 0, errors: [{ code: 'TOO_LONG' }] }],
    })
    expect(batches.flat().map(({ id }) => id)).toEqual(['e2'])
  })

  it('tells who waits by how much the figures are behind', async () => {
    const { log } = silentLog()
    const details = { tellClient: true, behind: 12 }
    const behind = new PulseError('LOG_UNAVAILABLE', 'The group is 12 behind.', { details })
    const app = await serve({ ...log, settled: () => Promise.reject(behind) })
    const response = await fetch(`${app.url}/api/v1/settled`)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).not.toBeNull()
    expect(await response.json()).toMatchObject({ detail: 'The group is 12 behind.', behind: 12 })
  })

  it('without a store says what to set for an import through it', async () => {
    const app = await serve(silentLog().log)
    await expect(remoteAccess(app.url).priorLedgerEvents('/a', 'b')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('Set CLICKHOUSE_URL for `pulse intake`'),
    })
    const response = await fetch(`${app.url}/api/v1/ledger-events/state?source=a&idPrefix=b`)
    expect(response.status).toBe(501)
  })

  it('describes itself', async () => {
    const app = await serve(silentLog().log)
    const document = JSON.parse(await (await fetch(`${app.url}/api/v1/openapi.json`)).text())
    expect(await new Validator().validate(document)).toMatchObject({ valid: true })
    const { post: sending } = document.paths['/api/v1/events']
    const schema = sending.responses['202'].content['application/json'].schema
    expect(schema.required).toEqual(['accepted', 'published', 'rejected'])
    expect(sending.parameters[0].schema.default).toBe('stored')
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/v1/events',
      '/api/v1/ledger-events',
      '/api/v1/ledger-events/state',
      '/api/v1/openapi.json',
      '/api/v1/settled',
      '/healthz',
      '/metrics',
      '/readyz',
    ])
  })

  it('names the steps of a request in their order', async () => {
    const { log, batches } = silentLog()
    const steps: [IntakeStep, number][] = []
    const app = await serve(log, (step) => steps.push([step, batches.length]))
    await post(app.url, [wireEvent(1)])
    await expect
      .poll(() => steps)
      .toEqual([
        ['taken', 0],
        ['published', 1],
        ['answered', 1],
      ])
  })

  it('is appended to from another process, which is told that nothing is known of the events', async () => {
    const app = await serve(silentLog().log)
    const lines = async function* () {
      yield Buffer.from(`${JSON.stringify(wireEvent(1))}\n${JSON.stringify(wireEvent(1))}\n`)
    }
    expect(await remoteAccess(app.url).append(lines(), () => undefined)).toMatchObject({
      events: 2,
      published: 2,
      duplicates: 0,
      outcomesUnknown: true,
    })
  })
})
