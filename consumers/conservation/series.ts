import { setTimeout as sleep } from 'node:timers/promises'
import { Gauge, type Registry } from 'prom-client'
import { readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { gapKinds } from '../reconcile/report.ts'
import { type Outcomes, outcomesUpTo } from './outcomes.ts'

/** Names of the series of conservation; alert rules and panels refer to these. */
export const conservationSeriesNames = {
  messages: 'pulse_log_messages',
  deadLetters: 'pulse_dead_letters_parked',
  gaps: 'pulse_reconcile_gaps',
  reconciled: 'pulse_reconcile_timestamp_seconds',
} as const

type Read = {
  readonly outcomes: Outcomes | undefined
  readonly letters: readonly { readonly reason: string; readonly n: number }[]
  /** Of the last reconciliation; undefined where there was none. */
  readonly last:
    | { readonly at: number; readonly gaps: readonly (readonly [string, number])[] }
    | undefined
}

const read = async (store: Pick<Store, 'query'>): Promise<Read> => {
  const watermark = watermarkOf(await readProgress(store))
  const letters = await store.query<{ reason: string; n: number }>(
    `SELECT why AS reason, count() AS n FROM (
       SELECT argMax(reason, parked_at) AS why FROM dead_letters GROUP BY origin, position)
     GROUP BY why ORDER BY why`,
  )
  const [last] = await store.query<{ at: number; gaps: readonly (readonly [string, number])[] }>(
    `SELECT toUnixTimestamp64Milli(at) AS at, gaps FROM reconciliations ORDER BY reconciliations.at DESC LIMIT 1
     SETTINGS output_format_json_named_tuples_as_objects = 0`,
  )
  return {
    outcomes: watermark === undefined ? undefined : await outcomesUpTo(store, watermark),
    letters,
    last,
  }
}

/** Read again no sooner than this, nor sooner than so many times as long as reading took. */
const LEAST_MS = 30_000
const TIMES = 20

/** Who asks for series waits for reading so long, then is given what was read last. */
const WAIT_MS = 2_000

/** Reads at most one at a time, and gives what was read last while it is fresh enough. */
const sparing = <T>(work: () => Promise<T>, now: () => number): (() => Promise<T | undefined>) => {
  let known: T | undefined
  let reading: Promise<void> | undefined
  let until = Number.NEGATIVE_INFINITY
  const readAgain = async (): Promise<void> => {
    const begun = now()
    known = await work().catch(() => undefined)
    until = now() + Math.max(LEAST_MS, TIMES * (now() - begun))
    reading = undefined
  }
  return async () => {
    if (now() >= until) reading ??= readAgain()
    await Promise.race([reading, sleep(WAIT_MS, undefined, { ref: false })])
    return known
  }
}

/**
 * What the store says of conservation, as series in the registry of a process: the same on every one.
 * Read from the store when they are asked for, a while apart; left out where it does not answer.
 */
export const createConservationSeries = (
  registry: Registry,
  store: Pick<Store, 'query'>,
  now: () => number = Date.now,
): void => {
  const registers = [registry]
  const asked = sparing(() => read(store), now)
  new Gauge({
    name: conservationSeriesNames.messages,
    help: 'Messages of the log by how they ended, of those received up to the watermark.',
    labelNames: ['outcome'],
    registers,
    async collect() {
      const outcomes = (await asked())?.outcomes
      this.reset()
      if (outcomes === undefined) return
      this.set({ outcome: 'new' }, outcomes.new)
      this.set({ outcome: 'duplicate' }, outcomes.duplicate)
      this.set({ outcome: 'conflict' }, outcomes.conflict)
      this.set({ outcome: 'dead_letter' }, outcomes.deadLetter)
    },
  })
  new Gauge({
    name: conservationSeriesNames.deadLetters,
    help: 'Dead letters in the store, by their first reason.',
    labelNames: ['reason'],
    registers,
    async collect() {
      const letters = (await asked())?.letters ?? []
      this.reset()
      for (const { reason, n } of letters) this.set({ reason }, n)
    },
  })
  new Gauge({
    name: conservationSeriesNames.gaps,
    help: 'What the last reconciliation found missing, by kind.',
    labelNames: ['kind'],
    registers,
    async collect() {
      const last = (await asked())?.last
      this.reset()
      if (last === undefined) return
      for (const kind of gapKinds) this.set({ kind }, 0)
      for (const [kind, found] of last.gaps) this.set({ kind }, found)
    },
  })
  new Gauge({
    name: conservationSeriesNames.reconciled,
    help: 'When the last reconciliation began.',
    registers,
    async collect() {
      const last = (await asked())?.last
      this.reset()
      if (last !== undefined) this.set(last.at / 1_000)
    },
  })
}
