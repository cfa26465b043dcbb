import { setTimeout as sleep } from 'node:timers/promises'
import { splitLines } from '../../producers/append/split-lines.ts'
import type { Refused, WaitFor } from '../../producers/append/take-lines.ts'
import { PulseError } from '../../schemas/errors.ts'
import { errorOfProblem } from '../../schemas/http/problem.ts'

/** Body of an answer to events. */
export type Counts = {
  readonly accepted: number
  readonly published: number
  /** Neither is there where what was sent went into a log that does not say. */
  readonly duplicates?: number
  readonly conflicts?: number
  readonly rejected: readonly Refused[]
  readonly rejectedCount?: number
}

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

const TRIES = 4
const LONGEST_WAIT_SECONDS = 5

const addressOf = (url: string, path: string, query: Query): URL => {
  const address = new URL(path, url)
  for (const [name, value] of Object.entries(query))
    for (const one of value === undefined ? [] : typeof value === 'string' ? [value] : value)
      address.searchParams.append(name, one)
  return address
}

const unreachable = (url: string, cause: unknown): PulseError =>
  new PulseError(
    'STORE_UNAVAILABLE',
    `No answer from the server at ${url}. Start it with \`pulse up\`, or mend the address. What it acknowledged is stored; running the command again doubles nothing.`,
    { retriable: true, cause },
  )

/** Sends a request; waits and tries again, a few times, while the server answers 503. */
const request = async (url: string, address: URL, init: RequestInit): Promise<Response> => {
  for (let attempt = 1; ; attempt++) {
    let response: Response
    try {
      response = await fetch(address, { ...init, redirect: 'error' })
    } catch (cause) {
      throw unreachable(url, cause)
    }
    if (response.status !== 503 || attempt === TRIES) return response
    await response.body?.cancel()
    const seconds = Number(response.headers.get('retry-after') ?? '1')
    await sleep(1000 * Math.min(LONGEST_WAIT_SECONDS, seconds >= 0 ? seconds : 1))
  }
}

const jsonOf = async (url: string, response: Response): Promise<unknown> => {
  try {
    return await response.json()
  } catch (cause) {
    throw response.ok ? unreachable(url, cause) : errorOfProblem(undefined, response.status)
  }
}

/** A POST, of a type that a page of another site cannot send unasked. */
const posted = (body: object = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** Asks for JSON. Rejects with the error the server's problem stands for. */
export const ask = async (
  url: string,
  path: string,
  query: Query,
): Promise<{ readonly body: unknown; readonly headers: Headers }> => {
  const response = await request(url, addressOf(url, path, query), {})
  const body = await jsonOf(url, response)
  if (!response.ok) throw errorOfProblem(body, response.status)
  return { body, headers: response.headers }
}

/** Says something that has no answer but that it is kept. */
export const tell = async (
  url: string,
  path: string,
  query: Query,
  body: object,
): Promise<void> => {
  const response = await request(url, addressOf(url, path, query), posted(body))
  if (!response.ok) throw errorOfProblem(await jsonOf(url, response), response.status)
  await response.body?.cancel()
}

/** Sends events, one a line. A body of which nothing was usable is an answer too, not an error. */
export const sendLines = async (
  url: string,
  parts: readonly Uint8Array[],
  waitFor: WaitFor,
): Promise<Counts> => {
  const response = await request(url, addressOf(url, '/api/v1/events', { waitFor }), {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: Buffer.concat(parts),
  })
  const body = await jsonOf(url, response)
  if (typeof body === 'object' && body !== null && 'rejected' in body && 'accepted' in body)
    return body as Counts
  throw errorOfProblem(body, response.status)
}

/** Asks for an answer of one JSON value a line, each handed over as it comes. A line with `error` is the problem that ended it. */
export const askLines = async (
  url: string,
  method: 'GET' | 'POST',
  path: string,
  query: Query,
  each: (value: unknown) => void,
): Promise<void> => {
  const response = await request(url, addressOf(url, path, query), method === 'GET' ? {} : posted())
  if (!response.ok) throw errorOfProblem(await jsonOf(url, response), response.status)
  if (response.body === null) return
  try {
    for await (const lines of splitLines(response.body, Number.MAX_SAFE_INTEGER))
      for (const entry of lines) {
        if (!('bytes' in entry)) continue
        const value: unknown = JSON.parse(Buffer.from(entry.bytes).toString('utf8'))
        if (typeof value === 'object' && value !== null && 'error' in value)
          throw errorOfProblem(value.error, 503)
        each(value)
      }
  } catch (cause) {
    throw cause instanceof PulseError ? cause : unreachable(url, cause)
  }
}
