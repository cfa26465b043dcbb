import { describe, expect, it } from 'vitest'
import { openPulse } from '../../consumers/open.ts'
import { foldTouched } from '../../consumers/projector/fold-touched.ts'
import { type RelationsOptions, relationsAt } from '../../schemas/fold/source.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { drawnDelivery, everything, expectedRows } from '../support/folded-log.ts'
import { matterRows, petitionRows } from '../support/folded-rows.ts'
import { TIMEZONE } from '../support/log-consumer.ts'
import { scratchDirectory } from '../support/scratch-store.ts'

/** The ways a cut is read: with a list, the large part apart, the engine picking, and while all moves. */
const ways: readonly RelationsOptions[] = [
  {},
  { leastRowsApart: 1 },
  { mostListed: 0 },
  { moving: true },
]

const rowsBy = async (store: Store, receivedBy: number, way: RelationsOptions) => {
  const relations = await relationsAt(store, { ...everything, receivedBy }, TIMEZONE, way)
  return {
    matters: await matterRows(store, `(SELECT * FROM ${relations.matters} WHERE present)`),
    petitions: await petitionRows(store, `(SELECT * FROM ${relations.petitions} WHERE present)`),
  }
}

/** Hostile histories in three parts, one received a day after another. */
const parts = (seed: number) => {
  const events = drawnDelivery(seed).flat()
  const size = Math.ceil(events.length / 3)
  return [0, 1, 2].map((part) => {
    const receivedTime = Date.UTC(2025, 0, 1 + part)
    return {
      receivedTime,
      events: events
        .slice(part * size, (part + 1) * size)
        .map((event) => ({ ...event, receivedTime })),
    }
  })
}

const at = (receivedBy: number) => ({ ...everything, receivedBy })

describe('a fold that is visible in one of its two tables', () => {
  it('changes no figure as received before it, whichever shows it first', async () => {
    const store = await openEmbedded({ directory: await scratchDirectory('two-tables') })
    const pulse = await openPulse({ store, timezone: TIMEZONE, rests: false })
    const [first, second, third] = parts(7)
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('no history was generated')
    await pulse.log.publish(first.events)

    const addIn = async (
      hidden: 'matters' | 'petitions',
      told: typeof first,
      added: typeof first,
      all: typeof first.events,
    ) => {
      const expected = expectedRows(all, at(told.receivedTime))
      const before = await Promise.all(
        [{}, { mostListed: 0 }].map((way) =>
          relationsAt(store, at(told.receivedTime), TIMEZONE, way),
        ),
      )
      for (const { held } of before) expect(await held()).toBe(true)
      await store.command(`DETACH TABLE folded_to_${hidden} SYNC`)
      await pulse.log.publish(added.events)
      for (const { held } of before) expect(await held()).toBe(false)
      for (const way of ways) expect(await rowsBy(store, told.receivedTime, way)).toEqual(expected)
      await store.command(`ATTACH TABLE folded_to_${hidden}`)
      const subjects = new Set(all.map(({ subject }) => subject))
      await foldTouched(store, { table: 'folded', timezone: TIMEZONE }, subjects)
    }

    const two = [...first.events, ...second.events]
    await addIn('petitions', first, second, two)
    await addIn('matters', second, third, [...two, ...third.events])
    expect(await rowsBy(store, second.receivedTime, {})).toEqual(
      expectedRows(two, at(second.receivedTime)),
    )
    await pulse.close()
  })
})
