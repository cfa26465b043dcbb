import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Front, type FrontOptions, openFront } from '../../schemas/store/http-front/front.ts'

/** What a front answered. */
export type Told = {
  readonly status: number
  readonly text: string
  readonly bytes: Buffer
  readonly headers: Headers
}

export type AtFront = {
  readonly url: string
  readonly directory: string
  /** Sends a request: `search` without its question mark; a body makes it a POST. */
  readonly ask: (
    search: Readonly<Record<string, string>> | string,
    body?: string | Uint8Array,
    init?: RequestInit,
  ) => Promise<Told>
  /** Faults of the front's own so far: there should be none. */
  readonly faults: readonly unknown[]
}

/**
 * A front in this process for the tests of a file, which ends with them and must have had no fault of
 * its own. Three lanes: a test process has four threads for the engine, one of them for ending queries.
 */
export const scratchFront = (options: Partial<FrontOptions> = {}): AtFront => {
  const at = { url: '', directory: options.directory ?? '' }
  const faults: unknown[] = []
  let front: Front | undefined
  beforeAll(async () => {
    if (at.directory === '') at.directory = await mkdtemp(join(tmpdir(), 'pulse-front-'))
    front = await openFront({
      host: '127.0.0.1',
      port: 0,
      mode: 'read-write',
      log: (error) => faults.push(error),
      ...options,
      directory: at.directory,
      limits: { lanes: 3, lanesForWrites: 1, ...options.limits },
    })
    at.url = front.url
  })
  afterAll(async () => {
    await front?.close()
    await rm(at.directory, { recursive: true, force: true })
    expect(faults).toEqual([])
  })
  return {
    get url() {
      return at.url
    },
    get directory() {
      return at.directory
    },
    faults,
    ask: async (search, body, init = {}) => {
      const query = new URLSearchParams(search).toString()
      const response = await fetch(`${at.url}/${query === '' ? '' : `?${query}`}`, {
        ...(body === undefined
          ? {}
          : { method: 'POST', body: typeof body === 'string' ? body : Buffer.from(body) }),
        ...init,
      })
      const bytes = Buffer.from(await response.arrayBuffer())
      return { status: response.status, bytes, text: bytes.toString(), headers: response.headers }
    },
  }
}
