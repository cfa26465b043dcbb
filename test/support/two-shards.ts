import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Session } from 'chdb'
import type { Cluster } from '../../schemas/store/cluster.ts'
import { clusterSettings } from '../../schemas/store/cluster-settings.ts'
import type { Store } from '../../schemas/store/port.ts'
import { piecesOf } from '../../schemas/store/row-bytes.ts'
import { sessionSettings } from '../../schemas/store/session-settings.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { shardedBy } from '../../schemas/tables/cluster-ddl.ts'

/**
 * A cluster of two shards inside one process, as far as the embedded engine goes. It plans and runs
 * statements over Distributed tables and `cluster(…, view(…))` as a server does for the shards it
 * holds itself. What it has not: Keeper, so no replicas and no ON CLUSTER; and no network, so both
 * shards are this process, with the same tables.
 *
 * Those two are taken out of the statements that make tables, and nothing else is. To keep the shards
 * apart in one table, it gets one more column, the shard a row was sent to, which leads its sorting
 * key; a filter of the engine shows each shard its own rows only. So a row sent to the wrong shard does
 * not replace the one it should, and is not found by a fold that is local.
 */
export const cluster: Cluster = { name: 'two', database: 'pulse' }

const config = `<clickhouse>
  <tcp_port>9000</tcp_port>
  <remote_servers><two>
    <shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
    <shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
  </two></remote_servers>
</clickhouse>`

const parts = Object.keys(shardedBy)

/** What every connection of a cluster gets, and the filter that stands for its two servers. */
const settingsOfShards = (): Record<string, unknown> => ({
  ...clusterSettings(cluster, { shards: 2, replicas: 1, known: 'two' }),
  additional_table_filters: `{${[...parts, ...parts.map((table) => `${table}_next`)]
    .map((table) => `'pulse.${table}_local': 'stands_on = shardNum()'`)
    .join(', ')}}`,
})

/** Statements for a cluster as this engine can run them; the part of a table waits for its whole, which says how it is sharded. */
const forThisEngine = () => {
  let waiting = ''
  return (statement: string): string[] => {
    const sql = statement
      .replace(/ ON CLUSTER 'two'/, '')
      .replace(
        /\bReplicated(\w+MergeTree)\('[^']*', '\{replica\}'(?:, )?/,
        (_, engine: string) => `${engine}(`,
      )
    if (/^CREATE TABLE [^(]*_local [\s\S]*MergeTree/.test(sql)) {
      waiting = sql
      return []
    }
    const [, sharding] = /ENGINE = Distributed\(.*?, (cityHash64\(.*\))\)$/.exec(sql) ?? []
    if (waiting === '' || sharding === undefined) return [sql]
    const made = waiting
      .replace(/\)\s*ENGINE =/, `, stands_on UInt8 MATERIALIZED 1 + ${sharding} % 2) ENGINE =`)
      .replace(
        /\b(ORDER BY|PRIMARY KEY) (?:\(([^()]*)\)|(\w+))/g,
        (_, clause: string, several?: string, one?: string) =>
          `${clause} (stands_on, ${several ?? one})`,
      )
    waiting = ''
    return [made, sql]
  }
}

export type TwoShards = {
  /** The tables in one place, to compare with. */
  readonly single: Store
  readonly sharded: Store
  /** Statements sent to the cluster, as they were written. */
  readonly sent: readonly string[]
  readonly close: () => Promise<void>
}

/** Opens both in one engine; it must be the first to open the engine in this process. */
export const openTwoShards = async (directory: string): Promise<TwoShards> => {
  const configFile = join(directory, 'cluster.xml')
  await writeFile(configFile, config)
  const sent: string[] = []
  const sessions: Session[] = []
  let files = 0
  const open = (
    database: string,
    settings: Readonly<Record<string, unknown>>,
    translated: (sql: string) => string[],
  ): Store => {
    const session = new Session(join(directory, 'data'), {
      connectionArgs: [`--config-file=${configFile}`],
    })
    sessions.push(session)
    session.query(`CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`)
    session.query(`USE ${database}`)
    for (const [name, value] of Object.entries(settings))
      session.query(
        `SET ${name} = ${typeof value === 'number' || name === 'additional_table_filters' ? value : sqlString(String(value))}`,
      )
    const run = async (sql: string): Promise<string> =>
      (await session.queryAsync(sql, { format: 'JSONEachRow' })).text()
    const command = async (sql: string): Promise<void> => {
      for (const statement of translated(sql)) await run(statement)
    }
    return {
      kind: 'embedded',
      query: async <Row>(sql: string): Promise<Row[]> => {
        const [statement = ''] = translated(sql)
        return (await run(statement))
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Row)
      },
      command,
      maintain: command,
      insert: async (table, columns, rows) => {
        const file = join(directory, `${++files}.bin`)
        await writeFile(file, piecesOf(rows))
        const names = columns.map(({ name }) => name).join(', ')
        const structure = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
        await command(
          `INSERT INTO ${table} (${names}) SELECT ${names} FROM file(${sqlString(file)}, 'RowBinary', ${sqlString(structure)})`,
        )
        await rm(file)
      },
      close: async () => undefined,
    }
  }
  const shared = sessionSettings({ maxMemoryBytes: 4 * 1024 ** 3 })
  const single = open('single', shared, (sql) => [sql])
  const translate = forThisEngine()
  const sharded = open('pulse', { ...shared, ...settingsOfShards() }, (sql) => {
    sent.push(sql)
    return translate(sql)
  })
  return {
    single,
    sharded: { ...sharded, cluster },
    sent,
    close: async () => {
      for (const session of sessions) session.close()
    },
  }
}
