import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { closeHours } from '../../consumers/conservation/close-hours.ts'
import { keepHours } from '../../consumers/conservation/keep-hours.ts'
import {
  conservationSeriesNames,
  createConservationSeries,
} from '../../consumers/conservation/series.ts'
import { openPulse, type Pulse } from '../../consumers/open.ts'
import { checkPositions, type LogOffsets } from '../../consumers/reconcile/check-positions.ts'
import { reconcile } from '../../consumers/reconcile/reconcile.ts'
import { type GapKind, gapKinds, type Reconciliation } from '../../consumers/reconcile/report.ts'
import { readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { migrate } from '../../schemas/tables/migrate.ts'
import { deliveryPlan } from '../reference/delivery-plans.ts'
import { receivedEvents } from '../reference/histories.ts'
import { historyBatch } from '../reference/history-batches.ts'
import { type StoredLog, type StoredMessage, storedLog } from '../support/stored-log.ts'

const timezone = 'Asia/Shanghai'
const SECOND = 1_000
const START = Date.UTC(2024, 5, 1)

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pulse-reconcile-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const history = (seed: number, prefix: string, count: number) => {
  const [batch] = fc.sample(historyBatch({ timezone, prefix, count }), { numRuns: 1, seed })
  return receivedEvents(batch?.sent ?? [])
}

const plan = (seed: number, count: number): number[][] =>
  fc.sample(deliveryPlan(count), { numRuns: 1, seed })[0] ?? []

/** The same matter in the same partition. */
const partitionOf = (text: string, partitions: number): number =>
  [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521, 7) %
  partitions

/** A hostile history as a log holds it: events in any order, some again, broken messages, and gaps. */
const messagesOf = (seed: number, prefix: string, count: number): StoredMessage[][] => {
  const events = history(seed, prefix, count)
  let number = 0
  return plan(seed, events.length).map((part) =>
    part.flatMap((index) => {
      const event = events[index]
      if (event === undefined) return []
      number += 1
      const at = {
        partition: partitionOf(event.subject, 3),
        appendedAt: START + number * 20 * SECOND,
      }
      return [
        { ...at, value: event.canonical, ...(number % 17 === 0 ? { skip: number % 3 } : {}) },
        ...(number % 11 === 0 ? [{ ...at, value: `no event ${number}` }] : []),
      ]
    }),
  )
}

const kinds = ({ gaps }: Reconciliation): GapKind[] => [...new Set(gaps.map(({ kind }) => kind))]

describe('a store fed from a log', () => {
  let store: Store
  let log: StoredLog
  let messages: StoredMessage[]

  const look = (
    offsets: readonly LogOffsets[] = log.offsets(),
    later = offsets,
  ): Promise<Reconciliation> => {
    const looks = [offsets]
    return reconcile({
      store,
      watermark: async () => watermarkOf(await readProgress(store)) ?? 0,
      now: Date.now,
      log: { offsets: async () => looks.pop() ?? later, name: async (places) => places },
    })
  }
  const rows = <Row>(sql: string) => store.query<Row>(sql)
  /** Takes rows away, or puts others in their place, looks, and makes it as it was. */
  const without = async (table: string, where: string, other = ''): Promise<Reconciliation> => {
    const remove = `ALTER TABLE ${table} DELETE WHERE ${where} SETTINGS mutations_sync = 2`
    await store.command('DROP TABLE IF EXISTS kept SYNC')
    await store.command(`CREATE TABLE kept AS ${table}`)
    await store.command(`INSERT INTO kept SELECT * FROM ${table} WHERE ${where}`)
    try {
      await store.command(remove)
      if (other !== '')
        await store.command(`INSERT INTO ${table} SELECT * REPLACE (${other}) FROM kept`)
      return await look()
    } finally {
      await store.command(remove)
      await store.command(`INSERT INTO ${table} SELECT * FROM kept`)
    }
  }

  beforeAll(async () => {
    store = await openEmbedded({ directory, database: 'fed' })
    await migrate(store)
    log = await storedLog(store, { topic: 'events', partitions: 3, timezone })
    const parts = messagesOf(1, 'a-', 60)
    messages = parts.flat()
    for (const part of parts) if (part.length > 0) await log.take(part)
  })
  afterAll(() => store.close())

  it('is clean, with every message ended as it did', async () => {
    const report = await look()
    expect(report.gaps).toEqual([])
    expect(report).toMatchObject({ clean: true, notes: [] })
    // counted a second way: by the messages in the order of their receipt
    const seen = new Map<string, Set<string>>()
    const ended = { new: 0, duplicate: 0, conflict: 0, deadLetter: 0 }
    for (const { value } of messages) {
      if (value.startsWith('no event')) {
        ended.deadLetter++
        continue
      }
      const { subject, source, id } = JSON.parse(value)
      const key = JSON.stringify([subject, source, id])
      const contents = seen.get(key) ?? new Set()
      ended[contents.size === 0 ? 'new' : contents.has(value) ? 'duplicate' : 'conflict']++
      seen.set(key, contents.add(value))
    }
    expect(report.outcomes).toEqual(ended)
    expect(Math.min(...Object.values(ended))).toBeGreaterThan(0)
    expect(report.partitions.map(({ lag }) => lag)).toEqual([0, 0, 0])
  })

  it('has its hours summed once, and the same however often', async () => {
    const hours = () =>
      rows<object>('SELECT * EXCEPT closed_at FROM log_hours FINAL ORDER BY origin, hour')
    const before = await hours()
    expect(before.length).toBeGreaterThan(10)
    expect(await closeHours(store, Date.now())).toBe(0)
    await store.command('TRUNCATE TABLE log_hours')
    expect(await closeHours(store, Date.now())).toBe(before.length)
    expect(await hours()).toEqual(before)
  })

  it('names a raw row that is gone, by its positions and its matter', async () => {
    const [row] = await rows<{ subject: string; id: string; hash: string }>(
      'SELECT subject, id, hex(content_hash) AS hash FROM case_events WHERE subject NOT IN (SELECT arrayJoin([subject, into]) FROM merge_edges) ORDER BY subject LIMIT 1 OFFSET 20',
    )
    const report = await without('case_events', `hex(content_hash) = '${row?.hash}'`)
    expect(kinds(report)).toEqual(['events'])
    const positions = report.gaps.flatMap((gap) => gap.positions ?? [])
    const logged = await rows<object>(
      `SELECT toString(origin) AS origin, position FROM log_positions FINAL WHERE hex(content) = '${row?.hash.slice(0, 32)}' ORDER BY origin, position`,
    )
    expect(positions).toEqual(logged)
    expect(report.gaps.flatMap((gap) => gap.matters ?? [])).toEqual([row?.subject])
    expect(report.gaps.some(({ message }) => message.includes(row?.subject ?? '-'))).toBe(true)
    expect((await look()).gaps).toEqual([])
  })

  it('names the component of a merged matter whose raw row is gone', async () => {
    const [row] = await rows<{ subject: string; hash: string }>(
      'SELECT subject, hex(content_hash) AS hash FROM case_events WHERE subject IN (SELECT arrayJoin([subject, into]) FROM merge_edges WHERE subject != into) ORDER BY subject LIMIT 1',
    )
    const report = await without('case_events', `hex(content_hash) = '${row?.hash}'`)
    expect(kinds(report)).toEqual(['events'])
    expect(report.gaps.flatMap((gap) => gap.matters ?? [])).toContain(row?.subject)
  })

  it('names a folded row that is gone, merged or not', async () => {
    for (const merged of ['IN', 'NOT IN']) {
      const [row] = await rows<{ matter: string }>(
        `SELECT matter_id AS matter FROM matters WHERE matter_id ${merged} (SELECT arrayJoin([subject, into]) FROM merge_edges) ORDER BY matter_id LIMIT 1 OFFSET 3`,
      )
      const report = await without('matters', `matter_id = '${row?.matter}'`)
      expect(kinds(report)).toEqual(['matters'])
      expect(report.gaps[0]).toMatchObject({ found: 1, matters: [row?.matter] })
      expect(report.gaps[0]?.message).toContain('pulse replay')
    }
  })

  it('names a folded row that did not see all', async () => {
    const [row] = await rows<{ matter: string }>(
      'SELECT subject AS matter FROM case_events FINAL WHERE subject NOT IN (SELECT arrayJoin([subject, into]) FROM merge_edges) GROUP BY subject HAVING count() > 3 ORDER BY subject LIMIT 1',
    )
    const report = await without(
      'matters',
      `matter_id = '${row?.matter}'`,
      'version - 7 AS version',
    )
    expect(report.gaps).toMatchObject([{ kind: 'matters', found: 1, matters: [row?.matter] }])
    expect((await look()).gaps).toEqual([])
  })

  it('names a petition whose row is gone', async () => {
    const [row] = await rows<{ matter: string; petition: string }>(
      'SELECT origin_matter AS matter, petition_id AS petition FROM petitions ORDER BY origin_matter, petition_id LIMIT 1 OFFSET 7',
    )
    const report = await without(
      'petitions',
      `origin_matter = '${row?.matter}' AND petition_id = '${row?.petition}'`,
    )
    expect(report.gaps).toMatchObject([
      {
        kind: 'petitions',
        found: 1,
        petitions: [{ matter: row?.matter, petitionId: row?.petition }],
      },
    ])
  })

  it('names a petition row of an older fold', async () => {
    const [row] = await rows<{ matter: string }>(
      'SELECT origin_matter AS matter FROM petitions ORDER BY origin_matter LIMIT 1 OFFSET 9',
    )
    const report = await without(
      'petitions',
      `origin_matter = '${row?.matter}'`,
      'version - 5 AS version',
    )
    expect(report.gaps).toMatchObject([{ kind: 'petitions', matters: [row?.matter] }])
  })

  it('names positions that have no row, at the beginning, between and at the end', async () => {
    const [last] = log.offsets().slice(1, 2)
    const end = last?.end ?? 0
    for (const [where, from, to] of [
      ['position < 2', 0, 1],
      ['position BETWEEN 20 AND 22', 20, 22],
      [`position >= ${end - 3}`, end - 3, end - 1],
    ] as const) {
      const report = await without('log_positions', `origin = 'events/1' AND ${where}`)
      expect(report.gaps).toContainEqual(
        expect.objectContaining({ origin: 'events/1', from, to, found: to - from + 1 }),
      )
      expect(
        kinds(report).filter((kind) => !['positions', 'offsets', 'hours'].includes(kind)),
      ).toEqual([])
      expect((await look()).gaps).toEqual([])
    }
  })

  it('names the first hundred holes of a partition, and counts the others', async () => {
    await store.command(
      "INSERT INTO log_positions (origin, position, kind) SELECT 'other/0', 3 * number, 'event' FROM numbers(151)",
    )
    const { gaps } = await checkPositions(store, [], new Map([['other/0', 450]]))
    const theirs = gaps.filter(({ origin }) => origin === 'other/0')
    expect(theirs).toHaveLength(101)
    expect(theirs[99]).toMatchObject({ kind: 'positions', from: 298, to: 299, found: 2 })
    expect(theirs[100]).toMatchObject({ kind: 'positions', found: 100 })
    await store.command(
      "ALTER TABLE log_positions DELETE WHERE origin = 'other/0' SETTINGS mutations_sync = 2",
    )
  })

  it('names a dead letter that is gone', async () => {
    const [row] = await rows<{ origin: string; position: number }>(
      'SELECT toString(origin) AS origin, position FROM dead_letters ORDER BY origin, position LIMIT 1 OFFSET 2',
    )
    const report = await without(
      'dead_letters',
      `origin = '${row?.origin}' AND position = ${row?.position}`,
    )
    expect(report.gaps).toMatchObject([{ kind: 'letters', found: 1, positions: [row] }])
  })

  const offsets = (change: (one: LogOffsets) => Partial<LogOffsets>): LogOffsets[] =>
    log.offsets().map((one) => (one.origin === 'events/2' ? { ...one, ...change(one) } : one))

  it('names an offset that was moved forward past messages nobody stored', async () => {
    const report = await look(offsets(({ end }) => ({ end: end + 9, committed: end + 5 })))
    const { end = 0 } = log.offsets()[2] ?? {}
    expect(report.gaps).toMatchObject([
      { kind: 'offsets', origin: 'events/2', from: end, to: end + 4, found: 5 },
    ])
    expect(report.gaps[0]?.message).toContain(`Set the group back to ${end}`)
    expect(report.partitions[2]?.lag).toBe(4)
  })

  it('takes messages behind the committed offset for lag, and an offset moved back for a note', async () => {
    expect(await look(offsets(({ end }) => ({ end: end + 9 })))).toMatchObject({
      clean: true,
      notes: [],
    })
    const back = await look(offsets(() => ({ committed: 3 })))
    expect(back.clean).toBe(true)
    expect(back.notes).toEqual([expect.stringContaining('events/2: the group goes on at 3')])
    const uncommitted = log.offsets().map(({ committed: _, ...one }) => one)
    expect(await look(uncommitted)).toMatchObject({
      clean: true,
      notes: [expect.stringContaining('KAFKA_GROUP_ID')],
    })
    expect(await look(uncommitted, log.offsets())).toMatchObject({ clean: true, notes: [] })
  })

  it('names what the log lost before it was read, and a log that is shorter than what was read', async () => {
    const { end = 0 } = log.offsets()[2] ?? {}
    const shortened = offsets(() => ({ begin: end + 4, end: end + 9 }))
    const lost = await look(shortened)
    expect(lost.gaps).toMatchObject([{ origin: 'events/2', from: end, to: end + 3 }])
    expect(lost.gaps[0]?.message).toContain('no longer has them')
    // settled by whoever is in charge: accounted for as nothing
    await store.command(
      `INSERT INTO log_positions (origin, position, span, kind, received_at, stored_at) VALUES ('events/2', ${end}, 4, 'nothing', now64(3), now64(3))`,
    )
    const settled = await look(shortened)
    await store.command(
      `ALTER TABLE log_positions DELETE WHERE origin = 'events/2' AND position = ${end} SETTINGS mutations_sync = 2`,
    )
    expect(settled.gaps).toEqual([])
    const group = await look(
      offsets(() => ({ begin: end + 4, end: end + 9 })).map(({ committed: _, ...one }) => one),
    )
    expect(group.gaps).toMatchObject([{ origin: 'events/2', from: end, to: end + 3 }])

    const cut = offsets(() => ({ end: end - 4 }))
    const shorter = await look(cut)
    expect(shorter.gaps).toMatchObject([{ kind: 'offsets', from: end - 4, to: end - 1 }])
    expect(shorter.gaps[0]?.message).toMatch(/made anew.*KAFKA_TOPIC_PREFIX.*set it back/)
    const anew = await look(log.offsets().map(({ origin }) => ({ origin, begin: 0, end: 0 })))
    expect(anew.gaps.map(({ from, to }) => [from, (to ?? 0) + 1])).toEqual(
      log.offsets().map((one) => [0, one.end]),
    )
    // the log grew while the store was read
    expect(await look(cut, log.offsets())).toMatchObject({ clean: true })
  })

  it('names an offset moved beyond the end of the log, where there is nothing to be passed over yet', async () => {
    const { end = 0 } = log.offsets()[2] ?? {}
    const ahead = await look(offsets(() => ({ committed: end + 50 })))
    expect(ahead.gaps).toMatchObject([{ kind: 'offsets', from: end, to: end + 49, found: 50 }])
    expect(ahead.gaps[0]?.message).toContain(`set it back to ${end}`)
  })

  it('counts an hour anew whose messages ended otherwise, and names one that is short', async () => {
    await store.command(
      "ALTER TABLE log_hours UPDATE dead_letters = dead_letters + 1, new_events = new_events - 1 WHERE origin = 'events/0' AND new_events > 3 SETTINGS mutations_sync = 2",
    )
    const before = await look()
    expect(before.gaps).toEqual([])
    expect((await look()).outcomes).toEqual((await look()).outcomes)
    const [hour] = await rows<{ hour: string; n: number }>(
      "SELECT toString(hour) AS hour, new_events AS n FROM log_hours FINAL WHERE origin = 'events/0' AND new_events > 3 ORDER BY hour LIMIT 1",
    )
    const change = (by: string) =>
      store.command(
        `ALTER TABLE log_hours UPDATE new_events = new_events ${by} WHERE origin = 'events/0' AND toString(hour) = '${hour?.hour}' SETTINGS mutations_sync = 2`,
      )
    await change('+ 2')
    const short = await look()
    await change('- 2')
    expect(short.gaps).toMatchObject([{ kind: 'hours', origin: 'events/0', found: 2 }])
    expect((await look()).gaps).toEqual([])
  })

  it('keeps what each reconciliation found', async () => {
    await store.command('TRUNCATE TABLE reconciliations')
    const report = await without('dead_letters', "origin = 'events/0'")
    const [kept] = await store.query<{ gaps: { kind: string; found: number }[]; report: string }>(
      'SELECT gaps, report FROM reconciliations ORDER BY at DESC LIMIT 1',
    )
    expect(kept?.gaps).toEqual([{ kind: 'letters', found: report.gaps[0]?.found }])
    expect(JSON.parse(kept?.report ?? '{}')).toEqual(report)
  })

  it('is told by the series of every process', async () => {
    const registry = new Registry()
    let time = 0
    createConservationSeries(registry, store, () => time)
    const valuesOf = async (name: string) => {
      const metric = await registry.getSingleMetric(name)?.get()
      return Object.fromEntries(
        (metric?.values ?? []).map(({ labels, value }) => [Object.values(labels).join(), value]),
      )
    }
    const { messages, deadLetters, gaps, reconciled } = conservationSeriesNames
    const report = await look()
    expect(await valuesOf(gaps)).toEqual(Object.fromEntries(gapKinds.map((kind) => [kind, 0])))
    expect(await valuesOf(messages)).toEqual({
      new: report.outcomes?.new,
      duplicate: report.outcomes?.duplicate,
      conflict: report.outcomes?.conflict,
      dead_letter: report.outcomes?.deadLetter,
    })
    expect(await valuesOf(deadLetters)).toEqual({ NOT_JSON: report.outcomes?.deadLetter })
    expect(await valuesOf(reconciled)).toEqual({ '': Date.parse(report.at) / 1_000 })
    const broken = await without('dead_letters', "origin = 'events/0'")
    expect((await valuesOf(gaps))['letters']).toBe(0)
    time += 3_600_000
    expect((await valuesOf(gaps))['letters']).toBe(broken.gaps[0]?.found)
  })

  it('has its hours summed by whoever keeps them, a failure told and made good', async () => {
    await store.command('TRUNCATE TABLE log_hours')
    const lines: string[] = []
    let failing = true
    const keeper = keepHours(
      {
        ...store,
        insert: async (...given) => {
          if (failing) throw new Error('the disk is full')
          return store.insert(...given)
        },
      },
      (line) => lines.push(line),
      20,
    )
    await vi.waitFor(() => expect(lines.join()).toContain('the disk is full'), { timeout: 30_000 })
    failing = false
    await vi.waitFor(
      async () => expect(await rows('SELECT count() AS n FROM log_hours')).not.toEqual([{ n: 0 }]),
      { timeout: 30_000 },
    )
    await keeper.stop()
  })

  it('demands of what is stored and not folded yet nothing', async () => {
    const next = messagesOf(2, 'b-', 20).flat()
    const later = next.map((message) => ({
      ...message,
      appendedAt: message.appendedAt + 30 * 86_400_000,
    }))
    const before = log.offsets()
    await log.take(later, false)
    expect((await look(before, log.offsets())).gaps).toEqual([])
  })
})

describe('a store of its own', () => {
  let store: Store
  let pulse: Pulse
  const look = () => reconcile({ store, watermark: pulse.watermark, now: Date.now })
  beforeAll(async () => {
    store = await openEmbedded({ directory, database: 'own' })
    pulse = await openPulse({ store, timezone, rests: false })
  })
  afterAll(() => pulse.close())

  it('is clean after hostile histories in any delivery, and while they arrive', async () => {
    for (let seed = 1; seed <= Number(process.env['RECONCILE_RUNS'] ?? 2); seed++) {
      const events = history(seed, `o${seed}-`, 40)
      let arriving = true
      const seen: Reconciliation[] = []
      const watching = (async () => {
        while (arriving) seen.push(await look())
      })()
      // received when it is published, as the edge has it
      for (const part of plan(seed, events.length))
        await pulse.log.publish(
          part.flatMap((index) => {
            const event = events[index]
            return event === undefined ? [] : [{ ...event, receivedTime: Date.now() }]
          }),
        )
      arriving = false
      await watching
      expect(seen.length).toBeGreaterThan(0)
      expect(seen.flatMap(({ gaps }) => gaps)).toEqual([])
      const report = await look()
      expect(report).toMatchObject({ clean: true, partitions: [] })
      expect(report).not.toHaveProperty('outcomes')
    }
  })

  it('names the matter of a raw row that is gone, and rows of the fold', async () => {
    const [raw, folded] = await store.query<{ subject: string }>(
      'SELECT subject FROM case_events FINAL WHERE subject NOT IN (SELECT arrayJoin([subject, into]) FROM merge_edges) GROUP BY subject HAVING count() > 1 ORDER BY subject LIMIT 2',
    )
    const [petition] = await store.query<{ matter: string; id: string }>(
      `SELECT origin_matter AS matter, petition_id AS id FROM petitions WHERE matter_id != '' AND origin_matter NOT IN ('${raw?.subject}', '${folded?.subject}') LIMIT 1`,
    )
    for (const [table, where] of [
      [
        'case_events',
        `subject = '${raw?.subject}' AND id = (SELECT min(id) FROM case_events WHERE subject = '${raw?.subject}')`,
      ],
      ['matters', `matter_id = '${folded?.subject}'`],
      ['petitions', `origin_matter = '${petition?.matter}' AND petition_id = '${petition?.id}'`],
    ])
      await store.command(`ALTER TABLE ${table} DELETE WHERE ${where} SETTINGS mutations_sync = 2`)
    const report = await look()
    const named = (kind: GapKind) => report.gaps.filter((gap) => gap.kind === kind)
    expect(named('events').flatMap(({ matters }) => matters)).toEqual([raw?.subject])
    expect(named('matters').flatMap(({ matters }) => matters)).toEqual([folded?.subject])
    expect(named('petitions').flatMap(({ petitions }) => petitions ?? [])).toEqual([
      { matter: petition?.matter, petitionId: petition?.id },
    ])
    expect(JSON.stringify(report)).not.toMatch(/00112233445566aa|ffeeddccbbaa9988/)
    // a replay mends what is folded
    await pulse.rebuild()
    expect((await look()).gaps).toEqual([])
  })
})
