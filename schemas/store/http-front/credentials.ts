import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { refusal } from './exceptions.ts'
import { oneHeader, type Parameters } from './parameters.ts'

/** Who may ask. No password: an empty one, as the server's own `default` user has. */
export type Account = { readonly user: string; readonly password: string }

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** In a time that does not depend on where the two differ, or how long they are. */
const same = (given: string, wanted: string): boolean =>
  timingSafeEqual(digest(given), digest(wanted))

const basic = (header: string): Account | undefined => {
  const encoded = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1
    ? { user: text, password: '' }
    : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

const given = (
  headers: IncomingHttpHeaders,
  { user, password }: Pick<Parameters, 'user' | 'password'>,
): Account | undefined => {
  const ownUser = oneHeader(headers, 'x-clickhouse-user')
  const ownKey = oneHeader(headers, 'x-clickhouse-key')
  const authorization = oneHeader(headers, 'authorization')
  const ways = [
    ownUser !== undefined || ownKey !== undefined,
    authorization !== undefined,
    user !== undefined || password !== undefined,
  ]
  if (ways.filter(Boolean).length > 1)
    throw refusal(
      'AUTHENTICATION_FAILED',
      'Invalid authentication: give user and password in one way only: Authorization, X-ClickHouse-User and X-ClickHouse-Key, or the parameters user and password.',
    )
  if (authorization !== undefined) {
    const account = basic(authorization)
    if (account === undefined)
      throw refusal(
        'AUTHENTICATION_FAILED',
        'Invalid authentication: only the Basic scheme is known here.',
      )
    return account
  }
  if (ways[0]) return { user: ownUser ?? 'default', password: ownKey ?? '' }
  if (ways[2]) return { user: user ?? 'default', password: password ?? '' }
  return undefined
}

/** Returns where the request may be answered; throws what the server would answer otherwise. */
export const authenticate = (
  account: Account,
  headers: IncomingHttpHeaders,
  parameters: Pick<Parameters, 'user' | 'password'>,
): void => {
  const asked = given(headers, parameters)
  const { user, password } = asked ?? { user: 'default', password: '' }
  const userFits = same(user, account.user)
  const passwordFits = same(password, account.password)
  if (userFits && passwordFits) return
  throw refusal(
    asked === undefined ? 'REQUIRED_PASSWORD' : 'AUTHENTICATION_FAILED',
    'Authentication failed: password is incorrect, or there is no user with such name.',
  )
}
