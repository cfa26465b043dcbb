import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimOrigins, lostClaims } from '../../consumers/log/claims.ts'
import { storeProgress } from '../../consumers/log/progress-rows.ts'
import { readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { setMark } from '../../schemas/tables/marks.ts'
import { migrate } from '../../schemas/tables/migrate.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const directory = temporaryDirectory('claims')
const [first, second] = ['events/0', 'events/1'] as const

describe('claims on partitions', () => {
  let store: Store
  beforeAll(async () => {
    store = await openEmbedded({ directory: directory.path() })
    await migrate(store)
    await setMark(store, 'log', JSON.stringify({ topic: 'events', partitions: 2 }))
  })
  afterAll(() => store.close())

  const watermark = async () => watermarkOf(await readProgress(store))
  const promise = (origin: string, claim: number, folded: number, at: number) =>
    storeProgress(store, [{ origin, claim, folded, watermark: at }], at)

  it('go to whoever claims last, and only its promises count', async () => {
    const before = await claimOrigins(store, [first, second], 1)
    const [a, other] = [before.get(first), before.get(second)]
    if (a === undefined || other === undefined) throw new Error('nothing was claimed')
    await promise(second, other.claim, 0, 9_000)
    await promise(first, a.claim, 10, 5_000)
    expect(await watermark()).toBe(5_000)

    const b = (await claimOrigins(store, [first], 2)).get(first)
    expect(b).toMatchObject({ folded: 10, watermark: 5_000, told: 5_000 })
    expect(await lostClaims(store, [{ origin: first, claim: a.claim }, other])).toEqual([
      { origin: first, claim: a.claim },
    ])
    // what the first had in hand arrives late
    await promise(first, a.claim, 12, 8_000)
    expect(await watermark()).toBe(5_000)
    await promise(first, b?.claim ?? 0, 14, 6_000)
    expect(await watermark()).toBe(6_000)
    for (const merged of [false, true]) {
      if (merged) await store.maintain('OPTIMIZE TABLE log_progress FINAL')
      expect(await watermark()).toBe(6_000)
    }
    // and the next one takes in what may have been told in between
    expect((await claimOrigins(store, [first], 3)).get(first)).toMatchObject({
      folded: 14,
      watermark: 8_000,
      told: 8_000,
    })
  })

  it('made at the same moment stand for one of them only', async () => {
    const both = await Promise.all([
      claimOrigins(store, ['events/7'], 1, () => 0.25),
      claimOrigins(store, ['events/7'], 1, () => 0.75),
    ])
    const standing = both.filter((claimed) => claimed.size > 0)
    const [last] = (await readProgress(store)).origins.filter(({ origin }) => origin === 'events/7')
    expect(standing.map((claimed) => claimed.get('events/7')?.claim)).toContain(last?.claim)
    const held = both.flatMap((claimed) => [...claimed.values()])
    expect((await lostClaims(store, held)).length).toBe(held.length - 1)
  })
})
