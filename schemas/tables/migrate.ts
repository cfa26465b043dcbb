import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PulseError } from '../errors.ts'
import type { Cluster } from '../store/cluster.ts'
import type { Store } from '../store/port.ts'
import { sqlString } from '../store/sql-text.ts'
import { clusterStatements } from './cluster-ddl.ts'

export type Migration = {
  readonly version: number
  readonly name: string
  readonly sql: string
  /** SHA-256 of the file: a migration is never edited once it has been applied anywhere. */
  readonly checksum: string
}

/** The folder of the numbered files, from the sources as from the build beside them. */
const migrationsFolder = (): string => {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const folder = join(at, 'schemas', 'tables', 'migrations')
    try {
      if (readdirSync(folder).some((file) => file.endsWith('.sql'))) return folder
    } catch {
      // not here: one folder up
    }
    if (dirname(at) === at)
      throw new PulseError('MIGRATION_MISMATCH', 'The folder schemas/tables/migrations is missing.')
  }
}

/** `0001_case_events.sql` … in the order of their numbers. */
export const readMigrations = (folder = migrationsFolder()): Migration[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const sql = readFileSync(join(folder, file), 'utf8')
      return {
        version: Number.parseInt(file, 10),
        name: file.replace(/\.sql$/, ''),
        sql,
        checksum: createHash('sha256').update(sql).digest('hex'),
      }
    })

const journal = `CREATE TABLE IF NOT EXISTS schema_migrations
(version UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = ReplacingMergeTree ORDER BY version`

export type Applied = { version: number; name: string; checksum: string }

/** Statements of a file: each ends with a semicolon at the end of a line. */
const statements = (sql: string): string[] =>
  sql
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^--.*$/gm, '').trim() !== '')

/**
 * A statement as it is run: a crash between statements repeats the file, so creating what is there is
 * not an error.
 */
const repeatable = (statement: string, cluster: Cluster | undefined): string[] =>
  cluster === undefined
    ? [
        statement.replace(
          /^((?:--.*\n|\s)*)CREATE (TABLE|MATERIALIZED VIEW|VIEW) (?!IF NOT EXISTS)/i,
          '$1CREATE $2 IF NOT EXISTS ',
        ),
      ]
    : clusterStatements(statement, cluster)

/** How the migrations at hand relate to those applied: what is to be applied, or why not. */
export const pendingMigrations = (
  known: readonly Migration[],
  applied: readonly Applied[],
): Migration[] => {
  for (const { version, name, checksum } of applied) {
    const here = known.find((migration) => migration.version === version)
    if (here === undefined)
      throw new PulseError(
        'MIGRATION_MISMATCH',
        `The store was written by a newer version of the program (migration ${name}). Install that version or a later one.`,
      )
    if (here.checksum !== checksum)
      throw new PulseError(
        'MIGRATION_MISMATCH',
        `Migration ${name} was changed after it had been applied to this store. Restore the file; a change is a new migration.`,
      )
  }
  const last = Math.max(0, ...applied.map(({ version }) => version))
  const pending = known.filter(({ version }) => !applied.some((done) => done.version === version))
  const late = pending.find(({ version }) => version < last)
  if (late !== undefined)
    throw new PulseError(
      'MIGRATION_MISMATCH',
      `Migration ${late.name} is numbered before one that is already applied. Give it the next number.`,
    )
  return pending
}

/** Brings the store's tables to the newest version; forward only. Returns what it applied. */
export const migrate = async (
  store: Store,
  known: readonly Migration[] = readMigrations(),
): Promise<{ version: number; applied: number[] }> => {
  for (const made of repeatable(journal, store.cluster)) await store.command(made)
  const applied = await store.query<Applied>(
    'SELECT version, name, checksum FROM schema_migrations FINAL ORDER BY version',
  )
  const pending = pendingMigrations(known, applied)
  for (const { version, name, sql, checksum } of pending) {
    for (const statement of statements(sql)) {
      for (const made of repeatable(statement, store.cluster)) await store.command(made)
    }
    await store.command(
      `INSERT INTO schema_migrations (version, name, checksum) SELECT ${version}, ${sqlString(name)}, ${sqlString(checksum)}`,
    )
  }
  return {
    version: known.at(-1)?.version ?? 0,
    applied: pending.map(({ version }) => version),
  }
}
