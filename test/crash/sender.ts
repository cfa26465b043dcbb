import { setTimeout as sleep } from 'node:timers/promises'
import { parseEventText } from '../../schemas/events/parse.ts'
import { contentName } from './hostile-waves.ts'

/** Lines of one request: few, so that there are many moments to be killed at. */
const REQUEST_LINES = 60
const RETRY_MS = 200
const REQUEST_LIMIT_MS = 20_000

export type Sender = {
  /**
   * Sends lines in requests, each again and again until it is answered with an acceptance. Rejects
   * when that takes longer than `limitMs`, or when the intake refuses another number of lines than it must.
   */
  readonly send: (lines: readonly string[], limitMs: number) => Promise<void>
  /** Names of the contents that were acknowledged. */
  readonly acknowledged: ReadonlySet<string>
  /** Requests that had to be sent again. */
  readonly retries: () => number
}

type Answer = { readonly accepted: number; readonly rejected: readonly unknown[] }

/** A client as an office runs one: it keeps what was not acknowledged, and sends it again. */
export const createSender = (url: string, requestLines = REQUEST_LINES): Sender => {
  const acknowledged = new Set<string>()
  let retries = 0
  const address = new URL('/api/v1/events?waitFor=stored', url)

  /** The answer of an acceptance; undefined: none came, or the intake asked to come back. */
  const attempt = async (body: string): Promise<Answer | string> => {
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body,
        signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      })
      const text = await response.text()
      if (response.status === 202 || response.status === 207 || response.status === 400)
        return JSON.parse(text) as Answer
      return `${response.status} ${text}`
    } catch (error) {
      return error instanceof Error ? `${error.message} ${error.cause ?? ''}` : String(error)
    }
  }

  const sendOne = async (lines: readonly string[], limitMs: number): Promise<void> => {
    const body = lines.map((line) => `${line}\n`).join('')
    const sound = lines.flatMap((line) => {
      const parsed = parseEventText(line, { receivedTime: 'refused' })
      return parsed.ok ? [parsed.event] : []
    })
    for (const until = Date.now() + limitMs; ; await sleep(RETRY_MS)) {
      const answer = await attempt(body)
      if (typeof answer !== 'string') {
        if (answer.accepted !== sound.length)
          throw new Error(
            `${answer.accepted} of ${lines.length} lines were accepted, ${sound.length} are sound`,
          )
        for (const event of sound) acknowledged.add(contentName(event))
        return
      }
      if (Date.now() > until)
        throw new Error(`waited ${limitMs / 1000} s for an acknowledgement; last: ${answer}`)
      retries += 1
    }
  }

  return {
    send: async (lines, limitMs) => {
      for (let from = 0; from < lines.length; from += requestLines)
        await sendOne(lines.slice(from, from + requestLines), limitMs)
    },
    acknowledged,
    retries: () => retries,
  }
}
