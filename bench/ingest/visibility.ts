import { setTimeout as sleep } from 'node:timers/promises'
import { quantile } from '../measure.ts'

/** A thousand events a second, as ten requests of a hundred. */
const EVERY_MS = 100
const NEW_MATTERS = 40
const FOLLOW_UPS = 60
const PROBE_PAUSE_MS = 20
const LAST_LIMIT_MS = 60_000
const SETTLE_MS = 5_000

export type Visibility = {
  /** Registrations whose way was followed, of all events that were sent. */
  readonly followed: number
  readonly sent: number
  readonly refused: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly greatestMs: number
  /** How long the figure that is asked takes to answer: part of what is measured. */
  readonly figureP50Ms: number
}

type Batch = { readonly sentAt: number; readonly seenAt: number[] }

const followUps = [
  { type: 'matter.accepted.v1', data: { org: '430102-housing' } },
  { type: 'matter.supervised.v1', data: { byLevel: 3 } },
  { type: 'matter.closed.v1', data: { outcome: 'supported' } },
] as const

/** A batch of lines: new matters, each with a category that only its batch has, and steps of earlier ones. */
const linesOf = (run: string, batch: number): string => {
  const time = new Date(Date.now() - 60_000).toISOString()
  const common = { specversion: '1.0', source: '/offices/430102', time }
  const matter = (of: number, n: number) => `2026-430102-${run}-${of}-${n}`
  const registered = Array.from({ length: NEW_MATTERS }, (_, n) => ({
    ...common,
    id: `${run}-${batch}-r${n}`,
    type: 'petition.registered.v1',
    subject: matter(batch, n),
    data: { petitionId: '1', channel: 'online', region: '430102001', category: `${run}/${batch}` },
  }))
  const steps = Array.from({ length: FOLLOW_UPS }, (_, n) => {
    const step = followUps[n % followUps.length] ?? followUps[0]
    const of = Math.max(0, batch - 1 - (n % 50))
    return { ...common, ...step, id: `${run}-${batch}-s${n}`, subject: matter(of, n % NEW_MATTERS) }
  })
  return [...registered, ...steps].map((event) => `${JSON.stringify(event)}\n`).join('')
}

type Counted = { readonly rows?: readonly { readonly category: string; readonly value: number }[] }

/**
 * Sends a thousand events a second to a running `pulse up` for so long, while one asker asks a figure
 * again and again, and follows each registration from the begin of its request to the end of the first
 * answer that counts it.
 */
export const measureVisibility = async (url: string, seconds: number): Promise<Visibility> => {
  const run = Date.now().toString(36)
  const batches = new Map<string, Batch>()
  const figureTook: number[] = []
  let sent = 0
  let refused = 0
  const post = async (batch: number): Promise<void> => {
    const body = linesOf(run, batch)
    batches.set(`${run}/${batch}`, { sentAt: performance.now(), seenAt: [] })
    sent += NEW_MATTERS + FOLLOW_UPS
    const response = await fetch(new URL('/api/v1/events?waitFor=stored', url), {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body,
    })
    if (response.status !== 202) refused += 1
    await response.arrayBuffer()
  }
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const range = { from: day(Date.now() - 172_800_000), to: day(Date.now() + 172_800_000) }
  const query = new URLSearchParams({ ...range, by: 'category' })
  const ask = async (): Promise<void> => {
    const begun = performance.now()
    const response = await fetch(new URL(`/api/v1/figures/petitions?${query}`, url))
    const { rows = [] } = (await response.json()) as Counted
    const now = performance.now()
    figureTook.push(now - begun)
    for (const { category, value } of rows) {
      const batch = batches.get(category)
      while (batch !== undefined && batch.seenAt.length < value) batch.seenAt.push(now)
    }
  }
  const allSeen = () => [...batches.values()].every(({ seenAt }) => seenAt.length >= NEW_MATTERS)

  const posts: Promise<void>[] = []
  let sending = true
  const asking = (async () => {
    for (let until = Number.POSITIVE_INFINITY; ; await sleep(PROBE_PAUSE_MS)) {
      await ask()
      if (sending) continue
      until = Math.min(until, performance.now() + LAST_LIMIT_MS)
      if (allSeen()) return
      if (performance.now() > until)
        throw new Error(`events sent were not counted within ${LAST_LIMIT_MS / 1000} s`)
    }
  })()
  const begun = performance.now()
  for (let batch = 0; batch * EVERY_MS < seconds * 1000; batch += 1) {
    await sleep(Math.max(0, begun + batch * EVERY_MS - performance.now()))
    posts.push(post(batch))
  }
  await Promise.all(posts)
  sending = false
  await asking
  const settledFrom = begun + SETTLE_MS
  const took = [...batches.values()]
    .filter(({ sentAt }) => sentAt >= settledFrom)
    .flatMap(({ sentAt, seenAt }) => seenAt.slice(0, NEW_MATTERS).map((at) => at - sentAt))
  return {
    followed: took.length,
    sent,
    refused,
    p50Ms: quantile(took, 0.5),
    p95Ms: quantile(took, 0.95),
    p99Ms: quantile(took, 0.99),
    greatestMs: quantile(took, 1),
    figureP50Ms: quantile(figureTook, 0.5),
  }
}
