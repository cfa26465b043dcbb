import { dirname, join, normalize } from 'node:path'
import schema from '@asyncapi/specs/schemas/3.0.0-without-$id.json' with { type: 'json' }
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { parseEvent } from '../../../schemas/events/parse.ts'
import { read } from './repo-files.ts'

const page = 'docs/asyncapi.yaml'
const document: unknown = parse(read(page))

const messageShape = z.object({
  payload: z.object({ schema: z.object({ $ref: z.string() }) }),
  bindings: z.object({ kafka: z.object({ key: z.object({ pattern: z.string() }) }) }),
  examples: z.array(z.object({ name: z.string(), payload: z.record(z.string(), z.unknown()) })),
})
const { info, channels, components } = z
  .object({
    info: z.object({ version: z.string() }),
    channels: z.record(
      z.string(),
      z.object({
        address: z.string(),
        bindings: z.object({ kafka: z.object({ topic: z.string() }) }),
      }),
    ),
    components: z.object({
      messages: z.object({ caseEvent: messageShape, acceptedCaseEvent: messageShape }),
    }),
  })
  .parse(document)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const refsIn = (value: unknown): readonly string[] =>
  !isRecord(value)
    ? []
    : Object.entries(value).flatMap(([name, inner]) =>
        name === '$ref' && typeof inner === 'string' ? [inner] : refsIn(inner),
      )

/** What a `$ref` of the page points to; undefined where there is nothing. */
const follow = (ref: string): unknown => {
  const [file = '', pointer = ''] = ref.split('#')
  const from: unknown =
    file === '' ? document : JSON.parse(read(normalize(join(dirname(page), file))))
  return pointer
    .split('/')
    .slice(1)
    .reduce((value, name) => (isRecord(value) ? value[name] : undefined), from)
}

const eventSchema = JSON.parse(read('schemas/events/json-schema/case-event.schema.json'))

describe('the description of the topics', () => {
  it('is AsyncAPI 3.0', () => {
    const validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(
      schema,
    )
    validate(document)
    expect(validate.errors).toBeNull()
    expect(validate({ ...(document as object), channels: { caseEvents: { adress: 'x' } } })).toBe(
      false,
    )
  })

  it('points to what is there', () => {
    const refs = refsIn(document)
    expect(refs.length).toBeGreaterThan(10)
    expect(refs.filter((ref) => follow(ref) === undefined)).toEqual([])
  })

  it('is of the version of the package', () => {
    expect(info.version).toBe(JSON.parse(read('package.json')).version)
  })

  it('names the topics of the contract', () => {
    const named = Object.values(channels)
    expect(named.map(({ address }) => address)).toEqual([
      'petition.case-events',
      'petition.case-events.dead-letters',
      'petition.alerts',
    ])
    expect(named.map(({ bindings }) => bindings.kafka.topic)).toEqual(
      named.map(({ address }) => address),
    )
  })

  it('takes the committed schema for what is sent, and the id of a matter for the key', () => {
    const { caseEvent, acceptedCaseEvent } = components.messages
    expect(follow(caseEvent.payload.schema.$ref)).toEqual(eventSchema)
    expect(follow(acceptedCaseEvent.payload.schema.$ref)).toEqual(eventSchema.$defs.logged)
    for (const { bindings } of [caseEvent, acceptedCaseEvent])
      expect(bindings.kafka.key.pattern).toBe(eventSchema.$defs.matterId.pattern)
  })

  it.each([
    ['caseEvent', 'refused', eventSchema],
    ['acceptedCaseEvent', 'carried', { ...eventSchema.$defs.logged, $defs: eventSchema.$defs }],
  ] as const)('shows examples of %s that the system takes', (name, receivedTime, given) => {
    const { examples } = components.messages[name]
    expect(examples.length).toBeGreaterThan(0)
    const validate = new Ajv2020({ strict: false, logger: false }).compile(given)
    for (const { payload } of examples) {
      expect(parseEvent(payload, { receivedTime })).toMatchObject({ ok: true })
      expect(validate(payload)).toBe(true)
    }
  })
})
