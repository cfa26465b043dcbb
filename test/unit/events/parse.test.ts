import { describe, expect, it } from 'vitest'
import { definitions } from '../../../schemas/events/definitions.ts'
import { parseEvent } from '../../../schemas/events/parse.ts'
import { describeRefusal, MAX_REFUSALS } from '../../../schemas/events/refuse.ts'
import { type EventType, eventTypes } from '../../../schemas/events/types.ts'
import { sampleData, sentEvent } from './arbitraries.ts'

const refused = { receivedTime: 'refused' } as const

const eventOf = (raw: unknown) => {
  const result = parseEvent(raw, refused)
  if (!result.ok) throw new Error(result.errors.map(describeRefusal).join('; '))
  return result.event
}
/** The faults as `field CODE`. */
const faultsOf = (raw: unknown): string[] => {
  const result = parseEvent(raw, refused)
  return result.ok ? [] : result.errors.map(({ field, code }) => `${field} ${code}`)
}
const registered = (more: object) =>
  sentEvent('petition.registered.v1', { ...sampleData['petition.registered.v1'], ...more })
const settled = (more: object) => sentEvent('matter.settled.v1', {}, more)

describe.each(eventTypes)('%s', (type: EventType) => {
  const required = Object.entries(definitions[type].fields).filter(
    ([, { presence }]) => presence === 'required',
  )

  it('is accepted with what it requires', () => {
    const event = eventOf(sentEvent(type, sampleData[type]))
    expect(event.type).toBe(type)
    expect(event.data).toMatchObject(sampleData[type])
  })

  it('is refused without a required field, which is named', () => {
    for (const [name] of required) {
      const { [name]: _, ...rest } = sampleData[type] as Record<string, unknown>
      expect(faultsOf(sentEvent(type, rest))).toEqual([`data.${name} MISSING`])
    }
  })

  it('is refused with null for a field, required or not', () => {
    for (const name of Object.keys(definitions[type].fields)) {
      expect(faultsOf(sentEvent(type, { ...sampleData[type], [name]: null }))).toContain(
        `data.${name} NULL_VALUE`,
      )
    }
  })

  it('is refused with a field of another type, which is named', () => {
    expect(faultsOf(sentEvent(type, { ...sampleData[type], note: 'x' }))).toEqual([
      'data.note UNKNOWN_FIELD',
    ])
  })

  it('is refused with an object where a value belongs', () => {
    for (const name of Object.keys(definitions[type].fields)) {
      expect(faultsOf(sentEvent(type, { ...sampleData[type], [name]: {} }))).toEqual([
        `data.${name} WRONG_TYPE`,
      ])
    }
  })
})

describe('a parsed event', () => {
  it('has defaults filled in, and only them', () => {
    expect(eventOf(registered({})).data).toEqual({
      ...sampleData['petition.registered.v1'],
      people: 1,
      purpose: 'appeal',
      petitioners: [],
      flags: [],
      supplement: false,
      leaderReception: false,
    })
    expect(eventOf(sentEvent('matter.accepted.v1', { org: 'x' })).data).toEqual({
      org: 'x',
      route: 'petition',
    })
  })

  it('has stamps in epoch milliseconds, cut', () => {
    const event = eventOf(
      sentEvent(
        'matter.accepted.v1',
        { org: 'x', dueAt: '2024-05-01T00:00:00.9999+08:00', notifiedAt: '2024-03-02T00:00:00Z' },
        { recordedtime: '2024-03-01T09:29:59.0019+08:00' },
      ),
    )
    expect(event.time).toBe(Date.UTC(2024, 2, 1, 1, 30))
    expect(event.recordedTime).toBe(Date.UTC(2024, 2, 1, 1, 29, 59, 1))
    expect(event.receivedTime).toBeUndefined()
    expect(event.data).toMatchObject({
      dueAt: Date.UTC(2024, 3, 30, 16, 0, 0, 999),
      notifiedAt: Date.UTC(2024, 2, 2),
    })
  })

  it('has text and id trimmed', () => {
    const event = eventOf({ ...registered({ region: '\u3000长沙市 \n' }), id: ' e-1\t' })
    expect(event.id).toBe('e-1')
    expect(event.data).toMatchObject({ region: '长沙市' })
  })

  it('has each flag and each key once, keys in lower case', () => {
    const key = '0123456789ABCDEF'
    expect(
      eventOf(
        registered({
          flags: ['litigation', 'crossRegion', 'litigation'],
          petitioners: [key, key.toLowerCase()],
        }),
      ).data,
    ).toMatchObject({ flags: ['litigation', 'crossRegion'], petitioners: [key.toLowerCase()] })
  })

  it('keeps nothing of attributes that are not in the contract', () => {
    const plain = eventOf(settled({}))
    const more = {
      datacontenttype: 'application/json',
      dataschema: 'x',
      sequence: 7,
      traceparent: {},
    }
    expect(eventOf(settled(more))).toEqual(plain)
  })

  it('takes text of any characters, up to 128 of them', () => {
    for (const text of [
      '\u0000',
      '😀'.repeat(128),
      ` ${'x'.repeat(128)} `,
      '\u202e',
      "'; DROP --",
    ]) {
      expect(eventOf(registered({ category: text })).data).toMatchObject({ category: text.trim() })
    }
  })
})

