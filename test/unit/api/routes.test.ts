import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiRoutes } from '../../../cli/serve/routes.ts'
import type { Reconciliation } from '../../../consumers/reconcile/report.ts'
import type { RefoldReport } from '../../../consumers/replay/report.ts'
import { hostRule } from '../../../dashboards/api/app.ts'
import { healthRoutes } from '../../../dashboards/api/health-routes.ts'
import { createTelemetry } from '../../../dashboards/api/telemetry.ts'
import type { FigureQuestionText } from '../../../dashboards/figures/question.ts'
import type { InquiryQuery } from '../../../dashboards/inquiries/inquiry.ts'
import { PulseError } from '../../../schemas/errors.ts'
import type { LedgerState } from '../../../schemas/log/ledger-state.ts'
import { parseSettings } from '../../../schemas/settings/settings.ts'
import { nothingOtherwise } from '../../support/refold-report.ts'
import { memoryLog, wireEvent } from '../intake/memory-log.ts'
import { type ServedApp, serveRoutes } from './serve-routes.ts'

const settings = parseSettings({ PULSE_TIMEZONE: 'Asia/Urumqi' })
const asked: FigureQuestionText[] = []
const reconciled: Reconciliation = {
  at: '2024-06-01T00:00:00.000Z',
  clean: true,
  watermark: '2024-06-01T00:00:00.000Z',
  gaps: [],
  notes: [],
  partitions: [],
  events: 1,
  matters: 1,
  petitions: 0,
}
const inquired: { operationId: string; query: InquiryQuery }[] = []
const states = new Map<string, LedgerState>()
let storeAnswers = true
const emptyReport: RefoldReport = {
  from: 'store',
  dryRun: false,
  events: 0,
  matters: 0,
  ...nothingOtherwise,
}
let replay: () => Promise<{ events: number; matters: number }> = async () => ({
  events: 3,
  matters: 2,
})

const routes = apiRoutes({
  settings,
  instance: 'this-run',
  telemetry: createTelemetry({ store: async () => storeAnswers }),
  log: () => undefined,
  runtime: {
    edge: { log: memoryLog().log, receivedClock: Date.now },
    figure: async (question) => {
      asked.push(question)
      if (question.by === 'surprise') throw new Error('inner detail')
      if (question.by === 'colour') throw new PulseError('USAGE', 'no dimension "colour"')
      return {
        metric: 'petitions',
        unit: '件次',
        basis: 'E',
        from: String(question.from),
        to: String(question.to),
        asOf: '2024-01-20T00:00:00+06:00',
        receivedBy: '2024-01-20T00:00:00+06:00',
        rows: [{ year: '2024', month: '2024-05', value: 12345 }],
      }
    },
    inquire: async ({ operationId }, query) => {
      inquired.push({ operationId, query })
      return {} as never
    },
    priorLedgerEvents: async (source, prefix) => [
      { subject: 'm1', id: `${prefix}1` },
      { subject: source, id: `${prefix}2` },
    ],
    ledgerState: async (source) => states.get(source) ?? {},
    noteLedger: async (source, _prefix, state) => {
      states.set(source, state)
    },
    replay: async (asked, { progress, report }) => {
      progress(1, 3)
      const found = { ...emptyReport, ...asked, ...(await replay()) }
      report(found)
      return found
    },
    schema: async () => ({ version: 3, applied: [] }),
    reconcile: async (progress) => {
      progress(1, 2)
      return reconciled
    },
    deadLetters: {
      list: async () => [],
      show: async () => {
        throw new PulseError('NOT_FOUND', 'No such letter.')
      },
      replay: async ({ dryRun }) => ({
        dryRun,
        letters: 0,
        published: 0,
        already: 0,
        rejected: [],
        rejectedCount: 0,
      }),
    },
    storeAnswers: async () => storeAnswers,
  },
})

