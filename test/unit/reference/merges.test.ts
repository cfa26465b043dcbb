import { describe, expect, it } from 'vitest'
import {
  accepted,
  at,
  closed,
  matterAfter,
  merged,
  petitionsAfter,
  registered,
  told,
  unmerged,
} from '../../reference/told-events.ts'

const petitionOf = (subject: string, time: string, petitionId = 'p1') =>
  registered(time, { petitionId }, { subject })

/** Which matter each of the petitions belongs to, as `origin>matter`. */
const homes = (events: Parameters<typeof petitionsAfter>[0]) =>
  petitionsAfter(events).map(({ originMatter, matterId }) => `${originMatter}>${matterId}`)

describe('a merged matter', () => {
  const events = [petitionOf('A', '2024-01-01'), petitionOf('B', '2024-01-02')]

  it('gives its petitions to the matter it is merged into, from the first on', () => {
    const all = [...events, merged('A', 'B', '2024-03-01')]
    expect(homes(all)).toEqual(['A>B', 'B>B'])
    expect(matterAfter(all, { matterId: 'B' }).petitionTimes).toEqual([
      at('2024-01-01'),
      at('2024-01-02'),
    ])
    expect(petitionsAfter(all).map(({ repeat }) => repeat)).toEqual([false, true])
  })

  it('gives them on along a chain', () => {
    const all = [...events, petitionOf('C', '2024-01-03')]
    const chain = [merged('A', 'B', '2024-03-01'), merged('B', 'C', '2024-02-01')]
    expect(homes([...all, ...chain])).toEqual(['A>C', 'B>C', 'C>C'])
    expect(matterAfter([...all, ...chain]).mergedInto).toBe('C')
  })

  it('keeps them when merged into itself', () => {
    const all = [...events, merged('A', 'A', '2024-03-01')]
    expect(homes(all)).toEqual(['A>A', 'B>B'])
    expect(matterAfter(all)).toMatchObject({ mergedInto: '', inScope: true })
  })

  it('has them back when the latest of its merges and unmerges is an unmerge', () => {
    const undone = [merged('A', 'B', '2024-03-01'), unmerged('A', 'B', '2024-03-02')]
    expect(homes([...events, ...undone])).toEqual(['A>A', 'B>B'])
    const redone = merged('A', 'B', '2024-03-03')
    expect(homes([...events, ...undone, redone])).toEqual(['A>B', 'B>B'])
  })

  it('of a merge and an unmerge at one moment takes the unmerge', () => {
    const both = [unmerged('A', 'B', '2024-03-01'), merged('A', 'B', '2024-03-01')]
    expect(homes([...events, ...both])).toEqual(['A>A', 'B>B'])
  })

  it('in a cycle belongs to the smallest matterId of the cycle, and so does a tail that leads in', () => {
    const all = [...events, petitionOf('C', '2024-01-03'), petitionOf('a', '2024-01-04')]
    const cycle = [
      merged('B', 'C', '2024-03-01'),
      merged('C', 'B', '2024-03-02'),
      merged('A', 'C', '2024-03-03'),
    ]
    expect(homes([...all, ...cycle])).toEqual(['A>B', 'B>B', 'C>B', 'a>a'])
    expect(matterAfter([...all, ...cycle], { matterId: 'B' }).mergedInto).toBe('')
    expect(matterAfter([...all, ...cycle], { matterId: 'C' }).mergedInto).toBe('B')
  })

  it('brings a matter to light that has no event of its own', () => {
    const all = [petitionOf('A', '2024-01-01'), merged('A', 'Z', '2024-02-01')]
    const ghost = { matterId: 'Z' }
    expect(matterAfter(all, ghost)).toMatchObject({ present: true, registeredAt: at('2024-01-01') })
    expect(matterAfter(all, { ...ghost, asOf: at('2024-01-15') }).present).toBe(false)
    const bare = merged('A', 'Z', '2024-02-01')
    expect(matterAfter([bare], ghost).present).toBe(false)
    const granted = told('matter.relief.v1', '2024-01-04', { amountFen: 500 })
    expect(matterAfter([bare, granted], ghost)).toMatchObject({
      present: true,
      relief: [{ amountFen: 500 }],
    })
  })
})

