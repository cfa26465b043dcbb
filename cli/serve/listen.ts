import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROBLEM_TYPE, RETRY_AFTER_SECONDS } from '../../schemas/http/problem.ts'

/** Requests in hand may take this long after a stop; then they are cut off. */
const STOP_MS = 10_000
/** A connection on which nothing moves for this long is dropped. */
const IDLE_MS = 10 * 60_000

export type Listening = {
  /** Where it answers, e.g. `http://127.0.0.1:8080`. */
  readonly url: string
  readonly answerWith: (listener: RequestListener) => void
  /** Takes no more, finishes what is in hand within a bound. */
  readonly stop: () => Promise<void>
}

/** Answers while the store is being opened: alive, but not ready. */
const starting: RequestListener = (request, response) => {
  if (request.url === '/healthz') {
    response.setHeader('Content-Type', 'application/json')
    response.end('{"status":"up"}')
    return
  }
  request.resume()
  response.writeHead(503, {
    'Content-Type': PROBLEM_TYPE,
    'Retry-After': String(RETRY_AFTER_SECONDS),
  })
  response.end(
    JSON.stringify({
      type: 'about:blank',
      title: 'Starting',
      status: 503,
      detail: 'The store is being opened; ask again shortly.',
      code: 'STORE_UNAVAILABLE',
    }),
  )
}

const addressOf = (server: Server, host: string): string => {
  const { port, address, family } = server.address() as AddressInfo
  const anywhere = host === '0.0.0.0' || host === '::'
  const name = anywhere ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address
  return `http://${name}:${port}`
}

const stop = async (server: Server): Promise<void> => {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  const until = Date.now() + STOP_MS
  let done = false
  void closed.then(() => {
    done = true
  })
  while (!done && Date.now() < until) {
    server.closeIdleConnections()
    await Promise.race([closed, sleep(50)])
  }
  if (!done) server.closeAllConnections()
  await closed
}

/** Binds the port. Rejects as `server.listen` does (EADDRINUSE and its like). */
export const listen = async (host: string, port: number): Promise<Listening> => {
  let answer = starting
  const server = createServer((request, response) => answer(request, response))
  // a long stream of events may take its time, its headers may not
  server.requestTimeout = 0
  server.headersTimeout = 30_000
  server.setTimeout(IDLE_MS)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, resolve)
  })
  server.on('error', () => undefined)
  return {
    url: addressOf(server, host),
    answerWith: (listener) => {
      answer = listener
    },
    stop: () => stop(server),
  }
}
