import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PulseError } from '../../errors.ts'
import { storeError } from '../errors.ts'
import { makeDirectory } from '../make-directory.ts'
import { openingError } from '../opening-error.ts'
import { sqlString } from '../sql-text.ts'
import { openStaging } from '../staging.ts'
import { createHandler } from './handle.ts'
import { type Lane, openLane } from './lane.ts'
import { openLanes } from './lanes.ts'
import { type FrontLimits, readOnlyLimits, readWriteLimits } from './limits.ts'
import { reachesBeyond } from './origin.ts'
import type { ReaderScope } from './reader-scope.ts'

export type FrontOptions = {
  /**
   * Directory of the store. Where this process has it open already, the front stands on the same
   * engine with connections of its own; else it opens it, and rejects with STORE_BUSY while another
   * process holds it.
   */
  readonly directory: string
  /** Database of requests that name none. Default `pulse`; read-write makes it where it is missing. */
  readonly database?: string
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** `read-only`: every connection can only read, and what else the engine could reach is refused. */
  readonly mode: 'read-write' | 'read-only'
  /** Tables of the database that readers may read, and nothing else of ours. Default all. */
  readonly readable?: readonly string[]
  /** Default `default`. */
  readonly user?: string
  /** Default none; needed to listen beyond this machine. */
  readonly password?: string
  /** Setting the password comes from, for messages. Default CLICKHOUSE_PASSWORD. */
  readonly passwordSetting?: string
  /** Bounds other than those of the mode. */
  readonly limits?: Partial<FrontLimits>
  /** Hears of faults of ours. */
  readonly log: (error: unknown) => void
}

/** An embedded engine that answers ClickHouse's HTTP interface. */
export type Front = {
  /** Where it answers, e.g. `http://127.0.0.1:8123`. */
  readonly url: string
  /** Takes no more, finishes what is in hand within a bound, and lets go of the engine. */
  readonly close: () => Promise<void>
}

/** Requests in hand may take this long after a stop; then their clients are cut off. */
const STOP_MS = 10_000
const KEEP_ALIVE_MS = 10_000
const HEADERS_MS = 30_000
/** A whole request, with its body, comes within this time. */
const REQUEST_MS = 15 * 60_000

const openEngine = async (path: string, options: FrontOptions): Promise<Lane> => {
  const database = options.database ?? 'pulse'
  try {
    makeDirectory(path)
    const lane = openLane(path, false)
    // `default` is an Overlay database, which refuses what we need: an Atomic one of our own
    if (options.mode === 'read-write')
      await lane.run(
        `CREATE DATABASE IF NOT EXISTS \`${database}\` ENGINE = Atomic`,
        'TabSeparated',
      )
    return lane
  } catch (cause) {
    throw openingError(cause, path)
  }
}

const scopeOf = async (
  control: Lane,
  database: string,
  readable: readonly string[],
): Promise<ReaderScope> => {
  const told = await control.run(
    `SELECT name FROM system.tables WHERE database = ${sqlString(database)}`,
    'TSVRaw',
  )
  const names = Buffer.from(told.bytes).toString('utf8').split('\n').filter(Boolean)
  return {
    tables: new Set(readable.map((name) => `${database}.${name}`)),
    kept: new Set(names.filter((name) => !readable.includes(name))),
  }
}

/** What cannot be read as HTTP is answered here, since it never becomes a request. */
const onClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, code, why] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 36, 'the address and headers are too long']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 209, 'the request did not come in time']
        : ['400 Bad Request', 36, 'this is not HTTP']
  const body = `Code: ${code}. DB::Exception: The request cannot be read: ${why}. (${code === 36 ? 'BAD_ARGUMENTS' : 'SOCKET_TIMEOUT'})\n`
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=UTF-8\r\nX-ClickHouse-Exception-Code: ${code}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
}

const listen = async (server: Server, host: string, port: number): Promise<string> => {
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', fail)
      done()
    })
  })
  const { port: bound, address, family } = server.address() as AddressInfo
  const anywhere = address === '0.0.0.0' || address === '::'
  const name = anywhere ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address
  return `http://${name}:${bound}`
}

const stopListening = async (server: Server): Promise<void> => {
  let stopped = false
  const closed = new Promise<void>((done) => {
    server.close(() => {
      stopped = true
      done()
    })
  })
  const until = Date.now() + STOP_MS
  while (!stopped && Date.now() < until) {
    server.closeIdleConnections()
    await Promise.race([closed, sleep(50)])
  }
  if (!stopped) server.closeAllConnections()
  await closed
}

/**
 * Opens a front. Rejects with CONFIG_INVALID where it would be open to a network without a password,
 * with STORE_BUSY or STORE_UNAVAILABLE where the directory cannot be opened, and as `server.listen`
 * does (EADDRINUSE and its like).
 */
export const openFront = async (options: FrontOptions): Promise<Front> => {
  const { host, port, mode, log, database = 'pulse' } = options
  if (reachesBeyond(host) && (options.password ?? '') === '')
    throw new PulseError(
      'CONFIG_INVALID',
      `A store front on ${host} can be reached from other machines and has no password: whoever finds it could ${mode === 'read-only' ? 'read what it shows' : 'read and change everything'}. Set ${options.passwordSetting ?? 'CLICKHOUSE_PASSWORD'}, or listen on 127.0.0.1.`,
    )
  const path = resolve(options.directory)
  const limits = { ...(mode === 'read-only' ? readOnlyLimits : readWriteLimits), ...options.limits }
  // stays open for as long as the front: the engine is let go of with its last connection
  const control = await openEngine(path, options)
  const staging = await openStaging([tmpdir()])
  const lanes = openLanes(path, limits)
  const shut = async (): Promise<void> => {
    await lanes.close()
    control.close()
    await staging.remove()
  }
  try {
    const told = await control.run('SELECT version()', 'TabSeparated')
    const version = Buffer.from(told.bytes).toString().trim()
    const handle = createHandler({
      scope:
        options.readable === undefined
          ? undefined
          : await scopeOf(control, database, options.readable),
      mode,
      host,
      account: { user: options.user ?? 'default', password: options.password ?? '' },
      identity: { name: 'petition-pulse', version, timezone: 'UTC' },
      database,
      limits,
      log,
      lanes,
      staging,
      kill: async (mark) => {
        await control
          .run(`KILL QUERY WHERE endsWith(query, ${sqlString(mark)}) ASYNC`, 'Null')
          .catch(log)
      },
    })
    const server = createServer(
      {
        maxHeaderSize: limits.headerBytes,
        keepAliveTimeout: KEEP_ALIVE_MS,
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
      },
      (request, response) => void handle(request, response),
    )
    server.maxConnections = limits.sockets
    server.on('clientError', onClientError)
    const url = await listen(server, host, port)
    server.on('error', log)
    return {
      url,
      close: async () => {
        await stopListening(server)
        await shut()
      },
    }
  } catch (error) {
    await shut()
    throw error instanceof Error && /^Code: /.test(error.message)
      ? storeError(error, 'Opening the store front')
      : error
  }
}
