import { PulseError } from '../../schemas/errors.ts'
import type { GroupOffsets } from '../../schemas/log/kafka/group-offsets.ts'
import { originOf } from '../../schemas/log/positions.ts'
import {
  type LogProgress,
  NO_WATERMARK,
  readProgress,
  watermarkOf,
} from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { shareStatement } from '../../schemas/tables/cluster-ddl.ts'
import type { DeadLetter } from '../dead-letters/letter.ts'
import { parkDeadLetters } from '../dead-letters/park.ts'
import { attachLog } from '../log/attach.ts'
import { positionColumns } from '../log/position-rows.ts'
import { storeProgress } from '../log/progress-rows.ts'
import type { Run } from '../log/topic-reader.ts'
import { createNextFacts, next } from '../projector/beside.ts'
import type { FactsBeside } from '../projector/rebuild.ts'
import { eventRowColumns } from '../sink/event-rows.ts'
import { storeMergeEdges } from '../sink/merge-edges.ts'
import type { ReplayedPartition } from './judge-message.ts'
import { knownPositions } from './known-positions.ts'
import { bringLacking, followStored, gatherLacking } from './lacking.ts'
import { readRuns } from './read-runs.ts'
import type { LogRead } from './report.ts'

/** The log, as a replay asks it. */
export type LogToReplay = {
  readonly topic: string
  /** What each partition holds, and what the group has committed of it. */
  readonly offsets: () => Promise<readonly GroupOffsets[]>
  /** Whether consumers of the group are at work. */
  readonly busy: () => Promise<boolean>
  /** All of it, in batches. Throws the reason of `signal` once that is aborted. */
  readonly read: (
    offsets: readonly GroupOffsets[],
    signal: AbortSignal | undefined,
  ) => AsyncIterable<readonly Run[]>
}

export type LogFacts = FactsBeside & {
  /** What was read, and what the store lacks of it: known once it is gathered. */
  readonly found: () => LogRead
  /** Whether consumers store meanwhile. */
  readonly busy: boolean
  /** To be called after the switch: how far the log is stored and folded. */
  readonly promise: () => Promise<void>
}

export type LogFactsOptions = {
  readonly store: Store
  readonly log: LogToReplay
  readonly progress: (done: number, whole: number) => void
  readonly now: () => number
  /** Once aborted, reading and gathering reject with the reason. */
  readonly signal?: AbortSignal | undefined
}

/** Clocks of broker and reader may differ by so much. */
const CLOCK_ALLOWANCE_MS = 50
/** Events of the log the store lacks that are named. */
const NAMED = 10

const requireSameLog = ({ log }: LogProgress, topic: string): void => {
  if (log === undefined || log.topic === topic) return
  throw new PulseError(
    'CONFIG_INVALID',
    `This store is fed from the topic ${log.topic}, and these settings mean ${topic}. Set KAFKA_TOPIC_PREFIX to what the consumers of the store have, or replay without --from kafka.`,
    { details: { tellClient: true } },
  )
}

const isFilled = async (store: Store): Promise<boolean> =>
  (await store.query('SELECT 1 AS one FROM case_events LIMIT 1')).length > 0

/** Letters whose rows are looked for in one statement. */
const LETTERS_AT_ONCE = 1_000

/** Of some dead letters, those that are not parked. */
const unparked = async (
  store: Store,
  letters: readonly DeadLetter[],
): Promise<readonly DeadLetter[]> => {
  const lacking: DeadLetter[] = []
  for (let from = 0; from < letters.length; from += LETTERS_AT_ONCE) {
    const part = letters.slice(from, from + LETTERS_AT_ONCE)
    const places = part.map(({ message }) => `(${sqlString(message.origin)}, ${message.position})`)
    const parked = await store.query<{ origin: string; position: number }>(
      `SELECT DISTINCT toString(origin) AS origin, position FROM dead_letters WHERE (origin, position) IN (${places.join(', ')})`,
    )
    const known = new Set(parked.map(({ origin, position }) => `${origin} ${position}`))
    lacking.push(
      ...part.filter(({ message }) => !known.has(`${message.origin} ${message.position}`)),
    )
  }
  return lacking
}

