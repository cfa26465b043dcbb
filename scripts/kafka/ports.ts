import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

const host = '127.0.0.1'

/**
 * Below the ports the system gives to outgoing connections: a broker that was killed must find its
 * port free when it comes back, and not in the hands of some client.
 */
const [lowest, highest] = [20_000, 32_000]
const triesPerPort = 50

const listen = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ host, port, exclusive: true }, () => resolve(server))
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()))

export const isPortFree = async (port: number): Promise<boolean> => {
  const server = await listen(port)
  if (server === undefined) return false
  await close(server)
  return true
}

/** As many different ports of this machine that nobody listens on. All are held until the last is found. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const held = new Map<number, Server>()
  try {
    for (let tries = count * triesPerPort; held.size < count; tries--) {
      if (tries === 0) throw new Error(`No free port between ${lowest} and ${highest}.`)
      const port = randomInt(lowest, highest)
      const server = await listen(port)
      if (server !== undefined) held.set(port, server)
    }
    return [...held.keys()]
  } finally {
    await Promise.all([...held.values()].map(close))
  }
}