describe('an attribute', () => {
  it.each(['specversion', 'id', 'source', 'type', 'subject', 'time', 'data'])(
    '%s is required',
    (name) => {
      const { [name]: _, ...rest } = settled({}) as Record<string, unknown>
      expect(faultsOf(rest)).toEqual([`${name} MISSING`])
    },
  )

  it.each([
    [{ specversion: '0.3' }, 'specversion UNSUPPORTED_SPECVERSION'],
    [{ specversion: 1 }, 'specversion UNSUPPORTED_SPECVERSION'],
    [{ id: '' }, 'id EMPTY'],
    [{ id: ' \u3000' }, 'id EMPTY'],
    [{ id: 7 }, 'id WRONG_TYPE'],
    [{ id: 'x'.repeat(129) }, 'id TOO_LONG'],
    [{ id: '\ud800' }, 'id BAD_CHARACTER'],
    [{ source: '' }, 'source EMPTY'],
    [{ source: '/offices 430100' }, 'source NOT_A_URI_REFERENCE'],
    [{ source: '/长沙' }, 'source NOT_A_URI_REFERENCE'],
    [{ source: '/%zz' }, 'source NOT_A_URI_REFERENCE'],
    [{ source: '43:0100' }, 'source NOT_A_URI_REFERENCE'],
    [{ source: `/${'x'.repeat(128)}` }, 'source TOO_LONG'],
    [{ subject: '' }, 'subject EMPTY'],
    [{ subject: 'M 1' }, 'subject BAD_CHARACTER'],
    [{ subject: ' M1' }, 'subject BAD_CHARACTER'],
    [{ subject: 'M1\n' }, 'subject BAD_CHARACTER'],
    [{ subject: '事项' }, 'subject BAD_CHARACTER'],
    [{ subject: 'x'.repeat(65) }, 'subject TOO_LONG'],
    [{ time: '2024-03-01' }, 'time NOT_A_STAMP'],
    [{ time: 1709256600000 }, 'time WRONG_TYPE'],
    [{ time: '2016-12-31T23:59:60Z' }, 'time NOT_A_STAMP'],
    [{ time: '2200-01-01T00:00:00Z' }, 'time STAMP_OUT_OF_RANGE'],
    [{ recordedtime: null }, 'recordedtime NULL_VALUE'],
    [{ recordedtime: 'now' }, 'recordedtime NOT_A_STAMP'],
    [{ receivedtime: '2024-03-01T09:30:00+08:00' }, 'receivedtime RECEIVED_TIME_REFUSED'],
    [{ type: 'matter.settled' }, 'type UNKNOWN_TYPE'],
    [{ type: 'matter.settled.v2' }, 'type UNKNOWN_TYPE'],
    [{ type: 'constructor' }, 'type UNKNOWN_TYPE'],
    [{ type: ['matter.settled.v1'] }, 'type WRONG_TYPE'],
    [{ data: null }, 'data NOT_AN_OBJECT'],
    [{ data: [] }, 'data NOT_AN_OBJECT'],
    [{ data: '{}' }, 'data NOT_AN_OBJECT'],
  ])('like %j is refused', (more, fault) => {
    expect(faultsOf(settled(more))).toEqual([fault])
  })

  it.each([
    { id: '😀'.repeat(128) },
    { subject: 'aZ09._:/|-' },
    { subject: 'x'.repeat(64) },
    { source: 'urn:office:43' },
    { source: '//office.example:80/a?b#c' },
    { source: 'https://[2001:db8::1]/x' },
    { source: '?x' },
    { source: 'http://' },
    { source: '/%E9%95%BF' },
  ])('like %j is accepted', (more) => {
    expect(faultsOf(settled(more))).toEqual([])
  })
})

