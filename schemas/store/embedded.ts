import { mkdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { storeError } from './errors.ts'
import type { Store } from './port.ts'
import { sessionSettings } from './session-settings.ts'
import { sqlString } from './sql-text.ts'

export type EmbeddedOptions = {
  /** Directory of the store; created if missing. One process at a time may hold it. */
  readonly directory: string
  /** Database inside it. */
  readonly database?: string
  /** Connections for reads; a connection runs its queries one after another. Default 2. */
  readonly readers?: number
  /** Memory one query may use. Default 4 GiB. */
  readonly maxMemoryBytes?: number
}

const DEFAULT_MEMORY = 4 * 1024 ** 3

/**
 * Where a batch is laid for the engine to read: memory where the system has it, since the engine
 * parses a file three times as fast as it takes rows through a call.
 */
const stagingRoot = async (): Promise<string> => {
  try {
    return await mkdtemp('/dev/shm/pulse-')
  } catch {
    return mkdtemp(join(tmpdir(), 'pulse-'))
  }
}

/**
 * Opens the engine inside this process. Rejects with STORE_BUSY while another process holds the
 * directory. Statements that write run one after another on a connection of their own.
 */
export const openEmbedded = async (options: EmbeddedOptions): Promise<Store> => {
  const path = resolve(options.directory)
  const database = options.database ?? 'pulse'
  const settings = sessionSettings({ maxMemoryBytes: options.maxMemoryBytes ?? DEFAULT_MEMORY })
  const doing = 'Opening the store'
  const connect = (withDatabase: boolean): ClickHouseClient => {
    try {
      mkdirSync(path, { recursive: true })
      return createClient({
        // chdb types its connection from the deprecated client-common package, not from the client
        connection: createChdbConnection({ path }) as never,
        clickhouse_settings: settings,
        ...(withDatabase ? { database } : {}),
      })
    } catch (cause) {
      throw storeError(cause, doing)
    }
  }
  const writer = connect(false)
  try {
    // `default` is an Overlay database, which refuses what we need: an Atomic one of our own
    await writer.command({ query: `CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic` })
    await writer.command({ query: `USE ${database}` })
  } catch (cause) {
    await writer.close().catch(() => undefined)
    throw storeError(cause, doing)
  }
  const readers: ClickHouseClient[] = []
  for (let n = 0; n < (options.readers ?? 2); n++) {
    const reader = connect(false)
    await reader.command({ query: `USE ${database}` })
    readers.push(reader)
  }
  const staging = await stagingRoot()
  const busy = readers.map(() => 0)
  let files = 0
  let writes: Promise<unknown> = Promise.resolve()

  /** One write after another; a failed write does not stop the next. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = writes.then(work, work)
    writes = result.catch(() => undefined)
    return result
  }

  const command: Store['command'] = (sql) =>
    inTurn(async () => {
      try {
        await writer.command({ query: sql })
      } catch (cause) {
        throw storeError(cause, 'Writing to the store')
      }
    })

  return {
    kind: 'embedded',
    query: async <Row>(sql: string): Promise<Row[]> => {
      const lane = busy.indexOf(Math.min(...busy))
      const reader = readers[lane] ?? writer
      busy[lane] = (busy[lane] ?? 0) + 1
      try {
        const result = await reader.query({ query: sql, format: 'JSONEachRow' })
        return (await result.json()) as Row[]
      } catch (cause) {
        throw storeError(cause, 'Reading from the store')
      } finally {
        busy[lane] = (busy[lane] ?? 1) - 1
      }
    },
    command,
    insert: async (table, columns, rows) => {
      const file = join(staging, `${++files}.bin`)
      try {
        await writeFile(file, rows)
        const names = columns.map(({ name }) => name).join(', ')
        const structure = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
        await command(
          `INSERT INTO ${table} (${names}) SELECT ${names} FROM file(${sqlString(file)}, 'RowBinary', ${sqlString(structure)})`,
        )
      } finally {
        await rm(file, { force: true })
      }
    },
    close: async () => {
      await writes
      for (const client of [...readers, writer]) await client.close()
      await rm(staging, { recursive: true, force: true })
    },
  }
}
