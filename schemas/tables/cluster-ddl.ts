import { PulseError } from '../errors.ts'
import { type Cluster, localName, onCluster } from '../store/cluster.ts'
import { sqlString } from '../store/sql-text.ts'

/**
 * What says where a row stands: the same function of the matter in every table of the fold, so that
 * all of one matter is on one shard. A petition stands with the matter it was registered under, since
 * a merge changes whom it counts for and never its identity: so a newer row finds the older one.
 */
export const shardedBy: Readonly<Record<string, readonly string[]>> = {
  case_events: ['subject'],
  matters: ['matter_id'],
  petitions: ['origin_matter'],
  merge_edges: ['subject'],
  dead_letters: ['origin', 'position'],
  dead_letter_replays: ['origin', 'position'],
  log_positions: ['origin', 'position'],
  log_progress: ['origin'],
  log_hours: ['origin'],
  reconciliations: ['at'],
  marks: ['key'],
  schema_migrations: ['version'],
}

/**
 * Columns a table is sharded by; undefined for one that keeps no rows of its own. A table made beside
 * another, to take its place or to be compared with it, is sharded like it.
 */
const keyOf = (name: string): readonly string[] | undefined => {
  const table = name.replace(/(?:_read)?_next$/, '')
  return Object.hasOwn(shardedBy, table) ? shardedBy[table] : undefined
}

/** Without comments, which may hold any words; texts in quotes stay. */
const withoutComments = (sql: string): string =>
  sql
    .replace(/'(?:[^'\\]|\\.)*'|--[^\n]*/g, (found) => (found.startsWith('--') ? '' : found))
    .replace(/\n\s*\n/g, '\n')
    .trim()

const unknownForm = (sql: string, why: string): PulseError =>
  new PulseError(
    'MIGRATION_MISMATCH',
    `A migration holds a statement that cannot be made for a cluster (${why}): ${sql.slice(0, 120)}. Teach schemas/tables/cluster-ddl.ts its form.`,
  )

/** The whole of a table, over its parts on the shards. */
const distributed = (table: string, key: readonly string[], { name, database }: Cluster): string =>
  `Distributed(${[sqlString(name), sqlString(database), sqlString(localName(table))].join(', ')}, cityHash64(${key.join(', ')}))`

/** A part is kept by every replica of its shard, at a place in Keeper of its own for ever. */
const replicated = (engine: string, parameters: string): string =>
  `Replicated${engine}(${["'/clickhouse/tables/{uuid}/{shard}'", "'{replica}'", ...(parameters.trim() === '' ? [] : [parameters])].join(', ')})`

const createTable = (sql: string, cluster: Cluster): string[] => {
  const [, table = '', columns = '', engine = '', parameters = '', rest = ''] =
    /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)\s*(\([\s\S]*\))\s*ENGINE = (\w+)(?:\(([^()]*)\))?([\s\S]*)$/.exec(
      sql,
    ) ?? []
  if (table === '') throw unknownForm(sql, 'the table, its columns and its engine are not found')
  const on = onCluster(cluster)
  const make = (name: string) => `CREATE TABLE IF NOT EXISTS ${cluster.database}.${name}${on}`
  if (!engine.endsWith('MergeTree'))
    return [
      `${make(table)} ${columns} ENGINE = ${engine}${parameters === '' ? '' : `(${parameters})`}${rest}`,
    ]
  const key = keyOf(table)
  if (key === undefined) throw unknownForm(sql, `it does not say how ${table} is sharded`)
  // a part that a replica fetches is written through to disk like one that is inserted
  const settings = rest.replace(
    /\bfsync_after_insert = 1\b/,
    '$&, min_compressed_bytes_to_fsync_after_fetch = 1',
  )
  return [
    `${make(localName(table))} ${columns} ENGINE = ${replicated(engine, parameters)}${settings}`,
    `${make(table)} AS ${cluster.database}.${localName(table)} ENGINE = ${distributed(table, key, cluster)}`,
  ]
}

const createView = (sql: string, cluster: Cluster): string[] => {
  const [, kind = '', view = '', target, select = ''] =
    /^CREATE ((?:MATERIALIZED )?VIEW) (?:IF NOT EXISTS )?(\w+)(?: TO (\w+))?\s+AS\s+([\s\S]*)$/.exec(
      sql,
    ) ?? []
  if (view === '' || (kind !== 'VIEW' && target === undefined))
    throw unknownForm(sql, 'the view, where it writes and its SELECT are not found')
  const { database } = cluster
  // a view that follows what is stored follows it where it is stored
  const source = (table: string) =>
    kind !== 'VIEW' && keyOf(table) !== undefined ? localName(table) : table
  return [
    `CREATE ${kind} IF NOT EXISTS ${database}.${view}${onCluster(cluster)}${target === undefined ? '' : ` TO ${database}.${target}`} AS ${select.replace(/\b(FROM|(?<!ARRAY )JOIN) (\w+)\b/g, (_, word: string, table: string) => `${word} ${database}.${source(table)}`)}`,
  ]
}

