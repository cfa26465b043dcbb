import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

const loopbackNames = new Set(['localhost', '127.0.0.1', '::1', '[::1]'])

/** Whether an address to listen on can be reached from other machines. */
export const reachesBeyond = (host: string): boolean =>
  !(loopbackNames.has(host) || (isIP(host) === 4 && host.startsWith('127.')))

/** The name in a `Host` header, without its port. */
const nameOf = (host: string): string => host.toLowerCase().replace(/:\d+$/, '')

/**
 * Whether a request may come from a page of another site in somebody's browser: such a page may send
 * statements to this machine, or point a name of its own here, without the one who looks at it
 * knowing. Programs send neither `Origin` nor `Sec-Fetch-Site`. On this machine only, a request must
 * name this machine.
 */
export const mayBeForeign = (headers: IncomingHttpHeaders, listensOn: string): boolean => {
  const { host, origin } = headers
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  if (
    origin !== undefined &&
    (!URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase())
  )
    return true
  if (reachesBeyond(listensOn)) return false
  return host === undefined || reachesBeyond(nameOf(host))
}
