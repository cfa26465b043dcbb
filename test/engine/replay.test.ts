import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPulse, type Pulse } from '../../consumers/open.ts'
import { rebuild } from '../../consumers/projector/rebuild.ts'
import { type RefoldAsked, refold } from '../../consumers/replay/replay.ts'
import type { RefoldReport } from '../../consumers/replay/report.ts'
import { problemOf } from '../../schemas/http/problem.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { bulkWorld } from '../reference/bulk-world.ts'
import { receivedEvents } from '../reference/histories.ts'
import { drawnDelivery, rowsAt } from '../support/folded-log.ts'
import { nothingOtherwise } from '../support/refold-report.ts'
import { mutated, tablesBeside } from '../support/stored-facts.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const timezone = 'Asia/Shanghai'
const work = temporaryDirectory('replay')
let store: Store
let pulse: Pulse

beforeAll(async () => {
  store = await openEmbedded({ directory: work.path() })
  pulse = await openPulse({ store, timezone, rests: false })
  for (const part of drawnDelivery(3)) await pulse.log.publish(part)
  await pulse.log.publish(receivedEvents(bulkWorld({ seed: 11, matters: 400, prefix: 'b-' })))
})
afterAll(() => pulse.close())

const noLog = () => Promise.reject(new Error('not asked'))

const replay = async (asked: Partial<RefoldAsked> = {}): Promise<RefoldReport> => {
  const told: RefoldReport[] = []
  const report = await refold(
    { store, rebuild: pulse.rebuild, watermark: pulse.watermark, log: noLog, now: Date.now },
    { from: 'store', dryRun: false, ...asked },
    { progress: () => undefined, report: (found) => told.push(found) },
  )
  expect(told).toEqual([report])
  return report
}

/** Some matters in scope that are closed, and not of a merge. */
const closedMatters = async (): Promise<string[]> =>
  (
    await store.query<{ matter_id: string }>(
      `SELECT matter_id FROM matters FINAL WHERE present AND NOT voided AND in_scope AND closed_at IS NOT NULL AND accepted_at IS NOT NULL
       AND startsWith(matter_id, 'b-') AND matter_id NOT IN (SELECT arrayJoin([subject, into]) FROM merge_edges) ORDER BY matter_id LIMIT 3`,
    )
  ).map(({ matter_id }) => matter_id)