let app: ServedApp
beforeAll(async () => {
  app = await serveRoutes(routes)
})
afterAll(() => app.stop())

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${app.url}${path}`, { headers })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
}

describe('questions made of figures', () => {
  it('are asked with the parts of the path and the query', async () => {
    const path = `/api/v1/campaigns/${encodeURIComponent('清零/行动')}?where=region%3D43&where=channel%3Dvisit`
    expect((await get(path)).status).toBe(200)
    expect(inquired.at(-1)).toEqual({
      operationId: 'campaign',
      query: { campaign: '清零/行动', where: ['region=43', 'channel=visit'] },
    })
    await get('/api/v1/figures/petitions/cases?from=2024-01-01&to=2025-01-01&after=m1')
    expect(inquired.at(-1)).toEqual({
      operationId: 'cases',
      query: { metric: 'petitions', from: '2024-01-01', to: '2025-01-01', after: 'm1' },
    })
  })

  it('refuse a parameter they do not have', async () => {
    const { status, json } = await get('/api/v1/rankings/petitions?form=2024-01-01')
    expect(status).toBe(400)
    expect(json().detail).toContain('did you mean from?')
  })
})

describe('the OpenAPI document', () => {
  it('is valid', async () => {
    const document = (await get('/api/v1/openapi.json')).json()
    const result = await new Validator().validate(document)
    expect(result.errors).toBeUndefined()
    expect(result.valid).toBe(true)
  })

  it('lists every route that is served, and no other', async () => {
    const { paths } = (await get('/api/v1/openapi.json')).json() as {
      paths: Record<string, Record<string, { operationId: string }>>
    }
    const listed = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    )
    expect(listed.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort())
    for (const path of [
      '/api/v1/events',
      '/api/v1/metrics',
      '/api/v1/figures/{metric}',
      '/healthz',
      '/readyz',
      '/metrics',
    ])
      expect(Object.keys(paths)).toContain(path)
  })

  it('points at nothing that is not in it', async () => {
    const { text, json } = await get('/api/v1/openapi.json')
    const { schemas } = json().components as { schemas: Record<string, object> }
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref)
    expect(refs.length).toBeGreaterThan(20)
    for (const ref of refs) expect(Object.keys(schemas)).toContain(ref?.split('/').at(-1))
    expect(schemas['petition.registered.v1']).toMatchObject({ additionalProperties: false })
  })

  it('gives every operation an id of its own', async () => {
    const ids = routes.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('GET /api/v1/figures/{metric}', () => {
  it('asks with the query as typed and says the zone', async () => {
    asked.length = 0
    const answer = await get(
      '/api/v1/figures/petitions?from=2024-01-01&to=2024-02-01&by=month&where=channel%3Dvisit&where=region%3D4301&scope=43',
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-pulse-timezone')).toBe('Asia/Urumqi')
    expect(answer.json().rows).toEqual([{ year: '2024', month: '2024-05', value: 12345 }])
    expect(asked[0]).toMatchObject({
      metric: 'petitions',
      by: 'month',
      where: ['channel=visit', 'region=4301'],
      scope: '43',
    })
  })

  it.each([
    ['from=2024-01-01', 'to is missing'],
    ['from=2024-01-01&to=2024-02-01&form=json', 'did you mean from'],
    ['from=2024-01-01&from=2024-01-02&to=2024-02-01', 'more than once'],
    ['from=2024-01-01&to=2024-02-01&by=colour', 'colour'],
  ])('answers 400 to %s, saying what is right', async (query, said) => {
    const answer = await get(`/api/v1/figures/petitions?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(answer.json().detail).toContain(said)
  })

  it('says nothing of the inside when something unforeseen happens, and logs it', async () => {
    const before = app.logged.length
    const answer = await get('/api/v1/figures/petitions?from=2024-01-01&to=2024-02-01&by=surprise')
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('inner detail')
    expect(app.logged.length).toBe(before + 1)
  })
})

describe('the registry', () => {
  it('is listed with definition, unit, basis and SQL', async () => {
    const { metrics } = (await get('/api/v1/metrics')).json()
    expect(metrics[0]).toMatchObject({ id: 'petitions', unit: '件次', basis: 'E' })
    for (const metric of metrics)
      expect(metric.sql.table).toMatch(/^(petitions|matters)( ARRAY JOIN .*)?$/)
  })

  it('answers 404 to a metric that is none, with the nearest', async () => {
    const answer = await get('/api/v1/metrics/petition')
    expect(answer.status).toBe(404)
    expect(answer.json().detail).toContain('petitions')
  })
})