describe('a field of data', () => {
  it.each([
    [{ people: 0 }, 'data.people OUT_OF_RANGE'],
    [{ people: 100_001 }, 'data.people OUT_OF_RANGE'],
    [{ people: 1.5 }, 'data.people OUT_OF_RANGE'],
    [{ people: '3' }, 'data.people WRONG_TYPE'],
    [{ people: Number.NaN }, 'data.people OUT_OF_RANGE'],
    [{ receivedLevel: 0 }, 'data.receivedLevel OUT_OF_RANGE'],
    [{ homeLevel: 6 }, 'data.homeLevel OUT_OF_RANGE'],
    [{ channel: 'Visit' }, 'data.channel NOT_IN_LIST'],
    [{ channel: ' visit' }, 'data.channel NOT_IN_LIST'],
    [{ channel: '来访' }, 'data.channel NOT_IN_LIST'],
    [{ region: 430102 }, 'data.region WRONG_TYPE'],
    [{ region: '' }, 'data.region EMPTY'],
    [{ region: '😀'.repeat(129) }, 'data.region TOO_LONG'],
    [{ region: 'a\udc00' }, 'data.region BAD_CHARACTER'],
    [{ supplement: 'true' }, 'data.supplement WRONG_TYPE'],
    [{ flags: 'litigation' }, 'data.flags WRONG_TYPE'],
    [{ flags: ['litigation', 'urgent'] }, 'data.flags[1] NOT_IN_LIST'],
    [{ flags: [null] }, 'data.flags[0] NULL_VALUE'],
    [{ petitioners: ['0123456789abcde'] }, 'data.petitioners[0] NOT_A_KEY'],
    [{ petitioners: ['0'.repeat(65)] }, 'data.petitioners[0] NOT_A_KEY'],
    [{ petitioners: ['张三'] }, 'data.petitioners[0] NOT_A_KEY'],
    [{ petitioners: [1] }, 'data.petitioners[0] WRONG_TYPE'],
  ])('like %j is refused', (more, fault) => {
    expect(faultsOf(registered(more))).toEqual([fault])
  })

  it.each([
    { people: 1 },
    { people: 100_000 },
    { receivedLevel: 1, competentLevel: 5 },
    { flags: [] },
    { petitioners: ['0'.repeat(16), 'f'.repeat(64)] },
  ])('like %j is accepted', (more) => {
    expect(eventOf(registered(more)).data).toMatchObject(more)
  })

  it('counts relief in whole fen up to the greatest exact integer', () => {
    const relief = (amountFen: number) => faultsOf(sentEvent('matter.relief.v1', { amountFen }))
    expect(relief(Number.MAX_SAFE_INTEGER)).toEqual([])
    expect(relief(Number.MAX_SAFE_INTEGER + 1)).toEqual(['data.amountFen OUT_OF_RANGE'])
    expect(relief(-1)).toEqual(['data.amountFen OUT_OF_RANGE'])
  })

  it('extends by 1 to 30 days', () => {
    const extended = (days: number) => faultsOf(sentEvent('matter.extended.v1', { days }))
    expect([0, 1, 30, 31].map((days) => extended(days).length)).toEqual([1, 0, 0, 1])
  })

  it('names a matter or an event by the rule of the attribute', () => {
    expect(faultsOf(sentEvent('matter.merged.v1', { into: '事项二' }))).toEqual([
      'data.into BAD_CHARACTER',
    ])
    expect(faultsOf(sentEvent('event.retracted.v1', { source: 'a b', id: 'x' }))).toEqual([
      'data.source NOT_A_URI_REFERENCE',
    ])
  })

  it('is needed where a reclassification would change nothing', () => {
    expect(faultsOf(sentEvent('matter.reclassified.v1', {}))).toEqual(['data NEEDS_ONE_OF'])
    for (const one of [{ region: 'x' }, { category: 'x' }, { org: 'x' }, { competentLevel: 1 }]) {
      expect(faultsOf(sentEvent('matter.reclassified.v1', one))).toEqual([])
    }
  })
})