describe('a replay', () => {
  it('of what is folded right finds nothing, whatever the histories, and leaves the same rows', async () => {
    const before = await rowsAt(store)
    expect(await replay()).toMatchObject({ dryRun: false, ...nothingOtherwise })
    expect(await rowsAt(store)).toEqual(before)
    expect(await tablesBeside(store)).toEqual([])
  })

  it('names what is missing, what is too much and what is otherwise, with the figures they move', async () => {
    const [changed = '', deleted = ''] = await closedMatters()
    const before = await rowsAt(store)
    const counted = async () =>
      (
        await store.query<Record<'matters' | 'closures' | 'accepted', number>>(
          `SELECT countIf(present AND NOT voided AND merged_into = '' AND registered_at IS NOT NULL) AS matters,
             countIf(present AND NOT voided AND in_scope AND closed_at IS NOT NULL) AS closures,
             countIf(present AND NOT voided AND in_scope AND accepted_at IS NOT NULL) AS accepted FROM matters FINAL`,
        )
      )[0]
    const right = await counted()
    await mutated(
      store,
      'matters',
      `UPDATE closed_at = NULL, outcome = '' WHERE matter_id = '${changed}'`,
    )
    await mutated(store, 'matters', `DELETE WHERE matter_id = '${deleted}'`)
    await store.command(
      "INSERT INTO matters (matter_id, present, region) SELECT 'zz-stray', true, '430100'",
    )
    const [petition] = await store.query<{ origin_matter: string; petition_id: string }>(
      `SELECT origin_matter, petition_id FROM petitions FINAL WHERE present AND counted AND startsWith(origin_matter, 'b-') ORDER BY ALL LIMIT 1`,
    )
    await mutated(
      store,
      'petitions',
      `DELETE WHERE origin_matter = '${petition?.origin_matter}' AND petition_id = '${petition?.petition_id}'`,
    )
    const wrong = await counted()
    const spoilt = await rowsAt(store)

    const found = await replay({ dryRun: true })
    expect(found).toMatchObject({
      dryRun: true,
      mattersOnlyLive: 1,
      mattersOnlyNew: 1,
      mattersDiffer: 1,
      petitionsOnlyLive: 0,
      petitionsOnlyNew: 1,
      petitionsDiffer: 0,
      inFlight: 0,
      columns: [
        { table: 'matters', column: 'closed_at', differ: 1 },
        { table: 'matters', column: 'outcome', differ: 1 },
      ],
      samples: [
        { table: 'matters', difference: 'onlyLive', matter: 'zz-stray' },
        { table: 'matters', difference: 'onlyNew', matter: deleted },
        { table: 'matters', difference: 'differ', matter: changed },
        { table: 'petitions', difference: 'onlyNew', matter: petition?.origin_matter },
      ],
    })
    const figure = (id: string) => found.figures.find((one) => one.figure === id)
    for (const id of ['matters', 'closures', 'accepted'] as const)
      expect([id, figure(id)?.live ?? wrong?.[id], figure(id)?.new ?? right?.[id]]).toEqual([
        id,
        wrong?.[id],
        right?.[id],
      ])
    expect(figure('closure_rate')).toBeDefined()
    expect(figure('petitions')?.new).toBe((figure('petitions')?.live ?? 0) + 1)
    // a dry run leaves everything as it was, and nothing beside
    expect(await rowsAt(store)).toEqual(spoilt)
    expect(await tablesBeside(store)).toEqual([])

    expect(await replay()).toEqual({ ...found, dryRun: false })
    expect(await rowsAt(store)).toEqual(before)
    expect(await replay()).toMatchObject(nothingOtherwise)
  })

  it('says when a stored event is gone that the live tables know', async () => {
    const [, , matter = ''] = await closedMatters()
    await store.command('CREATE TABLE kept_events AS case_events')
    await store.command(
      `INSERT INTO kept_events SELECT * FROM case_events WHERE subject = '${matter}'`,
    )
    await mutated(store, 'case_events', `DELETE WHERE subject = '${matter}' AND type_rank = 9`)
    const found = await replay({ dryRun: true })
    expect(found).toMatchObject({ mattersOnlyLive: 0, mattersDiffer: 1, inFlight: 0 })
    expect(found.columns.map(({ column }) => column)).toEqual(
      expect.arrayContaining(['closed_at', 'outcome', 'first_closed_at']),
    )
    await store.command('INSERT INTO case_events SELECT * FROM kept_events')
    await store.command('DROP TABLE kept_events SYNC')
    expect(await replay({ dryRun: true })).toMatchObject(nothingOtherwise)
  })

  it('that is cut off switches nothing, and the next one begins anew', async () => {
    const before = await rowsAt(store)
    const failing = pulse.rebuild({
      beforeSwitch: () => Promise.reject(new Error('cut off')),
    })
    await expect(failing).rejects.toThrow('cut off')
    expect(await rowsAt(store)).toEqual(before)
    // a process that ended left its tables
    await store.command('CREATE TABLE matters_next AS matters')
    await store.command('CREATE TABLE case_events_next AS case_events')
    expect(await replay()).toMatchObject(nothingOtherwise)
    expect(await tablesBeside(store)).toEqual([])
  })

  it('does not begin while another is under way', async () => {
    const [first, second] = await Promise.allSettled([
      rebuild(store, { timezone }),
      rebuild(store, { timezone }),
    ])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'STORE_BUSY' } })
    // whoever asked over HTTP is told what to do
    const { reason } = second as PromiseRejectedResult
    expect(problemOf(reason).detail).toContain('run the command again')
  })

  it('takes what arrives meanwhile for no difference', async () => {
    let sending = true
    let sent = 0
    const send = async () => {
      for (; sending; sent++)
        await pulse.log.publish(
          receivedEvents(bulkWorld({ seed: 100 + sent, matters: 5, prefix: `late${sent}-` })),
        )
    }
    const traffic = send()
    const found = await replay()
    sending = false
    await traffic
    const { inFlight: _, ...differences } = nothingOtherwise
    expect(found).toMatchObject(differences)
    expect(sent).toBeGreaterThan(0)
    expect(await replay({ dryRun: true })).toMatchObject(nothingOtherwise)
  })
})
