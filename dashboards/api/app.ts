import express, { type Express, type RequestHandler } from 'express'
import { PulseError } from '../../schemas/errors.ts'
import { problemMiddleware } from '../../schemas/http/problem-middleware.ts'
import { expressPath, type Route } from '../../schemas/http/route.ts'
import type { Telemetry } from './telemetry.ts'

export type AppOptions = {
  readonly routes: readonly Route[]
  readonly telemetry: Telemetry
  /** Whether a request that gives this `Host` is answered; refuses names other sites may point here. */
  readonly hostAllowed: (host: string | undefined) => boolean
  /** Hears of failures that the answer keeps to itself. */
  readonly log: (error: unknown) => void
}

const careful: RequestHandler = (_request, response, next) => {
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  )
  next()
}

const refuse = (status: number, title: string, message: string): PulseError =>
  new PulseError('USAGE', message, { details: { status, title } })

/** The routes as one express application, with the care every answer takes. Binds no port. */
export const createApp = ({ routes, telemetry, hostAllowed, log }: AppOptions): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag') // figures change with every event; a digest of each answer would serve nobody
  app.use(careful)
  app.use((request, _response, next) => {
    if (hostAllowed(request.headers.host)) next()
    else
      next(
        refuse(
          421,
          'Wrong host',
          'This server does not answer to that host name. Ask it by its address, or name the host in PULSE_ALLOWED_HOSTS.',
        ),
      )
  })
  const byPath = new Map<string, Route[]>()
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route])
  for (const [path, together] of byPath) {
    const at = expressPath(path)
    for (const route of together)
      app[route.method](at, async (request, response) => {
        const done = telemetry.timeRequest(route.method, path)
        response.once('close', () => done(response.statusCode))
        await route.handle(request, response)
      })
    const allowed = together.map(({ method }) => method.toUpperCase()).join(', ')
    app.all(at, (_request, response) => {
      response.setHeader('Allow', allowed)
      throw refuse(405, 'Method not allowed', `Here only ${allowed} is answered.`)
    })
  }
  app.use(() => {
    throw new PulseError(
      'NOT_FOUND',
      'There is nothing at this address. /api/v1/openapi.json lists what there is.',
    )
  })
  app.use(problemMiddleware(log))
  return app
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The name in a `Host` header, without its port. */
const nameOf = (host: string): string => host.toLowerCase().replace(/:\d+$/, '')

/** Whether an address to listen on can be reached from other machines. */
export const listensBeyond = (address: string): boolean =>
  !(loopbackNames.has(address) || address === '::1' || /^127\./.test(address))

/**
 * Who may be meant by a request. Listening on this machine only, a name of this machine, so that
 * no page of another site can reach the API by pointing its own name here; listening to the
 * network, any name unless some are listed.
 */
export const hostRule = (
  listensOn: string,
  allowed: readonly string[],
): ((host: string | undefined) => boolean) => {
  const names = new Set([...loopbackNames, ...allowed])
  if (listensBeyond(listensOn) && allowed.length === 0) return () => true
  return (host) =>
    host !== undefined && (names.has(nameOf(host)) || /^127(\.\d{1,3}){3}$/.test(nameOf(host)))
}
