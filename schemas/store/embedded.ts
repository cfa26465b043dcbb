import { accessSync, constants } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { PulseError } from '../errors.ts'
import { storeError } from './errors.ts'
import { makeDirectory } from './make-directory.ts'
import type { Store } from './port.ts'
import { sessionSettings } from './session-settings.ts'
import { sqlString } from './sql-text.ts'

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

const STAGING = /^pulse-(\d+)-/

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Removes what processes that were killed left of their staging directories. */
const clearStaging = async (root: string): Promise<void> => {
  for (const name of await readdir(root).catch(() => [])) {
    const pid = STAGING.exec(name)?.[1]
    if (pid !== undefined && !lives(Number(pid)))
      await rm(join(root, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

/**
 * Where a batch is laid for the engine to read: memory where the system has it, since the engine
 * parses a file three times as fast as it takes rows through a call. Its name carries our pid.
 */
const stagingDirectory = async (): Promise<string> => {
  for (const root of ['/dev/shm', tmpdir()]) {
    try {
      const directory = await mkdtemp(join(root, `pulse-${process.pid}-`))
      await clearStaging(root)
      return directory
    } catch {
      // not on this system, or not ours to write: the next
    }
  }
  throw new PulseError(
    'STORE_UNAVAILABLE',
    `No directory for temporary files can be written: neither /dev/shm nor ${tmpdir()}. Set TMPDIR to one that can.`,
  )
}

/** Why the engine could not take the directory: it gives one message for all reasons. */
const openingError = (cause: unknown, path: string): PulseError => {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return new PulseError(
      'STORE_UNAVAILABLE',
      `Opening the store: ${path} cannot be read and written by this user.`,
      { cause },
    )
  }
  const message = cause instanceof Error ? cause.message : String(cause)
  if (/Failed to create connection|lock/i.test(message))
    return new PulseError(
      'STORE_BUSY',
      `Opening the store: ${path} is open in another process. Stop that process, or use --server with its address.`,
      { cause, retriable: true },
    )
  return storeError(cause, 'Opening the store')
}

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
  const readers: ClickHouseClient[] = []
  for (let n = 0; n < (options.readers ?? 3); n++) readers.push(await another())
  const staging = await stagingDirectory()
  const busy = readers.map(() => 0)
  let files = 0

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
    maintain: upkeep.run,
    insert: async (table, columns, rows) => {
      const file = join(staging, `${++files}.bin`)
      try {
        await writeFile(file, rows)
        const names = columns.map(({ name }) => name).join(', ')
        const structure = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
        await inserts.run(
          `INSERT INTO ${table} (${names}) SELECT ${names} FROM file(${sqlString(file)}, 'RowBinary', ${sqlString(structure)})`,
        )
      } finally {
        await rm(file, { force: true })
      }
    },
    close: async () => {
      await commands.idle()
      await inserts.idle()
      await upkeep.idle()
      for (const client of [...readers, inserter, keeper, writer]) await client.close()
      await rm(staging, { recursive: true, force: true })
    },
  }
}
