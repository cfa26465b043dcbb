import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { canonicalJson, sha256Hex } from '../../../schemas/events/canonical.ts'
import { parseEvent, parseEventText } from '../../../schemas/events/parse.ts'
import { eventTypes } from '../../../schemas/events/types.ts'
import { type Upcasters, upcasters } from '../../../schemas/events/upcast.ts'

const recorded = (name: string): string =>
  readFileSync(new URL(`./recorded/${name}`, import.meta.url), 'utf8')

/** A version before the first, which no contract lists, so that the way of a v1 after a v2 is trodden. */
const withV0: Upcasters = new Map([
  [
    'petition.registered.v0',
    {
      to: 'petition.registered.v1',
      upcast: ({ visitors, ...data }) =>
        visitors === undefined ? data : { ...data, people: visitors },
    },
  ],
])
const options = { receivedTime: 'refused', upcasters: withV0 } as const
const sample = recorded('petition.registered.v0.json')

describe('an event of an older version', () => {
  it('is read as the current one', () => {
    expect(parseEventText(sample, options)).toMatchObject({
      ok: true,
      event: {
        type: 'petition.registered.v1',
        id: '2019-000017',
        data: { petitionId: 'P-2019-17', channel: 'visit', people: 6, purpose: 'appeal' },
      },
    })
  })

  it('keeps the identity of its content as it was sent', () => {
    const result = parseEventText(sample, options)
    const canonical = canonicalJson(JSON.parse(sample))
    expect(result).toMatchObject({ event: { canonical, contentHash: sha256Hex(canonical) } })
    expect(canonical).toContain('"visitors":6')
  })

  it('is checked by the rules of the current one', () => {
    const raw = JSON.parse(sample)
    const faults = (data: object) => {
      const result = parseEvent({ ...raw, data: { ...raw.data, ...data } }, options)
      return result.ok ? [] : result.errors.map(({ field, code }) => `${field} ${code}`)
    }
    expect(faults({ visitors: 0 })).toEqual(['data.people OUT_OF_RANGE'])
    expect(faults({ note: 'x' })).toEqual(['data.note UNKNOWN_FIELD'])
    expect(faults({ region: '13912345678' })).toEqual(['data.region IDENTITY'])
  })

  it('is refused where nothing says how to read it', () => {
    expect(parseEventText(sample, { receivedTime: 'refused' })).toMatchObject({
      ok: false,
      errors: [{ field: 'type', code: 'UNKNOWN_TYPE' }],
    })
  })

  it('is never one of a current type', () => {
    for (const [older, { to }] of upcasters) {
      expect(eventTypes).not.toContain(older)
      expect(eventTypes).toContain(to)
    }
  })
})

describe('the recorded events of version 1', () => {
  const lines = recorded('v1.ndjson').trim().split('\n')
  const results = lines.map((line) => parseEventText(line, { receivedTime: 'refused' }))

  it('are of every type', () => {
    const types = lines.map((line): unknown => JSON.parse(line).type)
    expect(new Set(types)).toEqual(new Set(eventTypes))
  })

  it('are read for good, with the content they had when they were recorded', () => {
    const hashes = results.map((result) => (result.ok ? result.event.contentHash : result.errors))
    expect(hashes).toEqual(recorded('v1.sha256').trim().split('\n'))
  })
})
