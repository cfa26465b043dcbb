import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Migration,
  migrate,
  pendingMigrations,
  readMigrations,
} from '../../../schemas/tables/migrate.ts'
import { memoryStore } from './memory-store.ts'

const migration = (version: number, sql = `CREATE TABLE t${version} (a UInt8);`): Migration => ({
  version,
  name: `000${version}_t`,
  sql,
  checksum: `sum of ${sql}`,
})
const all = [1, 2, 3].map((version) => migration(version))

describe('migrations that are pending', () => {
  it.each([
    [[], [1, 2, 3]],
    [[1], [2, 3]],
    [[1, 2, 3], []],
  ])('after %j are %j', (applied, expected) => {
    const done = all.filter(({ version }) => applied.includes(version))
    expect(pendingMigrations(all, done).map(({ version }) => version)).toEqual(expected)
  })

  it.each([
    ['a store that is newer', [...all, migration(4)], 'Install that version'],
    ['one that was edited', [{ ...migration(1), checksum: 'other' }], 'was changed after'],
    ['one numbered before an applied one', [migration(1), migration(3)], 'Give it the next number'],
  ])('are refused for %s, saying how to mend it', (_, applied, said) => {
    expect(() => pendingMigrations(all, applied)).toThrow(
      expect.objectContaining({
        code: 'MIGRATION_MISMATCH',
        message: expect.stringContaining(said),
      }),
    )
  })
})

describe('migrating', () => {
  it('runs the statements of each in order and writes it down after them', async () => {
    const { store, commands } = memoryStore()
    const sql = `-- why; it is so
CREATE TABLE a (x String);

CREATE MATERIALIZED VIEW b TO a AS SELECT ';' AS x;
CREATE TABLE IF NOT EXISTS c (x UInt8) ENGINE = Memory;
-- nothing follows
`
    const result = await migrate(store, [migration(1, sql), migration(2)])
    expect(result).toEqual({ version: 2, applied: [1, 2] })
    expect(commands.map((command) => command.replace(/--.*\n/g, '').slice(0, 44))).toEqual([
      'CREATE TABLE IF NOT EXISTS schema_migrations',
      'CREATE TABLE IF NOT EXISTS a (x String)',
      "CREATE MATERIALIZED VIEW IF NOT EXISTS b TO a AS SELECT ';' AS x".slice(0, 44),
      'CREATE TABLE IF NOT EXISTS c (x UInt8) ENGIN',
      'INSERT INTO schema_migrations (version, name',
      'CREATE TABLE IF NOT EXISTS t2 (a UInt8)',
      'INSERT INTO schema_migrations (version, name',
    ])
    expect(commands[4]).toContain("SELECT 1, '0001_t', 'sum of -- why; it is so")
  })

  it('that broke off begins again with the one that was not written down', async () => {
    const { store, commands } = memoryStore((sql) =>
      sql.includes('schema_migrations') ? [all[0]] : [],
    )
    expect(await migrate(store, all)).toEqual({ version: 3, applied: [2, 3] })
    expect(commands.some((command) => command.includes(' t1 '))).toBe(false)
  })

  it('stops at a statement that fails and does not write it down', async () => {
    const { store, commands } = memoryStore()
    const failing = {
      ...store,
      command: async (sql: string) => {
        if (sql.includes(' t2 ')) throw new Error('no space')
        await store.command(sql)
      },
    }
    await expect(migrate(failing, all)).rejects.toThrow('no space')
    expect(commands.filter((command) => command.startsWith('INSERT'))).toHaveLength(1)
  })
})

describe('the files of a folder', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'migrations-'))
    await writeFile(join(folder, '0002_b.sql'), 'B;')
    await writeFile(join(folder, '0001_a.sql'), 'A;')
    await writeFile(join(folder, 'README.md'), 'no migration')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('are read in the order of their numbers, with their digest', () => {
    expect(readMigrations(folder)).toEqual([
      {
        version: 1,
        name: '0001_a',
        sql: 'A;',
        checksum: '73c5754a2bb8796123dc24b0f7f7a5219f24eebff1e1807e1662e9a147d88c7c',
      },
      expect.objectContaining({ version: 2, name: '0002_b' }),
    ])
  })

  it('of the product are numbered without gaps', () => {
    const versions = readMigrations().map(({ version }) => version)
    expect(versions).toEqual(versions.map((_, index) => index + 1))
    expect(versions.length).toBeGreaterThan(0)
  })
})
