import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Identity, sendException, sendOutcome } from './answer.ts'
import { type Account, authenticate } from './credentials.ts'
import { busy, exceptionOf, refusal } from './exceptions.ts'
import { type Executing, execute } from './execute.ts'
import type { Need } from './lane.ts'
import { type FrontLimits, roomFor } from './limits.ts'
import { mayBeForeign } from './origin.ts'
import { type Parameters, pairsOf, parametersOf } from './parameters.ts'
import type { Receiving } from './received.ts'
import { reviseOutcome } from './revise-outcome.ts'
import {
  baseSettings,
  type EngineSettings,
  readerSettingsFor,
  settingsFor,
} from './setting-policy.ts'
import { takeIn } from './take-in.ts'

export type HandlerOptions = Executing & {
  readonly mode: 'read-write' | 'read-only'
  /** Address the front listens on. */
  readonly host: string
  readonly account: Account
  readonly identity: Identity
  /** Database of a request that names none. */
  readonly database: string
  readonly limits: FrontLimits
  /** Hears of faults of ours. */
  readonly log: (error: unknown) => void
}

/** Answers the requests of a front. Never rejects. */
export const createHandler = (
  options: HandlerOptions,
): ((request: IncomingMessage, response: ServerResponse) => Promise<void>) => {
  const { limits, identity } = options
  const requestRoom = roomFor(limits.requests)
  const receiving: Receiving = {
    limits,
    queryRoom: roomFor(limits.allQueryBytes),
    bodyRoom: roomFor(limits.allBodyBytes),
    staging: options.staging,
  }
  const base: EngineSettings = baseSettings(limits)
  const running = new Map<string, AbortController>()

  const needOf = (method: string, { settings, database, values }: Parameters): Need => {
    // as on a server, a GET changes nothing: a link or an image in a page can send one
    const readOnly =
      options.mode === 'read-only' || method !== 'POST' || (settings.get('readonly') ?? '0') !== '0'
    return {
      readOnly,
      database: database ?? options.database,
      settings: readOnly ? readerSettingsFor(base, settings) : settingsFor(base, settings),
      values,
    }
  }

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    search: string,
    say: (queryId: string) => void,
  ): Promise<void> => {
    const pairs = pairsOf(search)
    const early = parametersOf(pairs, request.headers)
    authenticate(options.account, request.headers, early)
    const queryId = early.queryId ?? randomUUID()
    if (!/^[\x20-\x7e]{1,256}$/.test(queryId))
      throw refusal('BAD_ARGUMENTS', 'query_id must be 1 to 256 printable ASCII characters.')
    say(queryId)
    if (running.has(queryId))
      throw refusal(
        'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING',
        `Query with id = ${queryId} is already running.`,
      )
    const gone = new AbortController()
    running.set(queryId, gone)
    const forget = (): void => {
      if (running.get(queryId) === gone) running.delete(queryId)
    }
    const onClose = (): void => {
      if (!response.writableFinished) gone.abort()
    }
    response.once('close', onClose)
    try {
      const { parameters, received } = await takeIn(
        request,
        pairs,
        early,
        receiving,
        limits.stallMs,
      )
      try {
        const need = needOf(request.method ?? '', parameters)
        const outcome = await execute(received, need, parameters.format, options, gone.signal)
        // before the answer: who has it whole may send the next under the same name
        forget()
        try {
          const revised = await reviseOutcome(outcome, parameters.revision)
          const { compress } = parameters
          const { stallMs } = limits
          await sendOutcome(revised, { request, response, identity, queryId, compress, stallMs })
        } finally {
          if ('file' in outcome.result) await options.staging.discard(outcome.result.file)
        }
      } finally {
        await received.release()
      }
    } finally {
      response.off('close', onClose)
      forget()
    }
  }

  return async (request, response) => {
    let queryId: string = randomUUID()
    const taken = requestRoom.take(1)
    try {
      const [path = '', ...rest] = (request.url ?? '').split('?')
      const search = rest.join('?')
      const reads = request.method === 'GET' || request.method === 'HEAD'
      if (mayBeForeign(request.headers, options.host))
        throw refusal(
          'ACCESS_DENIED',
          'This front answers programs, not pages of other sites: ask it by the address it listens on.',
        )
      if (
        path === '/ping' ||
        path === '/replicas_status' ||
        (path === '/' && search === '' && reads)
      ) {
        response.setHeader('Content-Type', 'text/html; charset=UTF-8')
        response.end(request.method === 'HEAD' ? undefined : 'Ok.\n')
        return
      }
      if (path !== '/')
        throw refusal(
          'BAD_ARGUMENTS',
          'There is no handle here: ask at / , /ping or /replicas_status.',
          404,
        )
      if (!reads && request.method !== 'POST') {
        response.setHeader('Allow', 'GET, HEAD, POST')
        throw refusal('NOT_IMPLEMENTED', 'Here GET, HEAD and POST are answered.', 405)
      }
      if (!taken) throw busy(`${limits.requests} requests are in hand.`)
      await answer(request, response, search, (id) => {
        queryId = id
      })
    } catch (error) {
      if (response.headersSent || response.destroyed) response.destroy()
      else sendException(exceptionOf(error, options.log), { request, response, identity, queryId })
    } finally {
      if (taken) requestRoom.give(1)
    }
  }
}
