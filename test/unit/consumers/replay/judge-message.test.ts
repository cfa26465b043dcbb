import { describe, expect, it } from 'vitest'
import { contentOf, NO_CONTENT } from '../../../../consumers/log/position-rows.ts'
import { type Judged, judgeMessage } from '../../../../consumers/replay/judge-message.ts'
import { type ParseResult, parseEventText } from '../../../../schemas/events/parse.ts'
import { wireEvent } from '../../intake/memory-log.ts'

const event: ParseResult = parseEventText(JSON.stringify(wireEvent(1)), { receivedTime: 'carried' })
const content = event.ok ? contentOf(event.event) : ''
const broken: ParseResult = parseEventText('no event', { receivedTime: 'carried' })
const asEvent = { kind: 'event', content, received: 70 } as const
const asDead = { kind: 'dead', content: NO_CONTENT, received: 80 } as const

const judged = (over: Partial<Judged> = {}) =>
  judgeMessage({
    position: 5,
    appendedAt: 200,
    parsed: event,
    known: [],
    partition: { origin: 'log/0', passed: 10, watermark: 100 },
    busy: false,
    ...over,
  })

describe('a message of the log', () => {
  it('that was stored is received when it was', () => {
    expect(judged({ known: [asEvent] })).toEqual({ fate: 'event', received: 70, fresh: false })
    expect(judged({ known: [asEvent], busy: true })).toMatchObject({ fate: 'event', received: 70 })
    expect(judged({ parsed: broken, known: [asDead] })).toEqual({
      fate: 'letter',
      received: 80,
      fresh: false,
    })
  })

  it('that the store has no trace of is received when the log took it, or behind what was told', () => {
    expect(judged()).toEqual({ fate: 'event', received: 200, fresh: true })
    expect(judged({ appendedAt: 100 })).toMatchObject({ received: 101, fresh: true })
    expect(judged({ parsed: broken, appendedAt: 7 })).toEqual({
      fate: 'letter',
      received: 101,
      fresh: true,
    })
    // its topic was made anew: something else stood there before
    const other = { ...asEvent, content: 'f'.repeat(32) }
    expect(judged({ known: [other] })).toMatchObject({ received: 200, fresh: true })
  })

  it('without a trace is not brought in beside consumers at work, nor one they come to', () => {
    expect(judged({ busy: true })).toEqual({ fate: 'passedOver' })
    expect(judged({ busy: true, parsed: broken })).toEqual({ fate: 'passedOver' })
    expect(judged({ busy: true, position: 10 })).toEqual({ fate: 'left' })
  })

  it('that ended otherwise under older rules stays so', () => {
    expect(judged({ known: [asDead] })).toEqual({ fate: 'settled' })
    expect(judged({ parsed: broken, known: [asEvent] })).toEqual({ fate: 'settled' })
    expect(judged({ busy: true, known: [asDead] })).toEqual({ fate: 'settled' })
  })
})
