import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeHours } from '../../consumers/conservation/close-hours.ts'
import { parkDeadLetters } from '../../consumers/dead-letters/park.ts'
import { storeReplays } from '../../consumers/dead-letters/replay-rows.ts'
import { openPulse } from '../../consumers/open.ts'
import { reconcile } from '../../consumers/reconcile/reconcile.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { migrate, readMigrations } from '../../schemas/tables/migrate.ts'
import { bulkWorld } from '../reference/bulk-world.ts'
import { receivedEvents } from '../reference/histories.ts'
import { matterRows, petitionRows } from '../support/folded-rows.ts'

/**
 * A small data set as each released schema version left it on disk, and what the figures rest on.
 * A release records its own with RECORD_SCHEMA_VERSION=1 and commits the folder; it is never edited.
 */
const folder = join(import.meta.dirname, '..', 'fixtures', 'schema-versions')
const tables = [
  'case_events',
  'merge_edges',
  'matters',
  'petitions',
  'marks',
  'dead_letters',
  'dead_letter_replays',
  'log_positions',
  'log_progress',
  'log_hours',
  'reconciliations',
] as const
const timezone = 'Asia/Shanghai'

const rowsNow = async (store: Store) => ({
  matters: await matterRows(store, '(SELECT * FROM matters FINAL)'),
  petitions: await petitionRows(store, '(SELECT * FROM petitions FINAL)'),
})

const letter = {
  message: {
    origin: 'petition.case-events/3',
    position: 17,
    value: Buffer.from('不是 JSON 的一行'),
    key: Buffer.from('v-.0'),
    headers: [['trace', Buffer.from('a')]] as const,
    receivedTime: Date.UTC(2024, 5, 1),
  },
  errors: [{ field: '', code: 'NOT_JSON', message: 'the text is not JSON' }] as const,
}

const recordLetter = async (store: Store): Promise<void> => {
  await parkDeadLetters(store, [letter], Date.UTC(2024, 5, 1, 0, 0, 1))
  await storeReplays(
    store,
    [{ place: letter.message, result: 'refused', errors: letter.errors }],
    Date.UTC(2024, 5, 2),
  )
}

const record = async (store: Store): Promise<void> => {
  const version = await migrate(store)
  const pulse = await openPulse({ store, timezone, rests: false })
  await pulse.log.publish(receivedEvents(bulkWorld({ seed: 11, matters: 40, prefix: 'v-' })))
  await recordLetter(store)
  await storeHours(
    store,
    [
      {
        origin: letter.message.origin,
        hour: letter.message.receivedTime,
        newEvents: 0,
        duplicates: 0,
        conflicts: 0,
        deadLetters: 1,
      },
    ],
    Date.UTC(2024, 5, 1, 2),
  )
  await reconcile({ store, watermark: pulse.watermark, now: () => Date.UTC(2024, 5, 1, 3) })
  const target = join(folder, String(version.version).padStart(4, '0'))
  mkdirSync(target, { recursive: true })
  for (const table of tables) {
    const rows = await store.query<object>(
      `SELECT *${table === 'case_events' ? ' REPLACE (hex(content_hash) AS content_hash)' : ''} FROM ${table} FINAL ORDER BY ALL SETTINGS output_format_json_quote_64bit_integers = 1`,
    )
    writeFileSync(
      join(target, `${table}.ndjson`),
      rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    )
  }
  writeFileSync(join(target, 'expected.json'), JSON.stringify(await rowsNow(store)))
}

const fill = async (store: Store, version: string): Promise<void> => {
  await migrate(
    store,
    readMigrations().filter((migration) => migration.version <= Number(version)),
  )
  const recorded = readdirSync(join(folder, version))
  for (const table of tables) {
    if (!recorded.includes(`${table}.ndjson`)) continue // a table of a later version
    const text = readFileSync(join(folder, version, `${table}.ndjson`), 'utf8')
    if (text.trim() === '') continue
    const columns = Object.keys(JSON.parse(text.slice(0, text.indexOf('\n'))) as object)
    const types = await store.query<{ name: string; type: string }>(`DESCRIBE TABLE ${table}`)
    const structure = columns
      .map((column) =>
        column === 'content_hash'
          ? 'content_hash String'
          : `${column} ${types.find(({ name }) => name === column)?.type}`,
      )
      .join(', ')
    const values = columns.map((column) =>
      column === 'content_hash' ? 'unhex(content_hash)' : column,
    )
    await store.command(
      `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM format(JSONEachRow, ${sqlString(structure)}, ${sqlString(text)})`,
    )
  }
}

if (process.env['RECORD_SCHEMA_VERSION'] === '1') {
  it('records this schema version', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'pulse-record-'))
    const store = await openEmbedded({ directory })
    await record(store)
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })
} else {
  const versions = readdirSync(folder)

  it('has a data set of the newest version', () => {
    const newest = String(readMigrations().at(-1)?.version).padStart(4, '0')
    expect(versions).toContain(newest)
  })

  describe.each(versions)('a store of schema version %s', (version) => {
    let directory: string
    let store: Store
    let close: () => Promise<void>
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'pulse-version-'))
      store = await openEmbedded({ directory })
      close = store.close
      await fill(store, version)
    })
    afterAll(async () => {
      await close()
      await rm(directory, { recursive: true, force: true })
    })

    it('is migrated in place, and gives the same rows before and after a rebuild', async () => {
      const expected = JSON.parse(readFileSync(join(folder, version, 'expected.json'), 'utf8'))
      const pulse = await openPulse({ store, timezone, rests: false })
      close = pulse.close // which waits for the upkeep a rebuild begins
      expect(await rowsNow(store)).toEqual(expected)
      await pulse.rebuild()
      expect(await rowsNow(store)).toEqual(expected)
    })
  })
}
