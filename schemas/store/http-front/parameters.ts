import type { IncomingHttpHeaders } from 'node:http'
import { refusal } from './exceptions.ts'

/** What a request says beside its body. */
export type Parameters = {
  /** `query` of the address: the statement, or its beginning. */
  readonly query: string
  readonly database?: string
  /** Format of the answer where the statement names none. */
  readonly format: string
  readonly queryId?: string
  /** Values of `{name:Type}`, as they came: the engine reads them in its escaped form. */
  readonly values: ReadonlyMap<string, string>
  /** Settings of the engine for this statement. */
  readonly settings: ReadonlyMap<string, string>
  /** Whether the answer may be compressed, as far as its client accepts that. */
  readonly compress: boolean
  /** Revision of the native protocol its client reads; 0: none. */
  readonly revision: number
  readonly user?: string
  readonly password?: string
}

/** Read by the HTTP layer of a server, and meaning nothing here: answers always wait for the end of their query. */
const IGNORED = new Set([
  ...[
    'wait_end_of_query',
    'buffer_size',
    'stacktrace',
    'quota_key',
    'session_timeout',
    'session_check',
  ],
  ...['send_progress_in_http_headers', 'add_http_cors_header', 'http_response_buffer_size'],
  ...['http_headers_progress_interval_ms', 'http_zlib_compression_level', 'http_wait_end_of_query'],
  ...['cancel_http_readonly_queries_on_client_close', 'http_write_exception_in_output_format'],
  'http_native_compression_disable_checksumming_on_decompress',
])
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/
const USUAL_FORMAT = 'TabSeparated'

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw refusal('BAD_ARGUMENTS', 'The address is not UTF-8 in percent-encoding.')
  }
}

/** The parameters of an address's query string, in their order. */
export const pairsOf = (search: string): [string, string][] =>
  search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals === -1
        ? [decoded(pair), '']
        : [decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))]
    })

/** Of a header that should come once. */
export const oneHeader = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

const refuseSession = (): never => {
  throw refusal(
    'SUPPORT_IS_DISABLED',
    'There are no sessions here: leave session_id out. Send settings with each request; in clickhouse-connect set autogenerate_session_id to False.',
    400,
  )
}

const refuseRole = (): never => {
  throw refusal('SUPPORT_IS_DISABLED', 'There are no roles here: leave role out.', 400)
}

const refuseFraming = (name: string): never => {
  throw refusal(
    'SUPPORT_IS_DISABLED',
    `${name}=1 is not understood here. Use compression of HTTP instead: Content-Encoding of the request, enable_http_compression=1 for the answer. In JDBC set compress=false.`,
    400,
  )
}

const on = (value: string | undefined): boolean =>
  value !== undefined && value !== '' && value !== '0' && value !== 'false'

/** Reads them all. `more` are pairs that came in a form; of what may come once, the first counts. */
export const parametersOf = (
  pairs: readonly (readonly [string, string])[],
  headers: IncomingHttpHeaders,
): Parameters => {
  const first = new Map<string, string>()
  const values = new Map<string, string>()
  const settings = new Map<string, string>()
  const own: Readonly<Record<string, true>> = { query: true, database: true, default_format: true }
  const also = [
    'query_id',
    'user',
    'password',
    'enable_http_compression',
    'client_protocol_version',
  ]
  for (const [name, value] of pairs) {
    if (own[name] || also.includes(name)) {
      if (!first.has(name)) first.set(name, value)
    } else if (IGNORED.has(name)) continue
    else if (name === 'session_id') refuseSession()
    else if (name === 'role') refuseRole()
    else if (name === 'compress' || name === 'decompress') on(value) && refuseFraming(name)
    else if (name.startsWith('param_') && NAME.test(name.slice('param_'.length)))
      values.set(name.slice('param_'.length), value)
    else if (NAME.test(name) && !name.startsWith('param_')) settings.set(name, value)
    else
      throw refusal(
        'UNKNOWN_SETTING',
        `A parameter of the address has no name that a setting or a param_… may have: letters, digits and _.`,
        400,
      )
  }
  const database = first.get('database') ?? oneHeader(headers, 'x-clickhouse-database')
  const queryId = first.get('query_id') ?? oneHeader(headers, 'x-clickhouse-query-id')
  const user = first.get('user')
  const password = first.get('password')
  const format =
    first.get('default_format') || oneHeader(headers, 'x-clickhouse-format') || USUAL_FORMAT
  if (!NAME.test(format))
    throw refusal(
      'UNKNOWN_FORMAT',
      'Unknown format: its name has other characters than letters and digits.',
    )
  const revision = Number(first.get('client_protocol_version') ?? '0')
  return {
    query: first.get('query') ?? '',
    ...(database === undefined || database === '' ? {} : { database }),
    format,
    ...(queryId === undefined || queryId === '' ? {} : { queryId }),
    values,
    settings,
    compress: on(first.get('enable_http_compression')),
    revision: Number.isSafeInteger(revision) ? revision : 0,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  }
}