/**
 * Reads the log from its start into tables beside the live ones, and gives the facts to fold: all that
 * is stored, and what the log holds beyond it. The tables must not be there yet.
 */
export const readLogFacts = async ({
  store,
  log,
  progress,
  now,
  signal,
}: LogFactsOptions): Promise<LogFacts> => {
  const { topic } = log
  const before = await readProgress(store)
  requireSameLog(before, topic)
  const startedAt = now()
  const offsets = await log.offsets()
  const busy = await log.busy()
  const told = watermarkOf(before) ?? ((await isFilled(store)) ? startedAt : NO_WATERMARK)
  const partitions = new Map(
    offsets.map(({ partition, end, committed = 0 }): readonly [number, ReplayedPartition] => {
      const origin = originOf(topic, partition)
      const known = before.origins.find((one) => one.origin === origin)
      return [
        partition,
        {
          origin,
          passed: busy ? Math.min(end, Math.max(known?.folded ?? 0, committed)) : end,
          watermark: Math.max(known?.told ?? NO_WATERMARK, told),
        },
      ]
    }),
  )
  await createNextFacts(store)

  const whole = offsets.reduce((sum, { begin, end }) => sum + end - begin, 0)
  const counted = { read: 0, lackingLetters: 0, left: 0, passedOver: 0 }
  let done = 0
  for await (const batch of log.read(offsets, signal)) {
    const runs = batch.flatMap((run) => {
      const partition = partitions.get(run.partition)
      return partition === undefined ? [] : [{ ...run, partition }]
    })
    const known = await knownPositions(
      store,
      runs.map(({ partition: { origin }, from, to }) => ({ origin, from, to })),
    )
    const found = await readRuns(runs, known, { storedAt: now(), busy })
    const letters = await unparked(store, found.letters)
    await parkDeadLetters(store, letters, now(), next('dead_letters'))
    await storeMergeEdges(store, found.merges, next('merge_edges'))
    const read = next('case_events_read')
    if (found.events > 0) await store.insert(read, eventRowColumns, found.eventRows)
    if (found.leftEvents > 0) await store.insert(read, eventRowColumns, found.leftRows)
    if (found.positions > 0)
      await store.insert(next('log_positions'), positionColumns, found.positionRows)
    counted.read += found.messages
    counted.lackingLetters += letters.length
    counted.left += found.left
    counted.passedOver += found.passedOver
    done += runs.reduce((sum, { from, to }) => sum + to - from, 0)
    progress(done, whole)
  }

  let found: LogRead | undefined
  let mark = 0
  return {
    tables: { events: next('case_events'), edges: next('merge_edges') },
    busy,
    found: () => {
      if (found === undefined) throw new Error('nothing was gathered')
      return found
    },
    gather: async (storedAt) => {
      mark = storedAt
      for (const table of ['case_events', 'merge_edges'])
        await store.command(shareStatement(table, next(table), store.cluster))
      const lacking = await gatherLacking(store, storedAt, NAMED, signal)
      found = {
        ...counted,
        lackingEvents: lacking.found,
        onlyStored: lacking.onlyStored,
        lacking: lacking.some,
      }
    },
    follow: (since) => followStored(store, since),
    bring: async () => {
      if (!busy) await attachLog(store, topic, offsets.length, startedAt + 1)
      await bringLacking(store, mark)
    },
    promise: async () => {
      if (busy) return
      const rows = [...partitions.values()].map(({ origin, passed, watermark }) => ({
        origin,
        claim: before.origins.find((one) => one.origin === origin)?.claim ?? 0,
        folded: passed,
        // what was brought in without a receipt of its own is received one behind what was told
        watermark: Math.max(watermark + 1, startedAt - CLOCK_ALLOWANCE_MS),
      }))
      await storeProgress(store, rows, now())
    },
  }
}
