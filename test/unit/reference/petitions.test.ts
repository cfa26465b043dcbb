import { describe, expect, it } from 'vitest'
import {
  accepted,
  at,
  matterAfter,
  merged,
  petitionsAfter,
  registered,
  retraction,
  told,
} from '../../reference/told-events.ts'

describe('a petition', () => {
  it('registered more than once is as its earliest registration has it', () => {
    const events = [
      registered('2024-01-05', { channel: 'visit', people: 7 }),
      registered('2024-01-04', { channel: 'online' }),
    ]
    expect(petitionsAfter(events)).toMatchObject([
      { time: at('2024-01-04'), channel: 'online', people: 1, repeat: false, counted: true },
    ])
  })

  it('has the other registration when the earlier one is retracted', () => {
    const wrong = registered('2024-01-04', { channel: 'online' })
    const right = registered('2024-01-05', { channel: 'visit' })
    expect(petitionsAfter([wrong, right, retraction(wrong, '2024-02-01')])).toMatchObject([
      { present: true, channel: 'visit' },
    ])
  })

  it('is voided by any voiding that names it, even one that came first', () => {
    const voiding = told('petition.voided.v1', '2024-01-01', { petitionId: 'p1' })
    expect(petitionsAfter([registered('2024-01-05'), voiding])).toMatchObject([
      { voided: true, counted: false, repeat: false },
    ])
    expect(matterAfter([registered('2024-01-05'), voiding])).toMatchObject({
      voided: true,
      registeredAt: null,
    })
  })

  it('that is a supplement counts for nothing, but keeps its matter from being void', () => {
    const events = [
      registered('2024-01-01', { petitionId: 'p1' }),
      registered('2024-01-02', { petitionId: 'p2', supplement: true }),
      told('petition.voided.v1', '2024-01-03', { petitionId: 'p1' }),
    ]
    expect(petitionsAfter(events).map(({ counted }) => counted)).toEqual([false, false])
    expect(matterAfter(events)).toMatchObject({ voided: false, registeredAt: null, present: true })
  })

  it('after the first of its matter is a repeat; ties go by petitionId, then by original matter', () => {
    const repeats = (...events: Parameters<typeof petitionsAfter>[0]) =>
      petitionsAfter(events)
        .filter(({ repeat }) => repeat)
        .map(({ originMatter, petitionId }) => `${originMatter}/${petitionId}`)
    const same = (petitionId: string, subject = 'A', id = petitionId) =>
      registered('2024-01-01', { petitionId }, { subject, id })
    expect(repeats(same('\u{1F600}', 'A', '1'), same('\uFF5E', 'A', '2'))).toEqual(['A/\u{1F600}'])
    const intoA = (...subjects: string[]) => subjects.map((one) => merged(one, 'A', '2024-02-01'))
    const twins = [same('p', 'C', '1'), same('p', 'B', '2')]
    expect(repeats(...twins, ...intoA('B', 'C'))).toEqual(['C/p'])
    expect(repeats(...twins, ...intoA('C', 'B'))).toEqual(['C/p'])
    expect(repeats(same('p', 'A'), same('p', 'B'), merged('A', 'B', '2024-02-01'))).toEqual(['B/p'])
    const supplement = registered('2023-12-31', { petitionId: 's', supplement: true })
    expect(repeats(supplement, same('p'))).toEqual([])
  })

  it('is reclassified field by field, each by the latest that gives it', () => {
    const events = [
      registered('2024-01-01', { competentLevel: 2 }),
      told('matter.reclassified.v1', '2024-02-01', { region: '430103', category: '劳动' }),
      told('matter.reclassified.v1', '2024-02-02', { category: '环保', competentLevel: 3 }),
      told('matter.reclassified.v1', '2023-02-01', { category: '教育', org: '教育局' }),
    ]
    expect(petitionsAfter(events)).toMatchObject([
      { region: '430103', category: '环保', competentLevel: 3, org: '教育局' },
    ])
  })

  it('without an org has none, though its matter has that of the acceptance', () => {
    const events = [registered('2024-01-01'), accepted('2024-01-02', { org: '住建局' })]
    expect(petitionsAfter(events)).toMatchObject([{ org: '' }])
    expect(matterAfter(events).org).toBe('住建局')
  })
})
