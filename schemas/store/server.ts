import { Readable } from 'node:stream'
import { ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client'
import { onCluster } from './cluster.ts'
import { type ClusterShape, clusterSettings, clusterShapeSql } from './cluster-settings.ts'
import { storeError } from './errors.ts'
import type { Store } from './port.ts'
import { piecesOf } from './row-bytes.ts'
import { sessionSettings } from './session-settings.ts'

export type ServerOptions = {
  readonly url: string
  readonly username?: string
  readonly password?: string
  readonly database?: string
  /** Name of the cluster that shares the tables, as the server knows it; absent: one server has them. */
  readonly cluster?: string
  readonly maxMemoryBytes?: number
  /** A statement unanswered for this long is abandoned (retriable). Default 10 minutes. */
  readonly requestTimeoutMs?: number
}

/** More statements at once than this wait for one to end. */
const MOST_CONNECTIONS = 10

/** The same port on a ClickHouse server over HTTP. The database must exist or be creatable. */
export const openServer = async (options: ServerOptions): Promise<Store> => {
  const database = options.database ?? 'pulse'
  const shared = {
    url: options.url,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    request_timeout: options.requestTimeoutMs ?? 600_000,
    max_open_connections: MOST_CONNECTIONS,
    // a socket the server is about to close must not be given a statement
    keep_alive: { enabled: true, idle_socket_ttl: 2_500, eagerly_destroy_stale_sockets: true },
    // what fails is thrown; the client would say it on the standard streams as well
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: sessionSettings({
      maxMemoryBytes: options.maxMemoryBytes ?? 4 * 1024 ** 3,
    }),
  }
  const cluster = options.cluster === undefined ? undefined : { name: options.cluster, database }
  let ofCluster: ClickHouseSettings = {}
  const bootstrap = createClient(shared)
  try {
    if (cluster !== undefined) {
      const answer = await bootstrap.query({
        query: clusterShapeSql(cluster.name),
        format: 'JSONEachRow',
      })
      const [found] = await answer.json<ClusterShape>()
      ofCluster = clusterSettings(cluster, found ?? { shards: 0, replicas: 0, known: '' })
    }
    await bootstrap.command({
      query: `CREATE DATABASE IF NOT EXISTS ${database}${onCluster(cluster)} ENGINE = Atomic`,
    })
  } catch (cause) {
    throw storeError(cause, 'Reaching ClickHouse')
  } finally {
    await bootstrap.close()
  }
  const client = createClient({
    ...shared,
    database,
    ...(cluster === undefined
      ? {}
      : { clickhouse_settings: { ...shared.clickhouse_settings, ...ofCluster } }),
  })
  const command = async (sql: string): Promise<void> => {
    try {
      await client.command({ query: sql })
    } catch (cause) {
      throw storeError(cause, 'Writing to ClickHouse')
    }
  }
  return {
    kind: 'server',
    ...(cluster === undefined ? {} : { cluster }),
    query: async <Row>(sql: string): Promise<Row[]> => {
      try {
        const result = await client.query({ query: sql, format: 'JSONEachRow' })
        return (await result.json()) as Row[]
      } catch (cause) {
        throw storeError(cause, 'Reading from ClickHouse')
      }
    },
    command,
    maintain: command,
    insert: async (table, columns, rows) => {
      const names = columns.map(({ name }) => name).join(', ')
      try {
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} (${names}) FORMAT RowBinary`,
          values: Readable.from(
            piecesOf(rows).map(({ buffer, byteOffset, byteLength }) =>
              Buffer.from(buffer, byteOffset, byteLength),
            ),
            { objectMode: false },
          ),
        })
        for await (const _ of stream) {
          // the answer of an insert is empty; it must be read for the connection to be free again
        }
      } catch (cause) {
        throw storeError(cause, 'Writing to ClickHouse')
      }
    },
    close: () => client.close(),
  }
}
