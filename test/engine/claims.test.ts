import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAssignment } from '../../consumers/log/assignment.ts'
import { claimOrigins, lostClaims } from '../../consumers/log/claims.ts'
import { createHolding } from '../../consumers/log/holding.ts'
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

  it('have who lost a partition leave it, begin anew when it is assigned again, and end where it never is', async () => {
    const lines: string[] = []
    const clock = { now: 1_000 }
    const consumer = () => {
      const assignment = createAssignment('held')
      const holding = createHolding({
        store: { ...store, kind: 'server' },
        topic: 'held',
        assignment,
        committed: async () => new Map([[0, 4]]),
        look: async () => [0, 1].map((partition) => ({ partition, low: 0, end: 9 })),
        sessionTimeoutMs: 100,
        onGone: () => undefined,
        log: (line) => lines.push(line),
        now: () => clock.now,
      })
      return { assignment, holding }
    }
    const [old, next] = [consumer(), consumer()]
    old.assignment.assign([0, 1], false)
    await old.holding.recall()
    const [zero, one] = old.assignment.all()
    if (zero === undefined || one === undefined) throw new Error('nothing was assigned')
    const progress = zero.progress
    expect([progress.next(), one.progress.next()]).toEqual([4, 0])
    const fetched = [zero, zero, one].map(({ partition, progress }) => ({ partition, progress }))
    expect(await old.holding.owned(fetched)).toEqual(fetched)

    next.assignment.assign([0], false)
    await next.holding.recall()
    expect(await old.holding.owned(fetched)).toEqual(fetched.slice(2))
    expect(lines).toEqual([expect.stringContaining('held/0: another consumer has it now')])
    expect(old.assignment.all()).toEqual([one])
    expect(old.holding.takenForGood()).toBe(false)
    clock.now += 60_000
    expect(old.holding.takenForGood()).toBe(true)

    old.assignment.assign([0, 1], true)
    expect(old.holding.takenForGood()).toBe(false)
    await old.holding.recall()
    expect(old.assignment.of(0)?.progress).not.toBe(progress)
    expect(old.assignment.of(1)).toBe(one)
    const ours = next.assignment.all()
    expect(await next.holding.owned(ours)).toEqual([])
  })
})
