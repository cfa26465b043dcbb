import { resolve } from 'node:path'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { storeError } from './errors.ts'
import { makeDirectory } from './make-directory.ts'
import { openingError } from './opening-error.ts'
import type { Store } from './port.ts'
import { piecesOf } from './row-bytes.ts'
import { sessionSettings } from './session-settings.ts'
import { sqlString } from './sql-text.ts'
import { memoryFirst, openStaging, writeWhole } from './staging.ts'

export type EmbeddedOptions = {
  /** Directory of the store; created if missing. One process at a time may hold it. */
  readonly directory: string
  /** Database inside it. */
  readonly database?: string
  /** Connections for reads; a connection runs its queries one after another. Default 3. */
  readonly readers?: number
  /** Memory one query may use. Default 4 GiB. */
  readonly maxMemoryBytes?: number
}

const DEFAULT_MEMORY = 4 * 1024 ** 3

/**
 * Opens the engine inside this process. Rejects with STORE_BUSY while another process holds the
 * directory. Reads, statements that write and rows that go in have connections of their own.
 */
export const openEmbedded = async (options: EmbeddedOptions): Promise<Store> => {
  const path = resolve(options.directory)
  const database = options.database ?? 'pulse'
  const settings = sessionSettings({ maxMemoryBytes: options.maxMemoryBytes ?? DEFAULT_MEMORY })
  const connect = (withDatabase: boolean): ClickHouseClient => {
    try {
      makeDirectory(path)
      return createClient({
        // chdb types its connection from the deprecated client-common package, not from the client
        connection: createChdbConnection({ path }) as never,
        clickhouse_settings: settings,
        ...(withDatabase ? { database } : {}),
      })
    } catch (cause) {
      throw openingError(cause, path)
    }
  }
  const writer = connect(false)
  try {
    // `default` is an Overlay database, which refuses what we need: an Atomic one of our own
    await writer.command({ query: `CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic` })
    await writer.command({ query: `USE ${database}` })
  } catch (cause) {
    await writer.close().catch(() => undefined)
    throw openingError(cause, path)
  }
  const another = async (): Promise<ClickHouseClient> => {
    const client = connect(false)
    await client.command({ query: `USE ${database}` })
    return client
  }
  // rows go in on a connection of their own, so that they need not wait for a fold; nor does a fold
  // wait for upkeep
  const inserter = await another()
  const keeper = await another()
  const second = await another()
  const readers: ClickHouseClient[] = []
  for (let n = 0; n < (options.readers ?? 3); n++) readers.push(await another())
  // the engine parses a file in memory three times as fast as it takes rows through a call
  const staging = await openStaging(memoryFirst())
  const busy = readers.map(() => 0)

  /** Statements of one connection, one after another; a failed one does not stop the next. */
  const lane = (client: ClickHouseClient) => {
    let last: Promise<unknown> = Promise.resolve()
    return {
      run: (sql: string): Promise<void> => {
        const attempt = async () => {
          try {
            await client.command({ query: sql })
          } catch (cause) {
            throw storeError(cause, 'Writing to the store')
          }
        }
        const result = last.then(attempt, attempt)
        last = result.catch(() => undefined)
        return result
      },
      idle: async () => {
        await last
      },
    }
  }
  const commands = lane(writer)
  const beside = lane(second)
  const inserts = lane(inserter)
  const upkeep = lane(keeper)

  return {
    kind: 'embedded',
    query: async <Row>(sql: string): Promise<Row[]> => {
      const chosen = busy.indexOf(Math.min(...busy))
      const reader = readers[chosen] ?? writer
      busy[chosen] = (busy[chosen] ?? 0) + 1
      try {
        const result = await reader.query({ query: sql, format: 'JSONEachRow' })
        return (await result.json()) as Row[]
      } catch (cause) {
        throw storeError(cause, 'Reading from the store')
      } finally {
        busy[chosen] = (busy[chosen] ?? 1) - 1
      }
    },
    command: commands.run,
    commandBeside: beside.run,
    maintain: upkeep.run,
    insert: async (table, columns, rows) => {
      const file = staging.path()
      try {
        await writeWhole(file, piecesOf(rows))
        const names = columns.map(({ name }) => name).join(', ')
        const structure = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
        await inserts.run(
          `INSERT INTO ${table} (${names}) SELECT ${names} FROM file(${sqlString(file)}, 'RowBinary', ${sqlString(structure)})`,
        )
      } finally {
        await staging.discard(file)
      }
    },
    close: async () => {
      await commands.idle()
      await beside.idle()
      await inserts.idle()
      await upkeep.idle()
      for (const client of [...readers, inserter, keeper, second, writer]) await client.close()
      await staging.remove()
    },
  }
}
