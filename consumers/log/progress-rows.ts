import type { OriginProgress } from '../../schemas/log/progress.ts'
import type { Store } from '../../schemas/store/port.ts'
import { rowBinaryWriter, TIME } from '../../schemas/store/row-binary.ts'

const columns = [
  { name: 'origin', type: 'String' },
  { name: 'folded_position', type: 'Int64' },
  { name: 'watermark', type: TIME },
  { name: 'written_at', type: TIME },
] as const

/** Writes rows of `log_progress`. A row that says less than one before changes nothing. */
export const storeProgress = async (
  store: Pick<Store, 'insert'>,
  rows: readonly OriginProgress[],
  now: number,
): Promise<void> => {
  if (rows.length === 0) return
  const row = rowBinaryWriter(rows.length * 64)
  for (const { origin, folded, watermark } of rows) {
    row.string(origin)
    row.i64(folded)
    row.time(watermark)
    row.time(now)
  }
  await store.insert('log_progress', columns, row.bytes())
}
