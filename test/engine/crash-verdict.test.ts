import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openPulse } from '../../consumers/open.ts'
import { originOf } from '../../schemas/log/positions.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { type CleanLoad, foldedRows } from '../crash/clean-load.ts'
import { contentName, hostileWaves } from '../crash/hostile-waves.ts'
import type { LogEntry } from '../crash/log-reader.ts'
import { judgeStore, type Verdict } from '../crash/verdict.ts'
import { scratchDirectory } from '../support/scratch-store.ts'

const world = hostileWaves({ seed: 3, waves: 1, histories: 3, matters: 5 })
const origin = originOf('t', 0)

/** Every event at a position of its own, and one message that cannot be used behind them. */
const log: readonly LogEntry[] = [
  ...world.events.map((event, position) => ({
    place: `${origin}@${position}`,
    content: contentName(event),
  })),
  { place: `${origin}@${world.events.length}`, content: undefined },
]
const acknowledged = new Set(world.events.map(contentName))

/** A store as a consumer leaves it that was not disturbed, but for what `spoil` does to it. */
const fill = async (directory: string, spoil: readonly string[]): Promise<void> => {
  const store = await openEmbedded({ directory })
  const pulse = await openPulse({ store, timezone: world.timezone, rests: false })
  await pulse.log.publish(world.events)
  const row = (position: number, kind: string) =>
    `(${sqlString(origin)}, ${position}, '${kind}', now64(3), now64(3))`
  await store.command(
    `INSERT INTO log_positions (origin, position, kind, received_at, stored_at) VALUES ${log
      .map(({ content }, position) => row(position, content === undefined ? 'dead' : 'event'))
      .join(', ')}`,
  )
  await store.command(
    `INSERT INTO dead_letters (parked_at, origin, position, reason) VALUES (now64(3), ${sqlString(origin)}, ${log.length - 1}, 'NOT_JSON')`,
  )
  for (const sql of spoil) await store.command(sql)
  await pulse.close()
}

describe('the verdict after a crash', () => {
  let clean: CleanLoad
  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'pulse-verdict-'))
    await fill(directory, [])
    clean = { questions: [], sheet: new Map(), rows: await foldedRows(directory) }
    await rm(directory, { recursive: true })
  })

  const letters = log.flatMap(({ place, content }) => (content === undefined ? [place] : []))
  const judged = async (...spoil: readonly string[]): Promise<Verdict> => {
    const directory = await scratchDirectory('verdict')
    await fill(directory, spoil)
    return judgeStore({ directory, acknowledged, log, letters, clean, unequal: [] })
  }
  const faultless = { lost: [], double: [], unequal: [], positions: [] }

  it('finds nothing wrong with a store that nothing happened to', async () => {
    expect(await judged()).toMatchObject(faultless)
  })

  it('names an event that is gone', async () => {
    const [event] = world.events
    const name = event === undefined ? '' : contentName(event)
    const verdict = await judged(
      `ALTER TABLE case_events DELETE WHERE hex(content_hash) = '${event?.contentHash.toUpperCase()}' SETTINGS mutations_sync = 1`,
    )
    expect(verdict).toMatchObject({ ...faultless, lost: [name] })
  })

  it('names an event that nobody sent', async () => {
    const verdict = await judged(
      `INSERT INTO case_events (subject, source, id) VALUES ('nobody', '/s', 'x')`,
    )
    expect(verdict).toMatchObject({ ...faultless, double: [`nobody\n/s\nx\n${'0'.repeat(64)}`] })
  })

  it('names a matter that is folded otherwise, and one that is not folded', async () => {
    const [first, second] = clean.rows.matters.map(({ matterId }) => matterId)
    const verdict = await judged(
      `ALTER TABLE matters UPDATE org = 'other' WHERE matter_id = '${first}' SETTINGS mutations_sync = 1`,
      `ALTER TABLE matters DELETE WHERE matter_id = '${second}' SETTINGS mutations_sync = 1`,
    )
    expect(verdict.unequal).toHaveLength(2)
    expect(verdict.unequal.join()).toContain(`matter ${first}: `)
    expect(verdict.unequal.join()).toContain(`matter ${second}: undefined instead of `)
    expect(verdict).toMatchObject({ lost: [], double: [], positions: [] })
  })

  it('names a position that nothing is known of, one counted as what it is not, and a letter that was not parked', async () => {
    const verdict = await judged(
      'ALTER TABLE log_positions DELETE WHERE position = 3 SETTINGS mutations_sync = 1',
      `ALTER TABLE log_positions UPDATE kind = 'dead' WHERE position = 5 SETTINGS mutations_sync = 1`,
      'ALTER TABLE dead_letters DELETE WHERE true SETTINGS mutations_sync = 1',
    )
    expect(verdict.positions).toEqual([
      `not accounted for: ${origin}@3 event`,
      `not accounted for: ${origin}@5 event`,
      `accounted for wrongly: ${origin}@5 dead`,
      `dead and not parked: ${origin}@${log.length - 1}`,
    ])
    expect(verdict).toMatchObject({ lost: [], double: [], unequal: [] })
  })
})
