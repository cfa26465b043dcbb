import { readProgress, watermarkOf } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { rowBinaryWriter } from '../../schemas/store/row-binary.ts'
import { countOutcomes, HOUR_MS, type HourOutcomes } from './count-outcomes.ts'

const time = "DateTime64(3, 'UTC')"

const columns = [
  { name: 'origin', type: 'String' },
  { name: 'hour', type: time },
  { name: 'new_events', type: 'UInt64' },
  { name: 'duplicates', type: 'UInt64' },
  { name: 'conflicts', type: 'UInt64' },
  { name: 'dead_letters', type: 'UInt64' },
  { name: 'closed_at', type: time },
]

const rowsOf = (hours: readonly HourOutcomes[], now: number): Uint8Array => {
  const row = rowBinaryWriter(hours.length * 100 + 1024)
  for (const { origin, hour, newEvents, duplicates, conflicts, deadLetters } of hours) {
    row.string(origin)
    row.time(hour)
    row.u64(newEvents)
    row.u64(duplicates)
    row.u64(conflicts)
    row.u64(deadLetters)
    row.time(now)
  }
  return row.bytes()
}

/** An hour is closed so long after its end: stamps of those who write to the log need not be ours. */
const GRACE_MS = 600_000

/** Writes what was counted, in one insert: all of it or nothing. */
export const storeHours = async (
  store: Pick<Store, 'insert'>,
  hours: readonly HourOutcomes[],
  now: number,
): Promise<void> => {
  if (hours.length > 0) await store.insert('log_hours', columns, rowsOf(hours, now))
}

/** Before every stamp there can be. */
export const BEFORE_ALL = -4_000_000_000_000

/** Epoch ms: messages received before it are summed in `log_hours`. */
export const closedUpTo = async (store: Pick<Store, 'query'>): Promise<number> => {
  const [row] = await store.query<{ hours: number; last: number }>(
    'SELECT count() AS hours, toUnixTimestamp64Milli(max(hour)) AS last FROM log_hours',
  )
  return row === undefined || row.hours === 0 ? BEFORE_ALL : row.last + HOUR_MS
}

/**
 * Sums the hours that are over (table `log_hours`), each once. One insert, so that a crash leaves all
 * of them or none; counted by two processes at once they are the same rows. Gives how many rows were
 * written.
 */
export const closeHours = async (
  store: Pick<Store, 'query' | 'insert'>,
  now: number,
): Promise<number> => {
  const watermark = watermarkOf(await readProgress(store))
  if (watermark === undefined) return 0
  const before = Math.floor((watermark - GRACE_MS) / HOUR_MS) * HOUR_MS
  const from = await closedUpTo(store)
  if (before <= from) return 0
  const hours = await countOutcomes(store, { from, before })
  await storeHours(store, hours, now)
  return hours.length
}
