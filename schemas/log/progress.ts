import { PulseError } from '../errors.ts'
import type { Store } from '../store/port.ts'
import { sqlString } from '../store/sql-text.ts'
import { originOf } from './positions.ts'

/** The log that feeds a store: kept as JSON in the mark `log`. */
export type LogMark = { readonly topic: string; readonly partitions: number }

/** How far one partition is stored and folded (table `log_progress`); stamps in epoch ms. */
export type OriginProgress = {
  readonly origin: string
  /** The greatest so far; 0: nobody has claimed it. */
  readonly claim: number
  readonly folded: number
  /** Of the greatest claim. */
  readonly watermark: number
  /** The greatest that may have been told, under whichever claim. */
  readonly told: number
}

export type LogProgress = {
  /** Undefined: no log feeds the store. */
  readonly log: LogMark | undefined
  readonly origins: readonly OriginProgress[]
}

/** Before everything: nothing is known to be stored up to any moment. */
export const NO_WATERMARK = 0

const readMark = (text: string): LogMark | undefined => {
  if (text === '') return undefined
  const { topic, partitions } = JSON.parse(text) as Partial<LogMark>
  if (typeof topic === 'string' && typeof partitions === 'number') return { topic, partitions }
  throw new PulseError(
    'STORE_REJECTED',
    'The mark `log` of the store is not {topic, partitions}. It was written by something else.',
  )
}

const progressSql = `SELECT
  (SELECT argMax(value, at) FROM marks WHERE key = ${sqlString('log')}) AS mark,
  (SELECT groupArray((origin, greatest, folded, toUnixTimestamp64Milli(latest), toUnixTimestamp64Milli(told))) FROM (
    SELECT origin, max(claim) AS greatest, max(folded_position) AS folded,
      argMax(watermark, (claim, watermark)) AS latest, max(watermark) AS told
    FROM log_progress GROUP BY origin)) AS origins
  SETTINGS output_format_json_named_tuples_as_objects = 0`

/** What the store remembers of the log that feeds it. */
export const readProgress = async (store: Pick<Store, 'query'>): Promise<LogProgress> => {
  const [row] = await store.query<{
    mark: string | null
    origins: readonly (readonly [string, number, number, number, number])[]
  }>(progressSql)
  return {
    log: readMark(row?.mark ?? ''),
    origins: (row?.origins ?? []).map(([origin, claim, folded, watermark, told]) => ({
      origin,
      claim,
      folded,
      watermark,
      told,
    })),
  }
}

/**
 * The moment up to which everything received is stored and folded (epoch ms): the least over all
 * partitions of the log, NO_WATERMARK while one has said nothing. Undefined where no log feeds the
 * store.
 */
export const watermarkOf = ({ log, origins }: LogProgress): number | undefined => {
  if (log === undefined) return undefined
  const known = new Map(origins.map(({ origin, watermark }) => [origin, watermark]))
  let least = Number.POSITIVE_INFINITY
  for (let partition = 0; partition < log.partitions; partition++)
    least = Math.min(least, known.get(originOf(log.topic, partition)) ?? NO_WATERMARK)
  return Number.isFinite(least) ? least : NO_WATERMARK
}
