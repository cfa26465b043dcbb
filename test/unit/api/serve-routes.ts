import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp, hostRule } from '../../../dashboards/api/app.ts'
import { createTelemetry } from '../../../dashboards/api/telemetry.ts'
import type { Route } from '../../../schemas/http/route.ts'

export type ServedApp = {
  readonly url: string
  /** Failures the answers kept to themselves. */
  readonly logged: readonly unknown[]
  readonly stop: () => Promise<void>
}

/** Serves routes as the product does, on a free port of this machine. */
export const serveRoutes = async (routes: readonly Route[]): Promise<ServedApp> => {
  const logged: unknown[] = []
  const app = createApp({
    routes,
    telemetry: createTelemetry({ store: async () => true }),
    hostAllowed: hostRule('127.0.0.1', ['stats.example']),
    log: (error) => logged.push(error),
  })
  const server = createServer(app)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    logged,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
