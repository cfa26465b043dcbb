import { describe, expect, it } from 'vitest'
import { formatHalfUp, fractionOf } from '../../../dashboards/figures/exact.ts'
import { checkQuestion, readQuestion } from '../../../dashboards/figures/question.ts'
import { parseEvent } from '../../../schemas/events/parse.ts'
import { goldenNotExpressed } from './golden-not-expressed.ts'
import { goldenWorlds } from './golden-worlds.ts'

describe('the 62 sets', () => {
  it('are each rebuilt, or listed with the reason', () => {
    const ids = [...goldenWorlds, ...goldenNotExpressed].map(({ id }) => id).sort()
    expect(ids).toEqual(Array.from({ length: 62 }, (_, n) => `G${String(n + 1).padStart(2, '0')}`))
  })

  it.each(goldenWorlds.map((world) => [world.id, world] as const))(
    '%s asks questions that can be asked, of events that can be told',
    (_, { events, questions }) => {
      for (const { question } of questions) checkQuestion(readQuestion(question, 'Asia/Shanghai'))
      const refused = events
        .map((event) => parseEvent(event, { receivedTime: 'refused' }))
        .filter(({ ok }) => !ok)
      expect(refused).toEqual([])
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    },
  )

  it.each(
    goldenWorlds.flatMap(({ id, questions }) =>
      questions.flatMap(({ rows, printedRate }) =>
        printedRate === undefined ? [] : [[id, rows[0] ?? {}, printedRate] as const],
      ),
    ),
  )('%s prints as expected', (_, row, printed) => {
    const { numerator, denominator } = row
    expect(
      [2, 1, 0].map((decimals) =>
        formatHalfUp(Number(numerator) * 100, Number(denominator), decimals),
      ),
    ).toEqual(printed)
    expect(fractionOf(Number(row['value'])).denominator).toBeGreaterThan(0n)
  })
})