describe('an identity', () => {
  const MOBILE = '13912345678'
  const CARD = '11010519491231002X'

  it.each([
    [registered({ region: `长沙 ${MOBILE}` }), 'data.region'],
    [registered({ petitionId: CARD }), 'data.petitionId'],
    [{ ...registered({}), id: `a-${MOBILE}` }, 'id'],
    [{ ...registered({}), subject: CARD }, 'subject'],
    [sentEvent('event.retracted.v1', { source: `/x/${MOBILE}`, id: 'x' }), 'data.source'],
    [sentEvent('matter.merged.v1', { into: MOBILE }), 'data.into'],
  ])('in %j is refused, its field named and its value not repeated', (raw, field) => {
    const result = parseEvent(raw, refused)
    expect(faultsOf(raw)).toEqual([`${field} IDENTITY`])
    expect(JSON.stringify(result)).not.toMatch(/13912345678|110105/)
    if (field === 'id') expect(result).toMatchObject({ ok: false, id: undefined })
  })

  it('is searched for beside other faults and under unknown fields and types', () => {
    expect(faultsOf(registered({ phone: MOBILE }))).toEqual([
      'data.phone UNKNOWN_FIELD',
      'data.phone IDENTITY',
    ])
    expect(faultsOf({ ...registered({ phone: MOBILE }), type: 'x' })).toEqual([
      'data.phone IDENTITY',
      'type UNKNOWN_TYPE',
    ])
    expect(faultsOf(registered({ channel: MOBILE }))).toEqual([
      'data.channel IDENTITY',
      'data.channel NOT_IN_LIST',
    ])
    expect(faultsOf(sentEvent('matter.accepted.v1', { org: 'x', dueAt: MOBILE }))).toEqual([
      'data.dueAt IDENTITY',
      'data.dueAt NOT_A_STAMP',
    ])
    expect(faultsOf(registered({ region: `${MOBILE} ${'x'.repeat(200)}` }))).toEqual([
      'data.region IDENTITY',
      'data.region TOO_LONG',
    ])
  })

  it('is not looked for among petitioner keys, nor in the source', () => {
    const number = '110105194912310023'
    expect(faultsOf(registered({ petitioners: [number, '1'.repeat(16)] }))).toEqual([])
    expect(faultsOf({ ...registered({}), source: `/x/${MOBILE}` })).toEqual([])
  })

  it('in the name of a field is not repeated', () => {
    for (const name of [MOBILE, `x${CARD}`, '139 1234 5678', 'y'.repeat(65), 'a\u0000b']) {
      const result = parseEvent(registered({ [name]: 1 }), refused)
      expect(faultsOf(registered({ [name]: 1 }))).toEqual(['data.(name not shown) UNKNOWN_FIELD'])
      expect(JSON.stringify(result)).not.toContain(name)
    }
  })
})

describe('a refusal', () => {
  it('reports every fault of an event at once', () => {
    expect(
      faultsOf({
        ...sentEvent('matter.forwarded.v1', { toOrg: '', mode: 'x', byLevel: 9 }),
        specversion: '2',
        source: ' ',
      }),
    ).toEqual([
      'specversion UNSUPPORTED_SPECVERSION',
      'source NOT_A_URI_REFERENCE',
      'data.toOrg EMPTY',
      'data.mode NOT_IN_LIST',
      'data.byLevel OUT_OF_RANGE',
    ])
  })

  it('is bounded', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, 1]))
    expect(faultsOf(registered(many))).toHaveLength(MAX_REFUSALS)
    const hidden = faultsOf(registered({ ...many, z: '13912345678' }))
    expect(hidden).toHaveLength(MAX_REFUSALS)
    expect(hidden).toContain('data.z IDENTITY')
  })

  it('gives the id where that is sound', () => {
    expect(parseEvent(registered({ people: 0 }), refused)).toMatchObject({ ok: false, id: 'e-1' })
  })

  it.each([null, undefined, 1, 'x', true, [], [registered({})]])(
    'is the answer to %j in place of an event',
    (raw) => {
      expect(faultsOf(raw)).toEqual([' NOT_AN_OBJECT'])
    },
  )

  it('meets names that mean something to objects', () => {
    const raw = JSON.parse(
      '{"specversion":"1.0","id":"1","source":"a","type":"matter.settled.v1","subject":"M","time":"2024-03-01T00:00:00Z","__proto__":{"x":1},"constructor":1,"data":{"__proto__":{"days":1},"toString":1,"hasOwnProperty":2}}',
    )
    expect(faultsOf(raw)).toEqual([
      'data.__proto__ UNKNOWN_FIELD',
      'data.toString UNKNOWN_FIELD',
      'data.hasOwnProperty UNKNOWN_FIELD',
    ])
    expect(Object.hasOwn(Object.prototype, 'days')).toBe(false)
  })
})
