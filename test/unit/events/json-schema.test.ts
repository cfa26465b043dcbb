import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { caseEventSchema } from '../../../schemas/events/json-schema.ts'
import { parseEvent } from '../../../schemas/events/parse.ts'
import type { RefusalCode } from '../../../schemas/events/reasons.ts'
import { eventTypes } from '../../../schemas/events/types.ts'
import { anyEvent, sampleData, sentEvent } from './arbitraries.ts'
import { anyMutation } from './mutations.ts'

const committed: unknown = JSON.parse(
  readFileSync(
    new URL('../../../schemas/events/json-schema/case-event.schema.json', import.meta.url),
    'utf8',
  ),
)
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false })
ajv.addFormat('date-time', true)
ajv.addFormat('uri-reference', true)
const schema = { $id: 'https://events.test/case-event', ...caseEventSchema() }
const isSent = ajv.compile(schema)
const isLogged = ajv.compile({ $ref: 'https://events.test/case-event#/$defs/logged' })

/** What the schema says it cannot express. */
const beyondSchema: readonly RefusalCode[] = ['IDENTITY', 'STAMP_OUT_OF_RANGE']

describe('the committed JSON Schema', () => {
  it('is what the definitions say; if not: npm run build && node scripts/build-event-schema.mjs', () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(caseEventSchema())))
  })

  it('accepts an event of each type', () => {
    for (const type of eventTypes) expect(isSent(sentEvent(type, sampleData[type]))).toBe(true)
  })

  it('accepts receivedtime in the log, but not from an office', () => {
    const event = sentEvent('matter.settled.v1', {}, { receivedtime: '2024-03-02T00:00:00Z' })
    expect([isSent(event), isLogged(event)]).toEqual([false, true])
    expect(isLogged({ ...event, receivedtime: 'now' })).toBe(false)
  })

  it('accepts what the parser accepts', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(isSent(event)).toBe(true)
      }),
    )
  })

  it('refuses what the parser refuses, but for what it says it cannot express', () => {
    fc.assert(
      fc.property(anyMutation, (raw) => {
        const result = parseEvent(raw, { receivedTime: 'refused' })
        const beyond =
          result.ok ||
          result.errors.every(
            ({ code, message }) =>
              beyondSchema.includes(code) ||
              (code === 'NOT_A_STAMP' && message.includes('does not exist')) ||
              (code === 'BAD_CHARACTER' && message.includes('surrogate')),
          )
        expect(isSent(raw)).toBe(beyond)
      }),
      { numRuns: 1500 },
    )
  })
})
