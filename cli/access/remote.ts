import { countedBy } from '../../dashboards/api/counting-headers.ts'
import { splitLines } from '../../producers/append/split-lines.ts'
import {
  type Counting,
  MAX_BATCH_BYTES,
  MAX_BATCH_EVENTS,
  MAX_LINE_BYTES,
  MAX_REFUSED_KEPT,
  type Refused,
  type Taken,
  tooLong,
} from '../../producers/append/take-lines.ts'
import { PulseError } from '../../schemas/errors.ts'
import { describeRefusal } from '../../schemas/events/refuse.ts'
import type { Access } from './access.ts'
import { ask, askLines, type Counts, type Query, sendLines, tell } from './http-client.ts'

const NEWLINE = Buffer.from('\n')

/** Through a running `pulse up`. Sends and asks what the commands would do on the spot. */
export const remoteAccess = (url: string): Access => {
  const settled = async (): Promise<void> => {
    await ask(url, '/api/v1/settled', {})
  }
  /** Work that tells how far it is, and at last its result. */
  const work = async <Result>(
    path: string,
    query: Query,
    progress: (done: number, whole: number) => void,
    report: (report: Result) => void = () => undefined,
  ): Promise<Result> => {
    let result: Result | undefined
    await askLines(url, 'POST', path, query, (line) => {
      const step = line as { done?: number; whole?: number; report?: Result }
      if (step.done !== undefined && step.whole !== undefined) progress(step.done, step.whole)
      else if (step.report !== undefined) report(step.report)
      else result = line as Result
    })
    if (result === undefined)
      throw new PulseError(
        'STORE_UNAVAILABLE',
        `The server at ${url} went away before it had finished. Nothing is half done; run the command again.`,
        { retriable: true },
      )
    return result
  }
  const append: Access['append'] = async (chunks, progress) => {
    const rejected: Refused[] = []
    const sum: Counting = { published: 0, duplicates: 0, conflicts: 0 }
    let rows = 0
    let events = 0
    let rejectedCount = 0
    let lines: { readonly line: number; readonly index: number; readonly bytes: Uint8Array }[] = []
    let bytes = 0

    const refuse = (refused: Refused): void => {
      if (rejected.length < MAX_REFUSED_KEPT) rejected.push(refused)
    }
    const flush = async (): Promise<void> => {
      const sent = lines
      lines = []
      bytes = 0
      if (sent.length === 0) return
      const counts = await sendLines(
        url,
        sent.flatMap((entry) => [entry.bytes, NEWLINE]),
        'stored',
      )
      events += counts.accepted
      add(sum, counts)
      rejectedCount += counts.rejectedCount ?? counts.rejected.length
      for (const { index, id, errors } of counts.rejected) {
        const at = sent[index]
        if (at !== undefined)
          refuse({
            index: at.index,
            line: at.line,
            ...(id === undefined ? {} : { id }),
            errors,
          })
      }
      progress(counts.accepted)
    }
    for await (const part of splitLines(chunks, MAX_LINE_BYTES))
      for (const entry of part) {
        const index = rows++
        if ('tooLong' in entry) {
          await flush() // so that refusals stay in the order of lines
          rejectedCount++
          refuse({ index, line: entry.line, errors: [tooLong] })
          continue
        }
        lines.push({ line: entry.line, index, bytes: entry.bytes })
        bytes += entry.bytes.byteLength
        if (lines.length >= MAX_BATCH_EVENTS || bytes >= MAX_BATCH_BYTES) await flush()
      }
    await flush()
    await settled()
    return { rows, events, ...sum, rejected, rejectedCount } satisfies Taken
  }

  return {
    name: url,
    figure: async ({ metric, ...query }) => {
      const { body, headers } = await ask(
        url,
        `/api/v1/figures/${encodeURIComponent(metric)}`,
        query,
      )
      return { answer: body as never, countedBy: countedBy((name) => headers.get(name)) }
    },
    inquire: async ({ path }, query) => {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
      const at = inPath.reduce(
        (address, name) =>
          address.replace(`{${name}}`, () => encodeURIComponent(String(query[name] ?? ''))),
        path,
      )
      const rest = Object.entries(query).filter(([name]) => !inPath.includes(name))
      return (await ask(url, at, Object.fromEntries(rest))).body as never
    },
    append,
    publish: async (events) => {
      const sum: Counting = { published: 0, duplicates: 0, conflicts: 0 }
      if (events.length === 0) return sum
      const counts = await sendLines(
        url,
        // the canonical form is the event as sent, so it is the same event there
        events.map(({ canonical }) => Buffer.from(`${canonical}\n`)),
        'stored',
      )
      const fault = counts.rejected[0]?.errors[0]
      if (fault !== undefined)
        throw new PulseError(
          'STORE_REJECTED',
          `The server at ${url} refused an event that this command found sound (${describeRefusal(fault)}). Use the same version on both sides.`,
        )
      add(sum, counts)
      return sum
    },
    priorLedgerEvents: async (source, idPrefix) => {
      const found: never[] = []
      await askLines(url, 'GET', '/api/v1/ledger-events', { source, idPrefix }, (line) => {
        found.push(line as never)
      })
      return found
    },
    settled,
    ledgerState: async (source, idPrefix) =>
      (await ask(url, '/api/v1/ledger-events/state', { source, idPrefix })).body as never,
    noteLedger: (source, idPrefix, state) =>
      tell(url, '/api/v1/ledger-events/state', { source, idPrefix }, state),
    replay: ({ from, dryRun }, { progress, report }) =>
      work('/api/v1/replay', { from, dryRun: String(dryRun) }, progress, report),
    migrate: async () => (await ask(url, '/api/v1/store', {})).body as never,
    reconcile: (progress) => work('/api/v1/reconcile', {}, progress),
    deadLetters: {
      list: async ({ reason, since, limit }) => {
        const { body } = await ask(url, '/api/v1/dead-letters', {
          reason,
          since: since === undefined ? undefined : new Date(since).toISOString(),
          limit: String(limit),
        })
        return (body as { letters: never }).letters
      },
      show: async (name) => (await ask(url, '/api/v1/dead-letters/letter', { name })).body as never,
      replay: ({ reason, dryRun }, progress) =>
        work('/api/v1/dead-letters/replay', { reason, dryRun: String(dryRun) }, progress),
    },
    close: async () => undefined,
  }
}

const add = (sum: Counting, counts: Counts): void => {
  sum.published += counts.published
  sum.duplicates += counts.duplicates ?? 0
  sum.conflicts += counts.conflicts ?? 0
  if (counts.duplicates === undefined) sum.outcomesUnknown = true
}
