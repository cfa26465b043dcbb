import type { IncomingMessage } from 'node:http'
import { pipeline, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { refusal } from './exceptions.ts'

const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

const fault = (error: unknown, request: IncomingMessage, packed: boolean): unknown =>
  packed && !request.destroyed
    ? refusal('BAD_ARGUMENTS', 'The body cannot be unpacked as its Content-Encoding says.')
    : error

/**
 * The body of a request in pieces, unpacked. Rejects when nothing comes for `stallMs`, when it cannot
 * be unpacked, or when the client goes away.
 */
export async function* bodyOf(request: IncomingMessage, stallMs: number): AsyncGenerator<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase()
  const unpacker = unpackers[encoding]
  if (encoding !== 'identity' && unpacker === undefined)
    throw refusal(
      'UNKNOWN_COMPRESSION_METHOD',
      'This Content-Encoding is not known here; use gzip, deflate or br.',
      415,
    )
  const { socket } = request
  let stalled = false
  const onStall = (): void => {
    stalled = true
    request.destroy()
  }
  socket.setTimeout(stallMs, onStall)
  const source = unpacker === undefined ? request : pipeline(request, unpacker(), () => undefined)
  try {
    for await (const piece of source) yield piece as Buffer
  } catch (error) {
    throw stalled
      ? refusal('SOCKET_TIMEOUT', `Nothing of the body came for ${stallMs / 1000} s.`, 408)
      : fault(error, request, unpacker !== undefined)
  } finally {
    socket.setTimeout(0)
    socket.off('timeout', onStall)
  }
}