describe('those who watch', () => {
  it('learn that the process is up, and which run it is', async () => {
    expect((await get('/healthz')).json()).toMatchObject({ status: 'up', instance: 'this-run' })
  })

  it('learn from a query whether the store answers', async () => {
    expect((await get('/readyz')).status).toBe(200)
    storeAnswers = false
    const answer = await get('/readyz')
    storeAnswers = true
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).not.toBeNull()
  })

  it('learn which part does not answer, where the process has several', async () => {
    const answers = { store: true, log: true }
    const probes = { store: async () => answers.store, log: async () => answers.log }
    const telemetry = createTelemetry(probes, ['logged'])
    const served = await serveRoutes(
      healthRoutes({ instance: 'i', version: '0', probes, telemetry }),
    )
    const ready = async () => {
      const response = await fetch(`${served.url}/readyz`)
      return { status: response.status, ...((await response.json()) as object) }
    }
    expect(await ready()).toEqual({ status: 'ready' })
    answers.log = false
    expect(await ready()).toMatchObject({ status: 503, code: 'LOG_UNAVAILABLE' })
    const { text } = await telemetry.expose()
    await served.stop()
    expect(text).toContain('pulse_store_up 1')
    expect(text).toContain('pulse_log_up 0')
    expect(text).toContain('pulse_events_accepted_total{outcome="logged"} 0')
    expect(text).not.toContain('outcome="new"')
  })

  it('count accepted and refused events, and time requests by route', async () => {
    const body = [wireEvent(1), wireEvent(1), wireEvent(2, { data: {} }), wireEvent(3, { id: '' })]
    await fetch(`${app.url}/api/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(body),
    })
    const telemetry = createTelemetry({ store: async () => false })
    telemetry.timeRequest('get', '/x')(200)
    expect((await telemetry.expose()).text).toContain('pulse_store_up 0')
    const { text } = await get('/metrics')
    expect(text).toContain('pulse_events_accepted_total{outcome="new"} 1')
    expect(text).toContain('pulse_events_accepted_total{outcome="duplicate"} 1')
    expect(text).toMatch(/pulse_events_rejected_total\{reason="MISSING"\} 1/)
    expect(text).toContain('pulse_store_up 1')
  })
})

describe('what the command line needs of a running process', () => {
  const post = (headers: Record<string, string>, query = '') =>
    fetch(`${app.url}/api/v1/replay${query}`, { method: 'POST', headers, body: '{}' })

  it('a replay tells its progress and its result, one a line', async () => {
    const lines = (await (await post({ 'content-type': 'application/json' })).text()).split('\n')
    expect(lines.filter((line) => line !== '').map((line) => JSON.parse(line))).toEqual([
      { done: 0, whole: 0 },
      { done: 1, whole: 3 },
      { report: { ...emptyReport, events: 3, matters: 2 } },
      { ...emptyReport, events: 3, matters: 2 },
    ])
  })

  it('a replay is told whether to leave all as it is', async () => {
    const json = { 'content-type': 'application/json' }
    const asked = await (await post(json, '?dryRun=true')).text()
    expect(JSON.parse(asked.trim().split('\n').at(-1) ?? '')).toMatchObject({
      dryRun: true,
    })
    expect((await post(json, '?dryRun=perhaps')).status).toBe(400)
  })

  it('a replay that fails says so at the end of its answer', async () => {
    replay = async () => {
      throw new PulseError('STORE_UNAVAILABLE', 'disk /dev/x is full')
    }
    const text = await (await post({ 'content-type': 'application/json' })).text()
    replay = async () => ({ events: 3, matters: 2 })
    expect(text).toContain('"code":"STORE_UNAVAILABLE"')
    expect(text).not.toContain('/dev/x')
  })

  it('a replay cannot be asked by a form of another site', async () => {
    expect((await post({ 'content-type': 'text/plain' })).status).toBe(415)
  })

  it('earlier events of a ledger are told by identity', async () => {
    const answer = await get('/api/v1/ledger-events?source=/o&idPrefix=ab.')
    expect(answer.text).toBe('{"subject":"m1","id":"ab.1"}\n{"subject":"/o","id":"ab.2"}\n')
    expect((await get('/api/v1/ledger-events?source=/o')).status).toBe(400)
  })

  it('that an import of a ledger ended is told and asked, by no form of another site', async () => {
    const at = '/api/v1/ledger-events/state?source=/o&idPrefix=ab.'
    const say = (type: string, body = '{"finished":true}') =>
      fetch(`${app.url}${at}`, { method: 'POST', headers: { 'content-type': type }, body })
    expect((await get(at)).json()).toEqual({})
    expect((await say('text/plain')).status).toBe(415)
    for (const body of ['[]', '7', '{"finished":"yes"}', '{"keyPrint":"secret"}', '{"other":1}'])
      expect((await say('application/json', body)).status).toBe(400)
    expect((await say('application/json', `"${'x'.repeat(2000)}"`)).status).toBe(413)
    expect((await get(at)).json()).toEqual({})
    expect((await say('application/json')).status).toBe(204)
    expect((await get(at)).json()).toEqual({ finished: true })
    expect((await get('/api/v1/ledger-events/state?idPrefix=ab.')).status).toBe(400)
  })

  it('what is stored can be waited for', async () => {
    const answer = await get('/api/v1/settled')
    expect(answer.status).toBe(200)
    expect(answer.json()).toEqual({ status: 'settled' })
  })
})

describe('the page at /', () => {
  it('says what this is and shows figures', async () => {
    const answer = await get('/')
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.text).toContain('lang="zh-CN"')
    expect(answer.text).toContain('12,345')
    expect(answer.text).toContain('<h2>2024-05 ')
    expect(asked.at(-1)).toMatchObject({ from: '2024-05-01', to: '2024-06-01' })
    expect(answer.text).toContain('/api/v1/openapi.json')
  })
})

describe('an address', () => {
  it('where nothing is answers 404 in problem+json', async () => {
    const answer = await get('/api/v2/nothing')
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
  })

  it('with a broken escape answers 400', async () => {
    expect((await get('/api/v1/metrics/%E0%A4%A')).status).toBe(400)
  })
})

describe('the host a request names', () => {
  it.each([
    ['127.0.0.1:8080', true],
    ['localhost', true],
    ['[::1]:9', true],
    ['stats.example', true],
    ['evil.example', false],
    ['127.0.0.1.evil.example', false],
    [undefined, false],
  ])('%s is answered when listening on this machine: %s', (host, answered) => {
    expect(hostRule('127.0.0.1', ['stats.example'])(host)).toBe(answered)
  })

  it('may be any when listening to the network, unless some are listed', () => {
    expect(hostRule('0.0.0.0', [])('stats.example')).toBe(true)
    expect(hostRule('0.0.0.0', ['stats.example'])('other.example')).toBe(false)
  })
})
