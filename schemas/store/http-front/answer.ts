import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliCompress, createDeflate, createGzip, constants as zlib } from 'node:zlib'
import type { Exception } from './exceptions.ts'
import type { Outcome } from './execute.ts'

/** What every answer of a front says of it. */
export type Identity = {
  readonly name: string
  readonly version: string
  readonly timezone: string
}

const packers: readonly { readonly name: string; readonly make: () => Transform }[] = [
  { name: 'gzip', make: () => createGzip({ level: 3 }) },
  { name: 'deflate', make: () => createDeflate({ level: 3 }) },
  { name: 'br', make: () => createBrotliCompress({ params: { [zlib.BROTLI_PARAM_QUALITY]: 3 } }) },
]

const accepts = (request: IncomingMessage, name: string): boolean =>
  String(request.headers['accept-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .some((part) => new RegExp(`^\\s*${name}\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*$).*)?$`).test(part))

/** As the server labels its formats. */
const contentTypeOf = (format: string): string => {
  const name = format.toLowerCase()
  if (/^json.*eachrow/.test(name) && !name.startsWith('jsonobject'))
    return 'application/x-ndjson; charset=UTF-8'
  if (name.startsWith('json')) return 'application/json; charset=UTF-8'
  if (name.startsWith('csv'))
    return `text/csv; charset=UTF-8; header=${name.includes('names') ? 'present' : 'absent'}`
  if (name.startsWith('tabseparated') || name.startsWith('tsv'))
    return 'text/tab-separated-values; charset=UTF-8'
  if (name === 'xml') return 'application/xml; charset=UTF-8'
  if (/^(?:native|rowbinary|parquet|arrow|orc|avro|msgpack|protobuf|capnproto|npy)/.test(name))
    return 'application/octet-stream'
  return 'text/plain; charset=UTF-8'
}

const identify = (response: ServerResponse, identity: Identity, queryId: string): void => {
  response.setHeader('X-ClickHouse-Server-Display-Name', identity.name)
  response.setHeader('X-ClickHouse-Query-Id', queryId)
  response.setHeader('X-ClickHouse-Timezone', identity.timezone)
}

const summaryOf = ({ rows, written, elapsedMs }: Outcome): string =>
  JSON.stringify({
    ...(written === undefined ? { result_rows: String(rows) } : { written_rows: String(written) }),
    elapsed_ns: String(Math.round(elapsedMs * 1e6)),
  })

export type Sending = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly identity: Identity
  readonly queryId: string
  /** Whether the request asked for a compressed answer. */
  readonly compress: boolean
  /** A client that takes nothing for this long is cut off. */
  readonly stallMs: number
}

/** Sends a result, whose bytes are the engine's own. Rejects when the client goes away. */
export const sendOutcome = async (
  outcome: Outcome,
  { request, response, identity, queryId, compress, stallMs }: Sending,
): Promise<void> => {
  identify(response, identity, queryId)
  response.setHeader('X-ClickHouse-Format', outcome.format)
  response.setHeader('X-ClickHouse-Summary', summaryOf(outcome))
  response.setHeader('Content-Type', contentTypeOf(outcome.format))
  const { result } = outcome
  const length = 'file' in result ? (await stat(result.file)).size : result.bytes.length
  const packer = compress ? packers.find(({ name }) => accepts(request, name)) : undefined
  if (packer !== undefined && length > 0) response.setHeader('Content-Encoding', packer.name)
  else response.setHeader('Content-Length', length)
  if (request.method === 'HEAD' || length === 0) {
    response.end()
    return
  }
  const source = 'file' in result ? createReadStream(result.file) : Readable.from([result.bytes])
  const { socket } = request
  const onStall = (): void => {
    socket.destroy()
  }
  socket.setTimeout(stallMs, onStall)
  try {
    if (packer === undefined) await pipeline(source, response)
    else await pipeline(source, packer.make(), response)
  } finally {
    socket.setTimeout(0)
    socket.off('timeout', onStall)
  }
}

/** Seconds after which one that found no room should ask again. */
const RETRY_AFTER_SECONDS = 1

/** What is left of a refused body may come for this long. */
const REST_MS = 2_000

/**
 * Reads the rest of a body for nobody, for a while: a connection that is closed on a client that still
 * sends loses the answer.
 */
const passOver = (request: IncomingMessage): void => {
  const timer = setTimeout(() => request.socket.destroy(), REST_MS)
  const onEnd = (): void => clearTimeout(timer)
  request.once('end', onEnd).once('close', onEnd).resume()
}

/** Sends an error in the server's form. */
export const sendException = (
  { code, status, message }: Exception,
  { request, response, identity, queryId }: Omit<Sending, 'compress' | 'stallMs'>,
): void => {
  identify(response, identity, queryId)
  response.statusCode = status
  response.setHeader('X-ClickHouse-Exception-Code', code)
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  if (status === 503) response.setHeader('Retry-After', RETRY_AFTER_SECONDS)
  if (status === 401)
    response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"')
  const body = Buffer.from(`${message} (version ${identity.version})\n`)
  response.setHeader('Content-Length', body.length)
  if (!request.complete) passOver(request)
  response.end(request.method === 'HEAD' ? undefined : body)
}
