import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Names of the series of a consumer; alert rules and panels refer to these. */
export const consumerSeriesNames = {
  lag: 'pulse_log_lag',
  batchEvents: 'pulse_log_batch_events',
  visible: 'pulse_visible_seconds',
  rowsStored: 'pulse_rows_stored_total',
  deadLetters: 'pulse_dead_letters_total',
  insert: 'pulse_insert_seconds',
  fold: 'pulse_fold_seconds',
  commitsRefused: 'pulse_log_commits_refused_total',
} as const

export type ConsumerSeries = {
  /** Asked when the series are read: positions not folded yet, of each partition assigned. */
  readonly watchLag: (lags: () => Iterable<readonly [partition: number, lag: number]>) => void
  readonly batch: (messages: number) => void
  /** From receipt to visible in every figure, of the oldest event of each part of a batch. */
  readonly visible: (ms: number) => void
  readonly stored: (table: string, rows: number) => void
  readonly deadLetter: (reason: string) => void
  readonly inserted: (ms: number) => void
  readonly folded: (ms: number) => void
  readonly commitRefused: () => void
}

const seconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3_600]

/** The series of one consumer, in the registry of its process. */
export const createConsumerSeries = (registry: Registry): ConsumerSeries => {
  const registers = [registry]
  let lags: () => Iterable<readonly [number, number]> = () => []
  new Gauge({
    name: consumerSeriesNames.lag,
    help: 'Positions of the log that are not stored and folded yet, of the partitions assigned.',
    labelNames: ['partition'],
    registers,
    collect() {
      this.reset()
      for (const [partition, lag] of lags()) this.set({ partition }, lag)
    },
  })
  const batch = new Histogram({
    name: consumerSeriesNames.batchEvents,
    help: 'Messages stored together.',
    buckets: [1, 10, 100, 1_000, 5_000, 20_000, 50_000, 100_000],
    registers,
  })
  const visible = new Histogram({
    name: consumerSeriesNames.visible,
    help: 'Time from receipt until every figure counts it, of the oldest event of each part of a batch.',
    buckets: seconds,
    registers,
  })
  const stored = new Counter({
    name: consumerSeriesNames.rowsStored,
    help: 'Rows stored, by table; copies count too.',
    labelNames: ['table'],
    registers,
  })
  const deadLetters = new Counter({
    name: consumerSeriesNames.deadLetters,
    help: 'Messages that could not be used, by their first reason.',
    labelNames: ['reason'],
    registers,
  })
  const insert = new Histogram({
    name: consumerSeriesNames.insert,
    help: 'Duration of storing a batch.',
    buckets: seconds,
    registers,
  })
  const fold = new Histogram({
    name: consumerSeriesNames.fold,
    help: 'Duration of a fold.',
    buckets: seconds,
    registers,
  })
  const commitsRefused = new Counter({
    name: consumerSeriesNames.commitsRefused,
    help: 'Commits the group refused, as it does while partitions change hands.',
    registers,
  })
  return {
    watchLag: (asked) => {
      lags = asked
    },
    batch: (messages) => batch.observe(messages),
    visible: (ms) => visible.observe(ms / 1_000),
    stored: (table, rows) => stored.inc({ table }, rows),
    deadLetter: (reason) => deadLetters.inc({ reason }),
    inserted: (ms) => insert.observe(ms / 1_000),
    folded: (ms) => fold.observe(ms / 1_000),
    commitRefused: () => commitsRefused.inc(),
  }
}
