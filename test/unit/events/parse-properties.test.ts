import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { definitions } from '../../../schemas/events/definitions.ts'
import type { CaseEvent } from '../../../schemas/events/event.ts'
import type { Field } from '../../../schemas/events/fields.ts'
import { parseEvent } from '../../../schemas/events/parse.ts'
import { refusalCodes } from '../../../schemas/events/reasons.ts'
import { MAX_REFUSALS } from '../../../schemas/events/refuse.ts'
import { anyEvent, anyStamp } from './arbitraries.ts'
import { anyMutation } from './mutations.ts'

const refused = { receivedTime: 'refused' } as const
const carried = { receivedTime: 'carried' } as const

const eventOf = (raw: unknown): CaseEvent => {
  const result = parseEvent(raw, refused)
  if (!result.ok) throw new Error(JSON.stringify(result.errors))
  return result.event
}
const iso = (time: number): string => new Date(time).toISOString()

/** A parsed event sent again: as its office would have sent it in the plainest form. */
const sentAgain = ({ type, id, source, subject, time, recordedTime, data }: CaseEvent) => ({
  specversion: '1.0',
  type,
  id,
  source,
  subject,
  time: iso(time),
  ...(recordedTime === undefined ? {} : { recordedtime: iso(recordedTime) }),
  data: Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const fields: Readonly<Record<string, Field>> = definitions[type].fields
      return [name, fields[name]?.kind === 'stamp' ? iso(Number(value)) : value]
    }),
  ),
})

const meaningOf = ({ canonical: _, contentHash: __, ...rest }: CaseEvent) => rest

describe('parsing', () => {
  it('accepts every valid event', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { id, source, subject, type, time } = eventOf(event)
        expect([id, source, subject, type]).toEqual([
          event.id.trim(),
          event.source,
          event.subject,
          event.type,
        ])
        expect(time).toBe(Date.parse(event.time.replace(/(\.\d{3})\d+/, '$1')))
      }),
      { numRuns: 300 },
    )
  })

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const once = eventOf(event)
        const twice = eventOf(sentAgain(once))
        expect(meaningOf(twice)).toEqual(meaningOf(once))
        expect(eventOf(sentAgain(twice))).toEqual(twice)
      }),
      { numRuns: 300 },
    )
  })

  it('leaves the event as it was and gives the same twice', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const before = JSON.stringify(event)
        expect(eventOf(event)).toEqual(eventOf(event))
        expect(JSON.stringify(event)).toBe(before)
      }),
    )
  })

  it('takes the time of receipt from the log and only from there', () => {
    fc.assert(
      fc.property(anyEvent, anyStamp, (event, receivedtime) => {
        const raw = { ...event, receivedtime }
        const result = parseEvent(raw, carried)
        expect(result.ok && result.event).toMatchObject({
          receivedTime: Date.parse(receivedtime.replace(/(\.\d{3})\d+/, '$1')),
          contentHash: eventOf(event).contentHash,
        })
        expect(parseEvent(raw, refused)).toMatchObject({
          ok: false,
          errors: [{ field: 'receivedtime', code: 'RECEIVED_TIME_REFUSED' }],
        })
      }),
    )
  })

  it('answers anything else with faults, never with an exception', () => {
    let rejections = 0
    fc.assert(
      fc.property(fc.oneof(anyMutation, fc.jsonValue()), fc.boolean(), (raw, log) => {
        const result = parseEvent(raw, log ? carried : refused)
        if (result.ok) {
          expect(meaningOf(eventOf(sentAgain(result.event)))).toEqual({
            ...meaningOf(result.event),
            receivedTime: undefined,
          })
          return
        }
        rejections += 1
        expect(result.errors.length).toBeGreaterThan(0)
        expect(result.errors.length).toBeLessThanOrEqual(MAX_REFUSALS)
        for (const { field, code, message } of result.errors) {
          expect(refusalCodes).toContain(code)
          expect(field).toMatch(/^[^\p{C}]*$/u)
          expect(message).toMatch(/^\p{Ll}[^\p{C}]{10,}$/u)
        }
      }),
      { numRuns: 1500 },
    )
    expect(rejections).toBeGreaterThan(500)
  })

  it('never repeats a value that was sent', () => {
    const secret = 'zqxj-13912345678-zqxj'
    fc.assert(
      fc.property(anyEvent, fc.nat(), fc.nat(), (event, a, b) => {
        const names = Object.keys(event).filter((name) => name !== 'data')
        const dataNames = [...Object.keys(definitions[event.type].fields), 'note', 'x']
        const raw = {
          ...event,
          [names[a % names.length] ?? 'id']: secret,
          data: { ...event.data, [dataNames[b % dataNames.length] ?? 'x']: [secret, { secret }] },
        }
        const result = parseEvent(raw, refused)
        expect(result.ok).toBe(false)
        expect(JSON.stringify(result)).not.toMatch(/zqxj|139/)
      }),
    )
  })
})
