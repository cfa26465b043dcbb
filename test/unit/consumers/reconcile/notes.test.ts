import { describe, expect, it } from 'vitest'
import { notesOf } from '../../../../consumers/reconcile/notes.ts'

const fedBy = { topic: 'events', partitions: 1 }
const read = { origin: 'events/0', folded: 9, stored: 9 }
const whole = { begin: 0, end: 9 }

describe('notes of a reconciliation', () => {
  it('say that the log was not asked, where there is one', () => {
    expect(notesOf(undefined, [], undefined)).toEqual([])
    expect(notesOf(fedBy, [read], undefined)).toEqual([
      expect.stringMatching(/topic events.*KAFKA_BROKERS is not set/),
    ])
  })

  it('say that another topic was asked than the one that feeds the store', () => {
    const later = [{ origin: 'b.events/0', ...whole, committed: 9 }]
    expect(notesOf(fedBy, [read], later)).toEqual([
      expect.stringMatching(/fed from events, and b\.events was asked.*KAFKA_TOPIC_PREFIX/),
    ])
    expect(notesOf(undefined, [], later)).toEqual([])
  })

  it('say that the group has committed nothing of what is stored', () => {
    const later = [{ origin: 'events/0', ...whole }]
    expect(notesOf(fedBy, [read], later)).toEqual([expect.stringContaining('KAFKA_GROUP_ID')])
    expect(notesOf(fedBy, [{ ...read, folded: 0 }], later)).toEqual([])
    const another = { origin: 'events/1', begin: 0, end: 0 }
    expect(
      notesOf(fedBy, [read], [{ origin: 'events/0', ...whole, committed: 9 }, another]),
    ).toEqual([])
  })

  it('say where the group was set back to, and not that a commit came a moment later', () => {
    const partitions = [{ ...read, committed: 5 }]
    expect(notesOf(fedBy, partitions, [{ origin: 'events/0', ...whole, committed: 5 }])).toEqual([
      expect.stringMatching(/^events\/0: the group goes on at 5, and everything before 9/),
    ])
    expect(notesOf(fedBy, partitions, [{ origin: 'events/0', ...whole, committed: 9 }])).toEqual([])
  })
})
