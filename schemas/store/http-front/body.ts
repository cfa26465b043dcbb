import type { IncomingMessage } from 'node:http'
import { type Duplex, PassThrough } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { refusal } from './exceptions.ts'

const unpackers: Readonly<Record<string, () => Duplex>> = {
  identity: () => new PassThrough(),
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/**
 * The body of a request in pieces, unpacked. Rejects when nothing comes for `stallMs`, when it cannot
 * be unpacked, or when the client goes away. Whoever stops early leaves the request as it is, so that
 * it can still be answered.
 */
export async function* bodyOf(request: IncomingMessage, stallMs: number): AsyncGenerator<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase()
  const unpacker = unpackers[encoding]?.()
  if (unpacker === undefined)
    throw refusal(
      'UNKNOWN_COMPRESSION_METHOD',
      'This Content-Encoding is not known here; use gzip, deflate or br.',
      415,
    )
  const stalled = refusal(
    'SOCKET_TIMEOUT',
    `Nothing of the body came for ${stallMs / 1000} s.`,
    408,
  )
  const stop = (error: Error): void => {
    unpacker.destroy(error)
  }
  const onStall = (): void => stop(stalled)
  request.once('error', stop)
  // heard on the request: a time-out nobody hears there closes the connection without an answer
  request.once('timeout', onStall)
  request.socket.setTimeout(stallMs)
  request.pipe(unpacker)
  try {
    for await (const piece of unpacker) yield piece as Buffer
  } catch (error) {
    throw error === stalled || request.errored !== null
      ? error
      : refusal('BAD_ARGUMENTS', 'The body cannot be unpacked as its Content-Encoding says.')
  } finally {
    request.unpipe(unpacker)
    request.off('error', stop)
    request.socket.setTimeout(0)
    request.off('timeout', onStall)
  }
}