/** Changes of columns concern the whole as well; changes of how rows are kept, its parts only. */
const alterTable = (sql: string, cluster: Cluster): string[] => {
  const [, table = '', changes = ''] = /^ALTER TABLE (\w+)\s+([\s\S]*)$/.exec(sql) ?? []
  if (table === '') throw unknownForm(sql, 'the table is not found')
  const alter = (name: string) =>
    `ALTER TABLE ${cluster.database}.${name}${onCluster(cluster)} ${changes}`
  if (keyOf(table) === undefined) return [alter(table)]
  return /^(?:ADD|DROP|RENAME|MODIFY|COMMENT) COLUMN\b/.test(changes)
    ? [alter(localName(table)), alter(table)]
    : [alter(localName(table))]
}

/** The whole goes before its parts. */
export const dropTableStatements = (table: string, cluster: Cluster | undefined): string[] => {
  if (cluster === undefined) return [`DROP TABLE IF EXISTS ${table} SYNC`]
  const names = keyOf(table) === undefined ? [table] : [table, localName(table)]
  return names.map(
    (name) => `DROP TABLE IF EXISTS ${cluster.database}.${name}${onCluster(cluster)} SYNC`,
  )
}

/** The parts change places under the whole, which is found by its name and stays. */
export const exchangeStatement = (
  table: string,
  other: string,
  cluster: Cluster | undefined,
): string => {
  if (cluster === undefined) return `EXCHANGE TABLES ${table} AND ${other}`
  const part = (name: string) =>
    `${cluster.database}.${keyOf(name) === undefined ? name : localName(name)}`
  return `EXCHANGE TABLES ${part(table)} AND ${part(other)}${onCluster(cluster)}`
}

/**
 * A statement of a migration as the statements that do the same on a cluster. The migrations
 * themselves stay as they are: their checksums are the same everywhere.
 */
export const clusterStatements = (statement: string, cluster: Cluster): string[] => {
  const sql = withoutComments(statement)
  if (sql.startsWith('CREATE TABLE ')) return createTable(sql, cluster)
  if (/^CREATE (?:MATERIALIZED )?VIEW /.test(sql)) return createView(sql, cluster)
  if (sql.startsWith('ALTER TABLE ')) return alterTable(sql, cluster)
  // rows go to the whole of a table, and from there to their shards
  if (sql.startsWith('INSERT INTO ')) return [sql]
  const [, dropped] = /^DROP TABLE (?:IF EXISTS )?(\w+)(?: SYNC)?$/.exec(sql) ?? []
  if (dropped !== undefined) return dropTableStatements(dropped, cluster)
  const [, table, other] = /^EXCHANGE TABLES (\w+) AND (\w+)$/.exec(sql) ?? []
  if (table !== undefined && other !== undefined) return [exchangeStatement(table, other, cluster)]
  throw unknownForm(sql, 'it is none of the forms known')
}

/** An empty table with the columns and the engine of another, under a name of its own. */
export const copyStatements = (
  table: string,
  copy: string,
  cluster: Cluster | undefined,
): string[] => {
  if (cluster === undefined) return [`CREATE TABLE ${copy} AS ${table}`]
  const { database } = cluster
  const make = (name: string) => `CREATE TABLE ${database}.${name}${onCluster(cluster)}`
  const key = keyOf(table)
  return key === undefined
    ? [`${make(copy)} AS ${database}.${table}`]
    : [
        `${make(localName(copy))} AS ${database}.${localName(table)}`,
        `${make(copy)} AS ${database}.${localName(copy)} ENGINE = ${distributed(copy, key, cluster)}`,
      ]
}

/** Everything a table has, put into another of the same form without copying it: the two share the files. */
export const shareStatement = (from: string, to: string, cluster: Cluster | undefined): string =>
  cluster === undefined
    ? `ALTER TABLE ${to} ATTACH PARTITION tuple() FROM ${from}`
    : `ALTER TABLE ${cluster.database}.${localName(to)}${onCluster(cluster)} ATTACH PARTITION tuple() FROM ${cluster.database}.${localName(from)}`
