import { connect, createServer, type Socket } from 'node:net'
import { waitUntil } from './wait-until.ts'

export type SwallowingProxy = {
  readonly url: string
  /**
   * The next request whose head matches reaches the server; the first bytes of its answer, and the
   * connection, do not reach the client. Resolves when that has happened, rejects after `limitMs`.
   */
  readonly swallowAnswer: (request: RegExp, limitMs: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** The head of a request is at most this far back when its end is seen. */
const HEAD_BYTES = 64 * 1024

/** Hands bytes on between clients and a port of this machine, but for an answer it is told to lose. */
export const openSwallowingProxy = async (port: number): Promise<SwallowingProxy> => {
  let wanted: RegExp | undefined
  let swallowed = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let asked = ''
    let doomed = false
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.on('data', (bytes) => {
      asked = (asked + bytes.toString('latin1')).slice(-HEAD_BYTES)
      if (wanted?.test(asked)) {
        wanted = undefined
        doomed = true
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      asked = ''
      if (!doomed) {
        client.write(bytes)
        return
      }
      swallowed += 1
      client.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    swallowAnswer: async (request, limitMs) => {
      const before = swallowed
      wanted = request
      await waitUntil(`an answer to ${request} to lose`, limitMs, () =>
        swallowed > before ? true : undefined,
      )
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