describe('what goes along with a merge', () => {
  it('is the relief, but not the acceptance, the closing or anything else', () => {
    const events = [
      petitionOf('A', '2024-01-01'),
      accepted('2024-01-02'),
      closed('2024-01-03'),
      told('matter.relief.v1', '2024-01-04', { amountFen: 500 }),
      told('matter.relief.v1', '2024-01-04', { amountFen: 20 }, { subject: 'B' }),
      merged('A', 'B', '2024-02-01'),
    ]
    expect(matterAfter(events, { matterId: 'B' })).toMatchObject({
      acceptedAt: null,
      closedAt: null,
      relief: [
        { at: at('2024-01-04'), amountFen: 20 },
        { at: at('2024-01-04'), amountFen: 500 },
      ],
    })
    expect(matterAfter(events)).toMatchObject({ relief: [], inScope: false, mergedInto: 'B' })
  })

  it('is the voiding of a petition, sent under the matter it was registered under', () => {
    const voiding = (subject: string) =>
      told('petition.voided.v1', '2024-01-20', { petitionId: 'p1' }, { subject })
    const events = [
      petitionOf('A', '2024-01-01'),
      petitionOf('B', '2024-01-02'),
      merged('A', 'B', '2024-02-01'),
    ]
    const voided = (subject: string) =>
      petitionsAfter([...events, voiding(subject)]).map((row) => row.voided)
    expect(voided('A')).toEqual([true, false])
    expect(voided('B')).toEqual([false, true])
  })

  it('is the reclassification of the survivor, not its own', () => {
    const events = [
      registered('2024-01-01', { category: '其他' }),
      told('matter.reclassified.v1', '2024-01-02', { category: '城建' }),
      told('matter.reclassified.v1', '2024-01-03', { region: '430103' }, { subject: 'B' }),
      merged('A', 'B', '2024-02-01'),
    ]
    expect(petitionsAfter(events)[0]).toMatchObject({ category: '其他', region: '430103' })
    expect(matterAfter(events, { matterId: 'B' })).toMatchObject({
      category: '其他',
      region: '430103',
    })
    expect(matterAfter(events)).toMatchObject({ category: '城建', region: '430102' })
  })
})

describe('the row of a merged-away matter', () => {
  it('is what it would be without its merge, out of scope and no longer due', () => {
    const alone = [registered('2024-01-01'), accepted('2024-01-02'), closed('2024-01-20')]
    const tail = [petitionOf('C', '2023-12-01'), merged('C', 'A', '2024-01-05')]
    const without = matterAfter([...alone, ...tail])
    const away = matterAfter([...alone, ...tail, merged('A', 'B', '2024-02-01')])
    expect(without.petitionTimes).toEqual([at('2023-12-01'), at('2024-01-01')])
    expect(without.dueAt).not.toBeNull()
    expect(away).toEqual({ ...without, mergedInto: 'B', inScope: false, dueAt: null })
  })

  it('in a cycle has the petitions of all that lead to it on the way', () => {
    const events = [
      petitionOf('A', '2024-01-01'),
      petitionOf('B', '2024-01-02'),
      petitionOf('C', '2024-01-03'),
      merged('A', 'B', '2024-02-01'),
      merged('B', 'C', '2024-02-02'),
      merged('C', 'A', '2024-02-03'),
    ]
    expect(matterAfter(events, { matterId: 'B' })).toMatchObject({
      mergedInto: 'A',
      petitionTimes: [at('2024-01-01'), at('2024-01-02'), at('2024-01-03')],
    })
  })
})
