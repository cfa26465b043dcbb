import { partitionOrder } from '../../schemas/log/positions.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlInstant, sqlStrings } from '../../schemas/store/sql-text.ts'

/** How the messages of one partition ended that were received in one hour (its beginning, epoch ms). */
export type HourOutcomes = {
  readonly origin: string
  readonly hour: number
  readonly newEvents: number
  readonly duplicates: number
  readonly conflicts: number
  readonly deadLetters: number
}

/** Receipt, from and before, epoch ms. */
export type Received = { readonly from: number; readonly before: number }

export const HOUR_MS = 3_600_000

/** The hour of an expression in epoch ms, also before 1970. */
export const hourOf = (ms: string): string => `${ms} - positiveModulo(${ms}, ${HOUR_MS})`

const ms = 'toUnixTimestamp64Milli(received_at)'

const within = ({ from, before }: Received): string =>
  `received_at >= ${sqlInstant(from)} AND received_at < ${sqlInstant(before)}`

/** Messages by hour; what is not dead is an event. */
const messagesSql = (received: Received): string => `
  SELECT origin, ${hourOf(ms)} AS hour, countIf(kind = 'event') AS events, countIf(kind = 'dead') AS dead
  FROM log_positions FINAL WHERE ${within(received)} AND kind IN ('event', 'dead')
  GROUP BY origin, hour`

/** Makes stamps of receipt positive: no event is of so long ago. */
const EPOCH = 4_398_046_511_104

/**
 * Where a position stands in the order of receipt, then of partition and offset, as one number: it
 * is compared and kept at a tenth of the price of a tuple.
 */
const standing = (origins: readonly string[]): string =>
  `bitOr(bitOr(bitShiftLeft(toUInt128(${ms} + ${EPOCH}), 80), bitShiftLeft(toUInt128(indexOf(${sqlStrings(origins)}, toString(origin))), 64)), toUInt128(position))`

/**
 * Where identities and further contents of them came first. Only identities of the range are
 * looked at, in all that was ever received before its end; those of one remainder at a time, so that
 * memory holds them.
 */
const firstsSql = (received: Received, origins: readonly string[], share: string): string => `
  SELECT toUInt32(bitAnd(bitShiftRight(first, 64), 65535)) AS o,
    ${hourOf(`(toInt64(bitShiftRight(first, 80)) - ${EPOCH})`)} AS hour,
    countIf(n = 1) AS fresh, countIf(n > 1) AS conflicts
  FROM (
    SELECT arraySort(groupArray(f)) AS firsts FROM (
      SELECT identity, content, min(${standing(origins)}) AS f
      FROM log_positions FINAL
      WHERE kind = 'event' AND received_at < ${sqlInstant(received.before)} AND ${share}
        AND identity GLOBAL IN (SELECT identity FROM log_positions WHERE kind = 'event' AND ${within(received)} AND ${share})
      GROUP BY identity, content)
    GROUP BY identity)
  ARRAY JOIN firsts AS first, arrayEnumerate(firsts) AS n
  WHERE toInt64(bitShiftRight(first, 80)) - ${EPOCH} >= ${received.from}
  GROUP BY o, hour`

/** Events whose identities are compared in one statement: about 100 bytes each. */
const EVENTS_AT_ONCE = 2_000_000

/**
 * Counts how messages ended, by partition and hour of receipt, in the order of hours. An identity's
 * first message (by receipt, then partition, then offset) is new; a later one of the content of an
 * earlier one is a duplicate, of another content a conflict. Exact where everything received before
 * the end is stored.
 */
export const countOutcomes = async (
  store: Pick<Store, 'query'>,
  received: Received,
): Promise<readonly HourOutcomes[]> => {
  const messages = await store.query<{
    origin: string
    hour: number
    events: number
    dead: number
  }>(messagesSql(received))
  const events = messages.reduce((sum, row) => sum + row.events, 0)
  const origins = (
    await store.query<{ origin: string }>(
      'SELECT DISTINCT toString(origin) AS origin FROM log_positions',
    )
  )
    .map(({ origin }) => origin)
    .sort(partitionOrder)
  const firsts = new Map<string, { fresh: number; conflicts: number }>()
  const shares = Math.ceil(events / EVENTS_AT_ONCE)
  for (let part = 0; part < shares; part++) {
    const share = shares === 1 ? 'true' : `reinterpretAsUInt64(identity) % ${shares} = ${part}`
    const rows = await store.query<{ o: number; hour: number; fresh: number; conflicts: number }>(
      firstsSql(received, origins, share),
    )
    for (const { o, hour, fresh, conflicts } of rows) {
      const key = `${origins[o - 1]} ${hour}`
      const known = firsts.get(key) ?? { fresh: 0, conflicts: 0 }
      firsts.set(key, { fresh: known.fresh + fresh, conflicts: known.conflicts + conflicts })
    }
  }
  return messages
    .map(({ origin, hour, events: all, dead }) => {
      const { fresh, conflicts } = firsts.get(`${origin} ${hour}`) ?? { fresh: 0, conflicts: 0 }
      return {
        origin,
        hour,
        newEvents: fresh,
        duplicates: all - fresh - conflicts,
        conflicts,
        deadLetters: dead,
      }
    })
    .sort((a, b) => a.hour - b.hour || partitionOrder(a.origin, b.origin))
}
