import { sqlString } from './sql-text.ts'

/**
 * ClickHouse servers that share the tables: each table stands in parts on the shards, under its name
 * with `_local`, and as a whole (engine Distributed) under the name the code uses.
 */
export type Cluster = {
  /** Its name in the servers' `remote_servers`. */
  readonly name: string
  /** The database of the tables, the same on every server. */
  readonly database: string
}

/** Where rows are: everything of one matter stands on one shard, so what is done for each matter is done there. */
export type Placement = {
  /** A table's rows on the shard that runs the statement. */
  readonly local: (table: string) => string
  /** The marks of the index over them, as text to stand after FROM. */
  readonly localIndex: (table: string) => string
  /** A SELECT over such rows, run on every shard: all their rows as one SELECT. */
  readonly gather: (select: string) => string
  /** The same as text to stand after FROM; what is grouped over it is grouped on the shards first. */
  readonly relation: (select: string) => string
}

const inOnePlace: Placement = {
  local: (table) => table,
  localIndex: (table) => `mergeTreeIndex(currentDatabase(), ${sqlString(table)})`,
  gather: (select) => select,
  relation: (select) => `(${select})`,
}

const onShards = ({ name, database }: Cluster): Placement => {
  const relation = (select: string) => `cluster(${sqlString(name)}, view(${select}))`
  return {
    // a server runs what it is sent in another database than ours
    local: (table) => `${database}.${localName(table)}`,
    localIndex: (table) => `mergeTreeIndex(${sqlString(database)}, ${sqlString(localName(table))})`,
    gather: (select) => `SELECT * FROM ${relation(select)}`,
    relation,
  }
}

/** Name of a table's part on one shard. */
export const localName = (table: string): string => `${table}_local`

/** Where the rows of a store are. */
export const placementOf = ({ cluster }: { readonly cluster?: Cluster | undefined }): Placement =>
  cluster === undefined ? inOnePlace : onShards(cluster)

/** What follows the name in a statement that makes or changes tables: `` or ` ON CLUSTER 'pulse'`. */
export const onCluster = (cluster: Cluster | undefined): string =>
  cluster === undefined ? '' : ` ON CLUSTER ${sqlString(cluster.name)}`
