import type { ClickHouseSettings } from '@clickhouse/client'
import { PulseError } from '../errors.ts'
import type { Cluster } from './cluster.ts'
import { sqlString } from './sql-text.ts'

/** Shards and replicas of a cluster, as its servers know them. */
export const clusterShapeSql = (
  name: string,
): string => `SELECT uniqExact(shard_num) AS shards, max(replica_num) AS replicas,
  (SELECT arrayStringConcat(groupUniqArray(cluster), ', ') FROM system.clusters) AS known
  FROM system.clusters WHERE cluster = ${sqlString(name)}`

export type ClusterShape = {
  readonly shards: number
  readonly replicas: number
  /** Names of all clusters the server knows. */
  readonly known: string
}

/**
 * What a cluster needs beside the settings of every session. CONFIG_INVALID where the server knows no
 * such cluster.
 */
export const clusterSettings = (
  { name }: Cluster,
  { shards, replicas, known }: ClusterShape,
): ClickHouseSettings => {
  if (shards === 0)
    throw new PulseError(
      'CONFIG_INVALID',
      `CLICKHOUSE_CLUSTER names a cluster (${name}) that this server does not know. It knows ${known === '' ? 'none' : known}; mend the name, or add the cluster to the server's remote_servers.`,
    )
  return {
    // an insert is answered when every shard it goes to has its rows
    distributed_foreground_insert: 1,
    // and every replica of it: a fold may read any of them, and must see what was just stored. Rows
    // outlive the loss of a replica; while one is gone, nothing is stored.
    insert_quorum: replicas > 1 ? String(replicas) : '0',
    insert_quorum_parallel: 1,
    insert_quorum_timeout: 60_000,
    // it asks for inserts one after another; with every replica in the quorum there is nothing to wait for
    select_sequential_consistency: '0',
    // rows equal to some that were deleted would be dropped as "already there"; copies change nothing
    deduplicate_insert: 'disable',
    deduplicate_insert_select: 'disable',
    // a figure without one of the shards would be wrong, not smaller
    skip_unavailable_shards: 0,
    // a replica that was away and is still fetching what it missed is not asked
    fallback_to_stale_replicas_for_distributed_queries: 0,
    max_replica_delay_for_distributed_queries: '30',
    // a statement that would read a whole table from every shard is an error, not a slow answer:
    // what is local says so by its names
    distributed_product_mode: 'deny',
    // rows of a fold go to the shard of their matter, which need not be where they were folded
    parallel_distributed_insert_select: '0',
  }
}
